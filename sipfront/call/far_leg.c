#include "sipfront/call/far_leg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/cdr.h"
#include "sipfront/call/dial_divert.h"
#include "sipfront/call/dial_hold.h"
#include "sipfront/call/dial_ring.h"
#include "sipfront/call/digit_way.h"
#include "sipfront/call/far_uri.h"
#include "sipfront/call/secrecy.h"
#include "sipfront/call/server_parts.h"
#include "sipfront/call/transfer.h"
#include "vm/base/fmt.h"
#include "vm/base/log.h"

static int64_t now_of(const struct far_leg *f) { return clock_wall(dial_call(f->dial)->port.clock); }

bool far_leg_is_alive(const struct far_leg *f) { return f->leg || far_uri_is_sought(f); }

void far_leg_begun(struct far_leg *f)
{
    f->record = (struct leg_record){ .no = ++dial_call(f->dial)->facts.legs, .started_ms = now_of(f) };
    cdr_begin_leg(f);
}

static const char *end_of(const struct far_leg *f, enum leg_end how)
{
    switch (how) {
    case LEG_END_BYE: return "bye";
    case LEG_END_REFUSED: return "refused";
    case LEG_END_TIMEOUT: return "timeout";
    case LEG_END_ERROR: return "error";
    case LEG_END_CANCEL:
    case LEG_END_ELSEWHERE:
    case LEG_END_LOCAL: break;
    }
    return f->record.answered_ms ? "hung-up" : "cancelled";
}

static void on_progress(int status, const char *sdp, void *owner)
{
    struct far_leg *f = owner;
    if (status < 180 || f->state > FAR_RINGING)
        return;
    if (!f->record.rang_ms)
        f->record.rang_ms = now_of(f), cdr_note_leg(f);
    f->state = FAR_RINGING;
    watch_changed(dial_call(f->dial), f->user);
    dial_on_ringing(f, sdp);
}

static void on_answered(const char *sdp, void *owner)
{
    struct far_leg *f = owner;
    f->state = FAR_ANSWERED;
    f->record.answered_ms = now_of(f);
    cdr_note_leg(f);
    watch_changed(dial_call(f->dial), f->user);
    fare_answered(f->fare);
    dial_on_answered(f, sdp);
}

static void media_changed(struct far_leg *f)
{
    leg_media_choose_digits(&f->media, f->leg);
    dial_hold_update(f->dial);
}

static void on_reoffer(const char *sdp, void *owner)
{
    struct far_leg *f = owner;
    leg_media_reoffer(&f->media, f->leg, sdp);
    media_changed(f);
}

static void on_confirmed(const char *sdp, void *owner)
{
    struct far_leg *f = owner;
    leg_media_reanswer(&f->media, sdp);
    media_changed(f);
}

static void on_reanswered(int status, const char *sdp, void *owner)
{
    struct far_leg *f = owner;
    (void)status;
    leg_media_reanswer(&f->media, sdp);
    media_changed(f);
}

/* From the one that was called. */
static void on_refer(struct referral *r, const struct refer_request *rq, void *owner)
{
    struct far_leg *f = owner;
    struct call *c = dial_call(f->dial);
    if (dial_callee_leg(c->dial) == f->leg)
        transfer_asked(c, false, r, rq);
    else
        referral_refuse(&r, 403);
}

static void on_ended(enum leg_end how, int status, const char *reason, void *owner)
{
    struct far_leg *f = owner;
    enum far_state was = f->state;
    char to[DIVERSION_USER];
    (void)reason;
    f->record.status = how == LEG_END_REFUSED ? status : 0;
    f->record.end = end_of(f, how);
    if (f->outside && status)
        far_outside_rest(f, status, leg_retry_after_s(f->leg));
    snprintf(to, sizeof to, "%s", leg_forwards_to(f->leg));
    f->leg = NULL;
    if (f->outside ? far_outside_goes_on(f, was, how, status)
        : f->uri   ? far_uri_goes_on(f, was, how, status)
                   : far_leg_again(f, how, status))
        return;
    f->state = FAR_OVER;
    watch_changed(dial_call(f->dial), f->user);
    if (how == LEG_END_REFUSED && dial_divert(f, was, status, to)) {
        was = FAR_OVER; /* its outcome is the target's */
        f->record.end = "forwarded";
    }
    dial_on_over(f, was, how == LEG_END_REFUSED || f->outside || f->uri ? status : 0);
}

/* Its digits answer the screen's question; in the talk they are for the other side, which gets them by relay. */
static void on_digit(char digit, void *owner)
{
    struct far_leg *f = owner;
    screen_digit(f->screen, digit);
}

static void on_info_digit(char digit, unsigned ms, void *owner)
{
    struct far_leg *f = owner;
    if (leg_media_pass_digit(&f->media, digit, ms))
        screen_digit(f->screen, digit);
}

static void on_press(char digit, unsigned ms, void *owner)
{
    struct far_leg *f = owner;
    leg_media_send_digit(&f->media, f->leg, digit, ms);
}

