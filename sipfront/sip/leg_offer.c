/* What we ask for in a dialog: a new offer, another identity, the session's refresh.
 *
 *   leg                                    phone
 *     UPDATE            ->                 identity and refresh, where the phone allows UPDATE (RFC 3311)
 *                       <- 200
 *     re-INVITE, offer  ->                 REOFFERING   an offer, or where it does not
 *                       <- 200, ACK ->     TALKING      on_reanswered
 *                       <- 491             TALKING      asked again after RFC 3261 §14.1's time
 *
 * One thing is asked at a time; what is wished for meanwhile goes with the next request. */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "sipfront/sip/leg_info.h"

static void on_again(void *owner)
{
    struct leg *leg = owner;
    leg->wish.again = NULL;
    leg_wish_go(leg);
}

/* RFC 3261 §14.1: who made the Call-ID waits 2.1 to 4 s, the other 0 to 2 s. */
static void ask_again(struct leg *leg)
{
    uint32_t r = 0;
    if (getrandom(&r, sizeof r, 0) != sizeof r)
        r = 0;
    int64_t ms = leg->invite ? (int64_t)(r % 2000) : 2100 + (int64_t)(r % 1900);
    if (!leg->wish.again)
        leg->wish.again = clock_start(leg->agent->clock, ms, on_again, leg);
}

static void send_update(struct leg *leg)
{
    leg->wish.updating = true;
    nua_update(leg->nh, TAG_IF(leg->contact[0], SIPTAG_CONTACT_STR(leg->contact)),
               TAG_IF(leg->wish.identity, SIPTAG_HEADER_STR(leg->wish.identity)), TAG_END());
}

static void send_reinvite(struct leg *leg)
{
    leg_move(leg, LEG_DO_REOFFER);
    nua_invite(leg->nh, TAG_IF(leg->contact[0], SIPTAG_CONTACT_STR(leg->contact)),
               SIPTAG_CONTENT_TYPE_STR("application/sdp"), SIPTAG_PAYLOAD_STR(leg->sdp),
               TAG_IF(leg->wish.identity, SIPTAG_HEADER_STR(leg->wish.identity)), TAG_END());
}

static bool wishes(const struct leg *leg) { return leg->wish.offer || leg->wish.refresh || leg->wish.identity; }

void leg_wish_go(struct leg *leg)
{
    if (leg->state != LEG_TALKING || leg->wish.updating || leg->wish.again || !wishes(leg))
        return;
    if (!leg->wish.offer && leg->can_update)
        send_update(leg);
    else if (leg->sdp)
        send_reinvite(leg);
}

/* What was asked for is done, or given up. */
static void forget(struct leg *leg)
{
    free(leg->wish.identity);
    leg->wish.identity = NULL;
    leg->wish.offer = leg->wish.refresh = false;
}

void leg_wish_end(struct leg *leg)
{
    clock_stop(leg->agent->clock, &leg->wish.again);
    forget(leg);
}

void leg_keep_sdp(struct leg *leg, const char *sdp)
{
    char *copy = sdp ? strdup(sdp) : NULL;
    if (!copy)
        return;
    free(leg->sdp);
    leg->sdp = copy;
}

void leg_reoffer(struct leg *leg, const char *sdp)
{
    leg_keep_sdp(leg, sdp);
    leg->wish.offer = true;
    leg_wish_go(leg);
}

void leg_identify(struct leg *leg, const struct leg_identity *who)
{
    struct sbuf headers = { 0 };
    leg_write_identity(leg->agent, who, &headers);
    free(leg->wish.identity);
    leg->wish.identity = headers.p;
    leg_wish_go(leg);
}

/* 2xx, or a refusal that stands. */
static void answered(struct leg *leg, const struct agent_event *ev)
{
    struct sbuf text = { 0 };
    bool offered = leg->wish.offer, good = ev->status < 300;
    const char *sdp = good ? leg_sdp(ev->sip, &text) : NULL;
    forget(leg);
    if (good && ev->sip)
        leg_session_agree(leg, ev->sip, false);
    if (leg_listener(leg) && (sdp || (offered && !good)))
        leg->events->on_reanswered(ev->status, sdp, leg->owner);
    sbuf_free(&text);
}

void leg_on_reanswer(const struct agent_event *ev)
{
    struct leg *leg = ev->leg;
    bool good = ev->status < 300;
    if (ev->status < 200 || !leg_move(leg, good ? LEG_DO_ANSWER : LEG_DO_REFUSE))
        return;
    if (good)
        nua_ack(leg->nh, TAG_END());
    if (ev->status == 491)
        ask_again(leg);
    else
        answered(leg, ev);
    leg_wish_go(leg);
}

void leg_on_update_answer(const struct agent_event *ev)
{
    struct leg *leg = ev->leg;
    if (ev->status < 200)
        return;
    leg->wish.updating = false;
    if (ev->status == 405 || ev->status == 501)
        leg->can_update = false; /* asked again, by re-INVITE */
    else if (ev->status == 491)
        ask_again(leg);
    else
        answered(leg, ev);
    leg_wish_go(leg);
}

void leg_note_allow(struct leg *leg, const sip_t *sip)
{
    if (!sip || !sip->sip_allow)
        return;
    leg->can_update = sip_is_allowed(sip->sip_allow, SIP_METHOD_UPDATE);
    leg->can_refer = sip_is_allowed(sip->sip_allow, SIP_METHOD_REFER);
    leg->takes_info = leg_info_taken(sip, leg->takes_info);
}
