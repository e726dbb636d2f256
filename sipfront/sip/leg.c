/* The leg's life: its states, who listens, how its end is told once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_header.h>

#include "sipfront/sip/leg_challenge.h"
#include "sipfront/sip/leg_info.h"
#include "sipfront/sip/replaces_inner.h"
#include "vm/base/log.h"

enum { CLOSING_MS = 34000 }; /* 64 × T1 and a little: the stack gives up before */

static const char *const state_names[] = {
#define LEG_STATE(name) #name,
#include "sipfront/sip/leg_state.def"
#undef LEG_STATE
};

static const struct {
    enum leg_state from;
    enum leg_what what;
    enum leg_state to;
} moves[] = {
#define LEG_MOVE(from, what, to) { LEG_##from, LEG_DO_##what, LEG_##to },
#include "sipfront/sip/leg_state.def"
#undef LEG_MOVE
};

/* ---- the switch: it only forwards ---- */

static void on_request(struct agent *a, const struct agent_event *ev)
{
    switch ((int)ev->kind) {
    case nua_i_invite:
    case nua_i_update: leg_on_reoffer(ev); break;
    case nua_i_ack: leg_on_ack(ev); break;
    case nua_i_cancel: leg_on_cancel(ev); break;
    case nua_i_bye: leg_on_bye(ev); break;
    case nua_i_info: leg_on_info(ev); break;
    case nua_i_refer: leg_on_refer(ev); break;
    case nua_i_options: agent_on_options(a, ev); break;
    }
}

static void on_event(struct agent *a, const struct agent_event *ev)
{
    if (leg_challenge_taken(ev))
        return;
    switch ((int)ev->kind) {
    case nua_r_invite: leg_on_response(ev); break;
    case nua_r_update: leg_on_update_answer(ev); break;
    case nua_r_notify: leg_on_notified(ev); break;
    case nua_r_refer: leg_on_put_answer(ev); break;
    case nua_i_notify: leg_on_put_notify(ev); break;
    case nua_i_state: leg_on_state(ev); break;
    case nua_i_error: leg_on_error(ev); break;
    case nua_i_terminated: leg_on_terminated(ev); break;
    default:
        if (ev->sip)
            on_request(a, ev);
    }
}

/* ---- its life ---- */

struct leg *leg_new(struct agent *a, nua_handle_t *nh, enum leg_state state)
{
    struct leg *leg = calloc(1, sizeof *leg);
    if (!leg)
        abort();
    leg->call_id = strdup("");
    leg->our_tag = strdup("");
    leg->their_tag = strdup("");
    if (!leg->call_id || !leg->our_tag || !leg->their_tag)
        abort();
    leg->base.on_event = on_event;
    leg->agent = a;
    leg->nh = nh;
    leg->state = state;
    leg->max_forwards = 70;
    leg->at = &a->legs;
    leg->next = a->legs;
    if (leg->next)
        leg->next->at = &leg->next;
    a->legs = leg;
    return leg;
}

static void leg_free(struct leg *leg)
{
    struct agent *a = leg->agent;
    leg_note_over(leg);
    *leg->at = leg->next;
    if (leg->next)
        leg->next->at = leg->at;
    clock_stop(a->clock, &leg->telling);
    clock_stop(a->clock, &leg->deadline);
    leg_order_free(leg);
    leg_account_free(leg);
    leg_session_stop(leg);
    leg_wish_end(leg);
    leg_put_end(leg);
    leg_info_free(leg);
    free(leg->hop);
    free(leg->sdp);
    free(leg->forwards_to);
    free(leg->bye_reason);
    free(leg->warning);
    free(leg->call_id);
    free(leg->our_tag);
    free(leg->their_tag);
    if (leg->reoffer[0])
        nua_destroy_event(leg->reoffer);
    leg_forget_invite(leg);
    if (leg->nh) {
        nua_handle_bind(leg->nh, NULL);
        nua_handle_destroy(leg->nh);
    }
    free(leg);
    agent_leg_gone(a);
}

