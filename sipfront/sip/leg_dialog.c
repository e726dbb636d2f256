/* What happens in a dialog whoever began it: hanging up and new offers.
 *
 *   phone                           leg
 *     re-INVITE or UPDATE sdp ->    OFFERED    on_reoffer(sdp)
 *     <- 200 sdp                    TALKING    leg_reoffer_answer
 *     re-INVITE without sdp ->      ASKED      on_reoffer(NULL)
 *     <- 200 our offer              PROPOSED   leg_reoffer_answer
 *     ACK their answer ->           TALKING    on_confirmed(sdp)
 *
 *   UPDATE without SDP is a refresh and answered 200 here. A second offer while one is open: 491.
 */
#include <stdlib.h>
#include <string.h>

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "vm/base/fmt.h"

#include "sipfront/sip/leg_inner.h"

#define REASON(text) TAG_IF((text) && *(text), SIPTAG_REASON_STR(text))

void leg_hangup(struct leg *leg, const char *reason)
{
    enum leg_state before = leg->state;
    if (!leg_move(leg, LEG_DO_HANGUP))
        return;
    if (before == LEG_INVITED)
        nua_respond(leg->nh, SIP_480_TEMPORARILY_UNAVAILABLE, REASON(reason), TAG_END());
    else if (before == LEG_ANSWERED)
        leg->bye_reason = reason && *reason ? strdup(reason) : NULL;
    else if (before == LEG_CALLING)
        nua_cancel(leg->nh, REASON(reason), TAG_END());
    else
        nua_bye(leg->nh, REASON(reason), TAG_END());
    leg_finish(leg, LEG_END_LOCAL, 0, "hung up here");
    leg_close(leg);
}

void leg_on_bye(const struct agent_event *ev)
{
    if (!leg_move(ev->leg, LEG_DO_BYE))
        return;
    leg_finish(ev->leg, LEG_END_BYE, 0, "the far end hung up");
    leg_close(ev->leg);
}

/* The stack's own complaint; of those only the missing ACK ends a call (it has sent the BYE). */
void leg_on_error(const struct agent_event *ev)
{
    struct leg *leg = ev->leg;
    if (ev->status != 408 || (leg->state != LEG_ANSWERED && leg->state != LEG_LEAVING && leg->state != LEG_PROPOSED))
        return;
    leg->state = LEG_CLOSING;
    leg_finish(leg, LEG_END_TIMEOUT, 0, "no ACK came");
    leg_close(leg);
}

/* The stack hangs up by itself when a refresh is in vain (leg_put.c): an order that we have not given. */
void leg_on_state(const struct agent_event *ev)
{
    int state = 0;
    tl_gets(ev->tags, NUTAG_CALLSTATE_REF(state), TAG_END());
    if (state == nua_callstate_terminating && leg_listener(ev->leg) && ev->leg->session.interval_s &&
        leg_move(ev->leg, LEG_DO_BYE)) {
        leg_finish(ev->leg, LEG_END_TIMEOUT, 0, "the session was not refreshed");
        leg_close(ev->leg);
    }
}

static void on_refreshed(const struct agent_event *ev)
{
    struct leg *leg = ev->leg;
    if (leg->state >= LEG_TALKING && leg->state < LEG_CLOSING) /* before, the session has not begun */
        leg_session_agree(leg, ev->sip, true);
}

static void answer_now(const struct agent_event *ev, int status, const char *phrase)
{
    nua_respond(ev->nh, status, phrase, NUTAG_WITH_THIS(ev->leg->agent->nua), TAG_END());
}

void leg_on_reoffer(const struct agent_event *ev)
{
    struct leg *leg = ev->leg;
    struct sbuf text = { 0 };
    const char *sdp = leg_sdp(ev->sip, &text);
    bool body = ev->sip->sip_payload && ev->sip->sip_payload->pl_len > 0;
    if (body && !sdp)
        answer_now(ev, SIP_415_UNSUPPORTED_MEDIA);
    else if (!sdp && ev->kind == nua_i_update)
        on_refreshed(ev), answer_now(ev, SIP_200_OK);
    else if (!leg_listener(leg))
        answer_now(ev, SIP_488_NOT_ACCEPTABLE);
    else if (!leg_move(leg, sdp ? LEG_DO_OFFER : LEG_DO_ASK))
        answer_now(ev, SIP_491_REQUEST_PENDING);
    else {
        leg_note_allow(leg, ev->sip);
        leg_session_agree(leg, ev->sip, true);
        nua_save_event(leg->agent->nua, leg->reoffer);
        leg->events->on_reoffer(sdp, leg->owner);
    }
    sbuf_free(&text);
}

void leg_reoffer_answer(struct leg *leg, int status, const char *sdp)
{
    bool good = status >= 200 && status < 300;
    if ((leg->state != LEG_OFFERED && leg->state != LEG_ASKED) || !leg_move(leg, good ? LEG_DO_REPLY : LEG_DO_REFUSE))
        return;
    if (good)
        leg_keep_sdp(leg, sdp);
    nua_respond(leg->nh, status, sip_status_phrase(status), NUTAG_WITH_SAVED(leg->reoffer),
                TAG_IF(good && sdp, SIPTAG_CONTENT_TYPE_STR("application/sdp")),
                TAG_IF(good && sdp, SIPTAG_PAYLOAD_STR(sdp)), TAG_END());
    nua_destroy_event(leg->reoffer);
    leg->reoffer[0] = NULL;
    leg_wish_go(leg);
}
