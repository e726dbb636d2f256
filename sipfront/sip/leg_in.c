/* Incoming calls.
 *
 *   phone                    leg
 *     INVITE ->
 *     <- 401                 auth.c
 *     ACK ->
 *     INVITE, credentials ->
 *     <- 100
 *                            INVITED    port.invited
 *     <- 180 / 183           leg_progress
 *     <- 200                 ANSWERED   leg_answer
 *     ACK ->                 TALKING    on_confirmed
 *
 *   CANCEL before the 200: the stack answers 200 and 487, on_ended(LEG_END_CANCEL).
 *   No ACK for 64 × T1:    the stack sends BYE, on_ended(LEG_END_TIMEOUT).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/msg.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/url.h>

#include "sipfront/sip/divert_inner.h"
#include "sipfront/sip/leg_challenge.h"
#include "sipfront/sip/leg_info.h"
#include "sipfront/sip/trunk_inner.h"
#include "sipfront/sip/incoming.h"
#include "sipfront/sip/replaces_inner.h"
#include "vm/base/log.h"

/* The invitation's texts in one place; what is too long is cut off. */
struct invite_texts {
    char from_user[SIP_USER_MAX], from_name[96], to_user[256], to_header_user[256], source[SIP_SOURCE_MAX],
        diverted[SIP_USER_MAX];
    const struct trunk *trunk; /* NULL: a phone */
    struct sbuf sdp;
};

/* A display name as people read it: no quotes, backslashes resolved, no control characters. */
static void read_name(char *out, size_t cap, const char *display)
{
    size_t n = 0;
    for (const char *p = display ? display : ""; *p && n + 1 < cap; p++) {
        if (*p == '"')
            continue;
        if (*p == '\\' && p[1])
            p++;
        if ((unsigned char)*p >= ' ' && *p != 0x7f)
            out[n++] = *p;
    }
    out[n] = '\0';
}

static void read_to_user(char *out, size_t cap, const url_t *url)
{
    const char *user = url->url_user ? url->url_user : "";
    if (url->url_type == url_tel && !*user && url->url_host)
        user = url->url_host;
    out[0] = '\0';
    if (strlen(user) < cap)
        url_unescape(out, user);
}

static bool body_is_ours(const sip_t *sip)
{
    struct sbuf sdp = { 0 };
    bool ok = !sip->sip_payload || sip->sip_payload->pl_len == 0 || leg_sdp(sip, &sdp);
    sbuf_free(&sdp);
    return ok;
}

static struct leg *new_incoming(const struct incoming *r, const struct agent_event *ev)
{
    struct agent *a = r->agent;
    struct leg *leg = leg_new(a, ev->nh, LEG_INVITED);
    char back[SIP_SOURCE_MAX + 32];
    leg_keep_invite(leg, msg_ref_create(nua_current_request(a->nua)));
    if (ev->sip->sip_max_forwards)
        leg->max_forwards = (unsigned)ev->sip->sip_max_forwards->mf_count;
    leg_note_allow(leg, ev->sip);
    leg_note_dialog(leg, ev->sip);
    nua_handle_bind(ev->nh, (nua_hmagic_t *)leg);
    incoming_source_uri(r, back);
    agent_contact_toward(a, back, leg->contact);
    if (back[0]) /* behind NAT the Contact leads nowhere: requests go back where the INVITE came from */
        leg_go_by(leg, back);
    return leg;
}

static void invite_owner(const struct incoming *r, const struct agent_event *ev, struct invite_texts *t)
{
    const sip_t *sip = ev->sip;
    struct leg_replaces replaces;
    struct leg_invite invite = {
        .from_user = t->from_user,
        .from_name = t->from_name,
        .hidden = incoming_hides_caller(sip),
        .to_user = t->to_user,
        .to_host = sip->sip_request->rq_url->url_host ? sip->sip_request->rq_url->url_host : "",
        .call_id = sip->sip_call_id->i_id,
        .sdp = leg_sdp(sip, &t->sdp),
        .source = t->source,
        .by_tls = strcmp(r->transport, "tls") == 0,
        .trunk = t->trunk ? trunk_name(t->trunk) : NULL,
        .replaces = leg_read_replaces(sip, &replaces) ? &replaces : NULL,
        .to_header_user = t->to_header_user,
        .diverted = t->diverted,
    };
    read_name(t->from_name, sizeof t->from_name, invite.hidden ? "" : sip->sip_from->a_display);
    read_to_user(t->to_user, sizeof t->to_user, sip->sip_request->rq_url);
    read_to_user(t->to_header_user, sizeof t->to_header_user, sip->sip_to->a_url);
    incoming_source(r, t->source);
    struct leg *leg = new_incoming(r, ev);
    if (t->trunk) {
        leg_account_set(leg, t->trunk->auth_user, t->trunk->password);
        leg_challenge_expect(leg);
    }
    leg_read_diversion(leg, t->diverted);
    r->agent->port.invited(r->agent->port.owner, leg, &invite);
    sbuf_free(&t->sdp);
}

/* RFC 3261 §20.1: the answer has to be SDP. Who says nothing of what it takes, or nothing in the header, takes that. */
static bool takes_sdp(const sip_t *sip)
{
    static const char *const good[] = { "application/sdp", "application/*", "*/*" };
    bool said = false;
    for (const sip_accept_t *at = sip->sip_accept; at; at = at->ac_next) {
        said = said || (at->ac_type && *at->ac_type);
        for (size_t i = 0; i < sizeof good / sizeof *good; i++)
            if (at->ac_type && strcasecmp(at->ac_type, good[i]) == 0)
                return true;
    }
    return !said;
}