bool leg_move(struct leg *leg, enum leg_what what)
{
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        if (moves[i].from != leg->state || moves[i].what != what)
            continue;
        leg->state = moves[i].to;
        return true;
    }
    log_debug("sip", "a leg that is %s refuses event %d", state_names[leg->state], (int)what);
    return false;
}

const struct leg_events *leg_listener(const struct leg *leg)
{
    return leg->report == LEG_UNREPORTED ? leg->events : NULL;
}

void leg_listen(struct leg *leg, const struct leg_events *events, void *owner)
{
    leg->events = events;
    leg->owner = owner;
    if (!events)
        leg_hangup(leg, NULL);
}

static void tell(void *owner)
{
    struct leg *leg = owner;
    const struct leg_events *events = leg->events;
    leg->telling = NULL;
    leg->report = LEG_REPORTED;
    leg->events = NULL;
    if (events)
        events->on_ended(leg->how, leg->end_status, leg->end_reason, leg->owner);
    leg_check_gone(leg);
}

void leg_check_gone(struct leg *leg)
{
    if (leg->state == LEG_GONE && leg->report == LEG_REPORTED && !leg->referral)
        leg_free(leg);
}

void leg_finish(struct leg *leg, enum leg_end how, int status, const char *reason)
{
    if (leg->report != LEG_UNREPORTED)
        return;
    leg_session_stop(leg);
    leg_wish_end(leg);
    leg_put_end(leg);
    leg_info_end(leg);
    leg->report = LEG_REPORTING;
    leg->how = how;
    leg->end_status = status;
    snprintf(leg->end_reason, sizeof leg->end_reason, "%s", reason);
    leg->telling = clock_start(leg->agent->clock, 0, tell, leg);
}

static void on_deadline(void *owner)
{
    struct leg *leg = owner;
    leg->deadline = NULL;
    if (leg->referral) { /* the phone hung up right after its REFER, and waits to hear how it went */
        leg_close(leg);
        return;
    }
    log_warn("sip", "a leg was %s for too long", state_names[leg->state]);
    leg_abandon(leg);
}

void leg_close(struct leg *leg)
{
    if (!leg->deadline)
        leg->deadline = clock_start(leg->agent->clock, CLOSING_MS, on_deadline, leg);
}

void leg_abandon(struct leg *leg)
{
    leg_referral_gone(leg);
    leg->state = LEG_GONE;
    if (leg->report == LEG_REPORTED)
        leg_check_gone(leg);
    else
        leg_finish(leg, LEG_END_ERROR, 0, "given up");
}

void leg_on_terminated(const struct agent_event *ev)
{
    struct leg *leg = ev->leg;
    leg->state = LEG_GONE;
    if (leg->report == LEG_REPORTED)
        leg_check_gone(leg);
    else
        leg_finish(leg, LEG_END_ERROR, 0, ev->phrase ? ev->phrase : "ended by the stack");
}

void leg_go_by(struct leg *leg, const char *hop)
{
    free(leg->hop);
    leg->hop = strdup(hop);
    nua_set_hparams(leg->nh, NUTAG_PROXY(hop), TAG_END());
}

const char *leg_sdp(const sip_t *sip, struct sbuf *out)
{
    const sip_content_type_t *type = sip ? sip->sip_content_type : NULL;
    if (!type || !type->c_type || strcasecmp(type->c_type, "application/sdp") != 0)
        return NULL;
    if (!sip->sip_payload || sip->sip_payload->pl_len == 0)
        return NULL;
    sbuf_add(out, sip->sip_payload->pl_data, sip->sip_payload->pl_len);
    return out->p;
}

unsigned leg_retry_after_s(const struct leg *leg) { return leg->retry_after_s; }
unsigned leg_max_forwards(const struct leg *leg) { return leg->max_forwards; }