static void on_digit_refused(char digit, void *owner)
{
    struct far_leg *f = owner;
    leg_media_send_digit(&f->media, NULL, digit, 0);
}

static void on_played(bool ok, unsigned tag, void *owner)
{
    struct far_leg *f = owner;
    (void)ok;
    (void)tag;
    screen_played(f->screen);
}

const struct leg_events far_leg_events = {
    .on_progress = on_progress,
    .on_answered = on_answered,
    .on_confirmed = on_confirmed,
    .on_reoffer = on_reoffer,
    .on_reanswered = on_reanswered,
    .on_info_digit = on_info_digit,
    .on_digit_refused = on_digit_refused,
    .on_refer = on_refer,
    .on_ended = on_ended,
};
const struct stream_events far_stream_events = {
    .on_digit = on_digit, .on_played = on_played, .on_silent_peer = far_on_silent_peer, .on_press = on_press
};

enum err far_leg_invite(struct far_leg *f, const struct sip_binding *to)
{
    struct call *c = dial_call(f->dial);
    struct sbuf sdp = { 0 };
    const struct audio_desc *prefer = c->media.theirs;
    const struct leg_alert alert = dial_alert(f);
    leg_media_offer(&f->media, prefer, &sdp);
    struct leg_dial d = {
        .uri = to->contact,
        .next_hop = to->received,
        .route = to->path,
        .from_user = c->caller.hidden ? "" : dial_caller_id(f->dial),
        .from_name = c->caller.name,
        .sdp = sdp.p,
        .diverted = f->diverted,
        .alert = &alert,
        .max_forwards = c->leg ? leg_max_forwards(c->leg) - 1 : 0,
    };
    enum err e = leg_dial(&f->leg, c->server->agent, &d, &far_leg_events, f);
    if (!e)
        far_leg_begun(f);
    sbuf_free(&sdp);
    return e;
}

void far_leg_for(struct far_leg *f, const struct ring_for *as)
{
    const struct leg_diversions *way = as->diverted;
    f->line = as->line;
    f->until_ms = as->until_ms;
    snprintf(f->payer, sizeof f->payer, "%s", as->payer);
    f->diverted = way ? malloc(sizeof *f->diverted) : NULL;
    if (way && !f->diverted)
        abort();
    if (way)
        *f->diverted = *way;
}

enum err far_leg_new(struct far_leg **out, struct dial *d, const struct sip_binding *to, const struct ring_for *as)
{
    struct call *c = dial_call(d);
    struct far_leg *f = calloc(1, sizeof *f);
    *out = NULL;
    if (!f)
        return ERR_NOMEM;
    f->dial = d;
    far_leg_for(f, as);
    far_leg_name(f, to->user);
    f->contact = strdup(to->contact);
    char address[NETWORK_TEXT];
    agent_address_toward(c->server->agent, *to->received ? to->received : to->contact, address);
    enum err e = leg_media_open(&f->media, c->server->media, address, &far_stream_events, f);
    f->media.security = secrecy_of_phone(c->server, f->user);
    f->media.digits = digit_way_of_phone(c->server, f->user);
    f->media.silence_ms = c->server->rtp_timeout_ms;
    if (!e)
        e = far_leg_invite(f, to);
    if (e) {
        far_leg_free(&f, NULL);
        return e;
    }
    *out = f;
    return ERR_OK;
}

void far_leg_name(struct far_leg *f, const char *user)
{
    char *name = strdup(user);
    if (!name)
        abort();
    free(f->user);
    f->user = name;
}

struct party far_leg_party(const struct far_leg *f)
{
    return (struct party){ .user = f->user, .name = "", .trunk = fare_trunk(f->fare), .hidden = f->hidden };
}

void far_leg_adopt(struct far_leg *f, struct line_end *end)
{
    f->hidden = end->who.hidden;
    f->leg = end->leg;
    f->media = end->media;
    f->fare = end->fare;
    fare_follow(f->fare, far_outside_cut, f);
    f->state = FAR_ANSWERED;
    if (!f->record.no) {
        far_leg_begun(f);
        f->record.answered_ms = f->record.started_ms;
    }
    f->record.end = NULL; /* it may be back from another call */
    leg_listen(f->leg, &far_leg_events, f);
    stream_listen(f->media.stream, &far_stream_events, f);
    watch_changed(dial_call(f->dial), f->user);
}

void far_leg_free(struct far_leg **far, const char *reason)
{
    struct far_leg *f = *far;
    *far = NULL;
    if (!f)
        return;
    cdr_leg(f, f->record.end ? f->record.end : reason ? "elsewhere" : f->record.answered_ms ? "hung-up" : "cancelled");
    if (f->leg) {
        leg_hangup(f->leg, reason);
        leg_listen(f->leg, NULL, NULL);
    }
    far_outside_free(f);
    far_uri_free(f);
    screen_free(&f->screen);
    leg_media_close(&f->media);
    watch_changed(dial_call(f->dial), f->user);
    free(f->diverted);
    free(f->contact);
    free(f->user);
    free(f);
}