/* A trunk's calls are known by where they come from, all others by their credentials. */
static bool know_caller(const struct incoming *r, struct invite_texts *t)
{
    const struct trunk *trunk = trunk_of_request(r->agent, r->sip);
    if (!trunk)
        return auth_user(r, t->from_user, NULL);
    t->trunk = trunk;
    trunk_read_caller(r->sip, t->from_user, sizeof t->from_user);
    return true;
}

/* Whoever calls is refused with that status; 0: is not. */
static int refused_anyhow(const struct agent *a, const sip_t *sip)
{
    if (a->state != AGENT_RUNNING)
        return 503;
    if (!sip->sip_from || !sip->sip_to || !sip->sip_call_id || leg_replaces_are_bad(sip))
        return 400;
    if (!incoming_is_for_us(sip))
        return 416;
    return sip->sip_max_forwards && sip->sip_max_forwards->mf_count == 0 ? 483 : 0; /* RFC 3261 §16.3, 7332 */
}

void leg_on_invite(struct agent *a, const struct agent_event *ev)
{
    struct invite_texts t = { .from_user = "" };
    int status = refused_anyhow(a, ev->sip);
    struct incoming r;
    incoming_of_event(&r, a, ev);
    if (status)
        nua_respond(ev->nh, status, sip_status_phrase(status), NUTAG_WITH_THIS(a->nua), TAG_END());
    else if (!know_caller(&r, &t))
        ; /* answered */
    else if (!body_is_ours(ev->sip))
        nua_respond(ev->nh, SIP_415_UNSUPPORTED_MEDIA, NUTAG_WITH_THIS(a->nua), SIPTAG_ACCEPT_STR("application/sdp"),
                    TAG_END());
    else if (!takes_sdp(ev->sip))
        nua_respond(ev->nh, SIP_406_NOT_ACCEPTABLE, NUTAG_WITH_THIS(a->nua), TAG_END());
    else {
        invite_owner(&r, ev, &t); /* the stack has sent the 100 */
        return;
    }
    nua_handle_destroy(ev->nh);
}

static void respond_with(struct leg *leg, int status, const char *sdp)
{
    leg_keep_sdp(leg, sdp);
    nua_respond(leg->nh, status, sip_status_phrase(status), TAG_IF(leg->contact[0], SIPTAG_CONTACT_STR(leg->contact)),
                TAG_IF(sdp, SIPTAG_CONTENT_TYPE_STR("application/sdp")), TAG_IF(sdp, SIPTAG_PAYLOAD_STR(sdp)),
                TAG_END());
}

void leg_progress(struct leg *leg, int status, const char *sdp)
{
    if (leg_move(leg, LEG_DO_PROGRESS))
        respond_with(leg, status, sdp);
}

void leg_answer(struct leg *leg, const char *sdp)
{
    if (leg_move(leg, LEG_DO_ANSWER))
        respond_with(leg, 200, sdp);
}

void leg_reject(struct leg *leg, int status, const char *phrase)
{
    if (leg->state != LEG_INVITED || !leg_move(leg, LEG_DO_REFUSE))
        return;
    if (!phrase)
        phrase = sip_status_phrase(status);
    nua_respond(leg->nh, status, phrase, TAG_IF(leg->warning, SIPTAG_WARNING_STR(leg->warning)), TAG_END());
    leg_finish(leg, LEG_END_LOCAL, status, phrase ? phrase : "refused");
    leg_close(leg);
}

void leg_warn(struct leg *leg, const char *why)
{
    struct sbuf text = { 0 };
    sbuf_fmt(&text, "399 callflow \"%s\"", why);
    free(leg->warning);
    leg->warning = text.p;
}

void leg_on_ack(const struct agent_event *ev)
{
    struct leg *leg = ev->leg;
    struct sbuf sdp = { 0 };
    enum leg_state before = leg->state;
    if (!leg_move(leg, LEG_DO_ACK))
        return;
    leg_note_dialog(leg, ev->sip);
    if (before == LEG_ANSWERED)
        leg_session_agree(leg, leg_invite(leg), true);
    if (before == LEG_LEAVING)
        nua_bye(leg->nh, TAG_IF(leg->bye_reason, SIPTAG_REASON_STR(leg->bye_reason)), TAG_END());
    else if (leg_listener(leg))
        leg->events->on_confirmed(leg_sdp(ev->sip, &sdp), leg->owner);
    if (leg->state == LEG_TALKING) /* a call that is over already is not worth it */
        leg_shrink_invite(leg);
    leg_wish_go(leg);
    leg_info_go(leg);
    sbuf_free(&sdp);
}

/* RFC 3326: a proxy that has forked the call tells those who lost it. */
static bool is_elsewhere(const sip_t *sip)
{
    for (const sip_reason_t *re = sip ? sip->sip_reason : NULL; re; re = re->re_next)
        if (re->re_protocol && strcasecmp(re->re_protocol, "SIP") == 0 && re->re_cause &&
            strcmp(re->re_cause, "200") == 0)
            return true;
    return false;
}

void leg_on_cancel(const struct agent_event *ev)
{
    bool elsewhere = is_elsewhere(ev->sip);
    if (!leg_move(ev->leg, LEG_DO_CANCEL))
        return;
    leg_finish(ev->leg, elsewhere ? LEG_END_ELSEWHERE : LEG_END_CANCEL, 0,
               elsewhere ? "the call is completed elsewhere" : "the caller gave up");
    leg_close(ev->leg);
}
