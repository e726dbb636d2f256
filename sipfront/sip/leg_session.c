/* Session timers (RFC 4028). The stack puts Session-Expires and Min-SE into requests and answers, and refuses what is
 * too small with 422; here is when a leg refreshes and when it gives up.
 *
 *   refresher: we    after 2/5 of the interval    leg_offer.c: UPDATE, or a re-INVITE with the SDP that holds
 *   refresher: they  their re-INVITE or UPDATE starts the interval afresh
 *   nobody did       BYE shortly before it is over, on_ended(LEG_END_TIMEOUT)
 */
#include <string.h>
#include <strings.h>

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_tag.h>

#include "sipfront/sip/leg_inner.h"
#include "sipfront/sip/library.h"
#include "vm/base/log.h"

enum { REST_S = 32 }; /* how long before the end the BYE leaves, at most (§10) */

/* Stands before the library's function of that name, in which nua notes when it will refresh what a dialog is used for,
 * or give it up. Of a session the leg does both; nua would send the first INVITE again, whose answer nobody awaits. */
const char *leg_session_usage(const void *usage) __asm__("nua_dialog_usage_name");
void leg_session_note(void *usage, unsigned least_s, unsigned most_s) __asm__("nua_dialog_usage_set_refresh_range");

void leg_session_note(void *usage, unsigned least_s, unsigned most_s)
{
    static void (*library)(void *usage, unsigned least_s, unsigned most_s);
    if (!library)
        library_next(&library, "nua_dialog_usage_set_refresh_range");
    if (library && strcmp(leg_session_usage(usage), "session") != 0)
        library(usage, least_s, most_s);
}

static void on_refresh(void *owner)
{
    struct leg *leg = owner;
    leg->session.refresh = NULL;
    leg->wish.refresh = true;
    leg_wish_go(leg);
}

static void on_limit(void *owner)
{
    struct leg *leg = owner;
    leg->session.limit = NULL;
    leg_session_over(leg);
}

void leg_session_over(struct leg *leg)
{
    if (!leg_move(leg, LEG_DO_HANGUP))
        return;
    log_info("sip", "a session was not refreshed in %u s: it is ended", leg->session.interval_s);
    nua_bye(leg->nh, SIPTAG_REASON_STR("SIP;cause=408;text=\"Session timeout\""), TAG_END());
    leg_finish(leg, LEG_END_TIMEOUT, 0, "the session was not refreshed");
    leg_close(leg);
}

void leg_session_stop(struct leg *leg)
{
    clock_stop(leg->agent->clock, &leg->session.refresh);
    clock_stop(leg->agent->clock, &leg->session.limit);
}

/* §9: what the request asks for, no more than ours, no less than their Min-SE; without a wish of the far end it is
 * ours. §7.2: an answer's word is final; without one only we refresh. */
static unsigned interval_of(const struct agent *a, const sip_t *sip, bool asked)
{
    unsigned s = sip->sip_session_expires ? (unsigned)sip->sip_session_expires->x_delta : 0;
    if (!s || (asked && s > a->session_s))
        s = a->session_s;
    if (asked && sip->sip_min_se && sip->sip_min_se->min_delta > s)
        s = (unsigned)sip->sip_min_se->min_delta;
    return s;
}

/* asked: theirs is a request, they are the UAC. Without a word about it the UAC refreshes if it can. */
static bool we_refresh(const sip_t *sip, bool asked)
{
    const sip_session_expires_t *x = sip->sip_session_expires;
    const char *who = x ? x->x_refresher : NULL;
    bool uac_refreshes = !asked || sip_has_feature(sip->sip_supported, "timer");
    if (who)
        uac_refreshes = strcasecmp(who, "uac") == 0;
    return uac_refreshes != asked;
}

void leg_session_agree(struct leg *leg, const sip_t *theirs, bool asked)
{
    const struct clock *clock = leg->agent->clock;
    unsigned s = interval_of(leg->agent, theirs, asked), rest = s / 6 < REST_S ? s / 6 : REST_S;
    leg_session_stop(leg);
    if (s != (leg->session.interval_s ? leg->session.interval_s : leg->agent->session_s))
        nua_set_hparams(leg->nh, NUTAG_SESSION_TIMER(s), TAG_END()); /* a refresh asks for what was agreed (§7.4) */
    leg->session.interval_s = s;
    leg->session.limit = clock_start(clock, (int64_t)s * 1000 - (int64_t)rest * 1000, on_limit, leg);
    if (we_refresh(theirs, asked))
        leg->session.refresh = clock_start(clock, (int64_t)s * 400, on_refresh, leg);
}
