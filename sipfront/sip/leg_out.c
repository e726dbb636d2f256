/* Outgoing calls.
 *
 *   leg                                  phone
 *     leg_dial       INVITE ->                     CALLING
 *     on_progress    <- 180 / 183
 *     on_answered    <- 200, ACK ->                TALKING
 *
 *     leg_hangup     CANCEL ->                     CANCELLED    held back by the stack until the phone has answered 1xx
 *                    <- 487, ACK ->                CLOSING
 *     or, crossing:  <- 200, ACK ->, BYE ->        CLOSING
 */
#include <stdio.h>
#include <string.h>

#include <sofia-sip/nta.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/su_alloc.h>
#include <sofia-sip/url.h>

#include "sipfront/sip/divert_inner.h"
#include "sipfront/sip/leg_info.h"
#include "sipfront/sip/leg_inner.h"

/* The URI, when it is one to send to, else NULL. */
static url_t *read_target(su_home_t *home, const char *uri)
{
    url_t *u = strpbrk(uri, "\r\n<>\" ") ? NULL : url_make(home, uri);
    bool ok = u && (u->url_type == url_sip || u->url_type == url_sips) && u->url_host && *u->url_host;
    return ok ? u : NULL;
}

static void send_invite(struct leg *leg, const struct leg_dial *d)
{
    char forwards[16];
    struct sbuf identity = { 0 };
    leg_write_identity(leg->agent, &(struct leg_identity){ d->from_user, d->from_name }, &identity);
    leg_write_diversions(&identity, &(struct diversion_place){ .agent = leg->agent }, d->diverted);
    leg_write_alert(leg->agent, d->alert, &identity);
    snprintf(forwards, sizeof forwards, "%u", d->max_forwards ? d->max_forwards : 70);
    leg_keep_sdp(leg, d->sdp);
    agent_contact_toward(leg->agent, d->next_hop && *d->next_hop ? d->next_hop : d->uri, leg->contact);
    nua_invite(leg->nh, SIPTAG_CONTACT_STR(leg->contact), TAG_IF(d->route && *d->route, SIPTAG_ROUTE_STR(d->route)),
               SIPTAG_MAX_FORWARDS_STR(forwards), SIPTAG_CONTENT_TYPE_STR("application/sdp"),
               SIPTAG_PAYLOAD_STR(d->sdp), TAG_IF(identity.len, SIPTAG_HEADER_STR(identity.p)),
               TAG_IF(d->diverted && d->diverted->count, SIPTAG_SUPPORTED_STR(EXTENSIONS_HISTORY)), TAG_END());
    sbuf_free(&identity);
}

/* The stack tries again after 422 (RFC 4028 §7.4) and nothing else: a challenge or a redirection is the owner's to
 * judge. */
static void make_handle(struct leg *leg, const url_t *target, const char *next_hop, const char *caller)
{
    su_home_t *home = su_home_new(sizeof *home);
    const char *to = su_sprintf(home, "<%s>", url_as_string(home, target));
    leg->nh = nua_handle(leg->agent->nua, (nua_hmagic_t *)leg, NUTAG_URL((const url_string_t *)target),
                         SIPTAG_FROM_STR(caller), SIPTAG_TO_STR(to), NUTAG_RETRY_COUNT(1), NUTAG_AUTO302(0),
                         NUTAG_AUTO305(0), NUTAG_MAX_RETRY_AFTER(0), TAG_END());
    if (leg->nh && next_hop)
        leg_go_by(leg, next_hop);
    su_home_unref(home);
}

enum err leg_dial(struct leg **out, struct agent *a, const struct leg_dial *d, const struct leg_events *events,
                  void *owner)
{
    su_home_t *home = su_home_new(sizeof *home);
    const char *hop = d->next_hop && *d->next_hop ? d->next_hop : NULL;
    const url_t *target = read_target(home, d->uri);
    enum err e = ERR_INVALID;
    *out = NULL;
    if (a->state != AGENT_RUNNING)
        e = ERR_BUSY;
    else if (target && (!hop || read_target(home, hop))) {
        struct sbuf caller = { 0 };
        struct leg *leg = leg_new(a, NULL, LEG_CALLING);
        leg_write_name_addr(a, &(struct leg_identity){ d->from_user, d->from_name }, &caller);
        leg_listen(leg, events, owner);
        if (d->trunk)
            leg_trunk_start(leg, d->uri, d);
        else
            make_handle(leg, target, hop, caller.p);
        if (d->trunk && leg->nh)
            ; /* on its way */
        else if (leg->nh)
            send_invite(leg, d);
        else
            leg_abandon(leg);
        sbuf_free(&caller);
        *out = leg;
        e = ERR_OK;
    }
    su_home_unref(home);
    return e;
}

static void on_accepted(struct leg *leg, const struct agent_event *ev)
{
    struct sbuf text = { 0 };
    const char *sdp = leg_sdp(ev->sip, &text);
    bool wanted = leg->state == LEG_CALLING;
    nua_ack(leg->nh, TAG_END()); /* whatever the leg makes of it (RFC 3261 §13.2.2.4) */
    if (!leg_move(leg, LEG_DO_ANSWER)) {
        sbuf_free(&text);
        return;
    }
    leg_note_allow(leg, ev->sip);
    leg_note_dialog(leg, ev->sip);
    leg_session_agree(leg, ev->sip, false);
    if (!wanted)
        nua_bye(leg->nh, TAG_END());
    else if (leg_listener(leg))
        leg->events->on_answered(sdp, leg->owner);
    sbuf_free(&text);
    leg_wish_go(leg);
    leg_info_go(leg);
}

static void on_refused(struct leg *leg, const struct agent_event *ev)
{
    bool from_far = ev->sip && !nta_sip_is_internal(ev->sip);
    enum leg_end how = from_far ? LEG_END_REFUSED : ev->status == 408 ? LEG_END_TIMEOUT : LEG_END_ERROR;
    if (!leg_move(leg, LEG_DO_REFUSE))
        return;
    if (from_far && ev->sip->sip_retry_after)
        leg->retry_after_s = (unsigned)ev->sip->sip_retry_after->af_delta;
    if (from_far && ev->status < 400)
        leg_keep_contact(leg, ev->sip);
    if (ev->status == 401 || ev->status == 407)
        leg->state = LEG_GONE; /* the stack would wait for credentials */
    leg_finish(leg, how, ev->status, ev->phrase && *ev->phrase ? ev->phrase : "refused");
    leg_close(leg);
}

void leg_on_response(const struct agent_event *ev)
{
    struct leg *leg = ev->leg;
    struct sbuf sdp = { 0 };
    if (leg->state == LEG_REOFFERING)
        leg_on_reanswer(ev);
    else if (leg->order && leg_trunk_answered(ev))
        return;
    else if (ev->status >= 300)
        on_refused(leg, ev);
    else if (ev->status >= 200)
        on_accepted(leg, ev);
    else if (ev->status > 100 && leg_move(leg, LEG_DO_PROGRESS) && leg_listener(leg)) {
        leg_note_dialog(leg, ev->sip); /* an early one; of several the latest */
        leg->events->on_progress(ev->status, leg_sdp(ev->sip, &sdp), leg->owner);
    }
    sbuf_free(&sdp);
}
