/* A REFER of ours: the phone is asked to call somebody else (RFC 3515, RFC 5589 §6).
 *
 *   leg                                      phone
 *     leg_put   REFER, Refer-To: …    ->                 on_put
 *               <- 202                                   taken, 100
 *               <- NOTIFY SIP/2.0 180                    taken, 180
 *               <- NOTIFY SIP/2.0 200, terminated        taken, 200: the end
 *     or        <- 4xx, 5xx, 6xx                         not taken, that status
 *     or        <- BYE                                   on_ended; some phones wait for nothing
 *     nothing for put_silence_s after the 202            taken, 408
 */
#include <string.h>
#include <strings.h>

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/url.h>

#include "sipfront/sip/leg_inner.h"
#include "sipfront/sip/library.h"

/* Stands before the library's function of that name, which nua asks what a refusal means for the dialog. That one
 * leaves open what becomes of it after 5xx and 6xx, and nua then hangs up. A refused REFER ends nothing ("603 Decline"
 * is the word for a transfer that is not wanted: RFC 5057, section 5.1), unless the dialog itself is gone. */
/* A re-INVITE or UPDATE that is not answered, or whose far end knows no such dialog, ends the call by BYE (RFC 3261
 * §12.2.1.2, RFC 4028 §10): a phone that is there after all must not think that it still talks. The library would
 * forget the dialog without a word. */
static bool leaves_unsaid(int status, sip_method_t method)
{
    return (status == 408 || status == 481) && (method == sip_method_invite || method == sip_method_update);
}

int leg_put_ends_dialog(int status, sip_method_t method, int *graceful) __asm__("sip_response_terminates_dialog");

int leg_put_ends_dialog(int status, sip_method_t method, int *graceful)
{
    static int (*library)(int status, sip_method_t method, int *graceful);
    if (!library)
        library_next(&library, "sip_response_terminates_dialog");
    int ends = library ? library(status, method, graceful) : 0;
    if (method == sip_method_refer && !ends && graceful)
        *graceful = 0;
    if (leaves_unsaid(status, method) && graceful) {
        *graceful = 1;
        return 0;
    }
    return ends;
}

bool leg_may_put(const struct leg *leg)
{
    return leg->can_refer && leg->state >= LEG_TALKING && leg->state < LEG_CLOSING;
}

void leg_put_end(struct leg *leg)
{
    clock_stop(leg->agent->clock, &leg->put.silence);
    leg->put.asked = leg->put.taken = false;
}

/* Nothing is touched after it. */
static void tell(struct leg *leg, bool taken, int status)
{
    const struct leg_events *events = leg_listener(leg);
    if (!taken || status >= 200)
        leg_put_end(leg);
    if (events && events->on_put)
        events->on_put(taken, status, leg->owner);
}

static void on_silence(void *owner)
{
    struct leg *leg = owner;
    leg->put.silence = NULL;
    tell(leg, true, 408);
}

static void wait_on(struct leg *leg)
{
    clock_stop(leg->agent->clock, &leg->put.silence);
    leg->put.silence = clock_start(leg->agent->clock, 1000LL * leg->agent->put_silence_s, on_silence, leg);
}

void leg_put(struct leg *leg, const char *uri, const char *by)
{
    struct sbuf to = { 0 }, who = { 0 };
    sbuf_fmt(&to, "<%s>", uri);
    sbuf_fmt(&who, "<%s>", by);
    leg->put.asked = true;
    nua_refer(leg->nh, SIPTAG_REFER_TO_STR(to.p), SIPTAG_REFERRED_BY_STR(who.p),
              TAG_IF(leg->contact[0], SIPTAG_CONTACT_STR(leg->contact)), TAG_END());
    sbuf_free(&to);
    sbuf_free(&who);
}

void leg_on_put_answer(const struct agent_event *ev)
{
    struct leg *leg = ev->leg;
    if (ev->status < 200 || !leg->put.asked || leg->put.taken)
        return;
    if (ev->status >= 300) {
        tell(leg, false, ev->status);
        return;
    }
    leg->put.taken = true;
    wait_on(leg);
    tell(leg, true, 100);
}

/* The status in "SIP/2.0 180 Ringing" (RFC 3420), 0 when it is none. */
static int read_fragment(const sip_t *sip)
{
    const sip_payload_t *body = sip ? sip->sip_payload : NULL;
    int status = 0;
    if (!body || body->pl_len < 11 || strncasecmp(body->pl_data, "SIP/2.0 ", 8) != 0)
        return 0;
    for (const char *p = body->pl_data + 8; p < body->pl_data + 11; p++)
        status = *p >= '0' && *p <= '9' ? 10 * status + (*p - '0') : -1000000;
    return status >= 100 && status < 700 ? status : 0;
}

/* A phone that ends the subscription without a final status does not watch the call that it makes: it is on its way. */
void leg_on_put_notify(const struct agent_event *ev)
{
    struct leg *leg = ev->leg;
    const sip_subscription_state_t *ss = ev->sip ? ev->sip->sip_subscription_state : NULL;
    int status = read_fragment(ev->sip);
    if (!leg->put.asked)
        return;
    if (status < 200 && ss && ss->ss_substate && strcasecmp(ss->ss_substate, "terminated") == 0)
        status = 200;
    leg->put.taken = true; /* the NOTIFY may be faster than the 202 */
    wait_on(leg);
    if (status > 100)
        tell(leg, true, status);
}

void leg_uri_here(const struct leg *leg, const char *user, struct sbuf *out)
{
    const sip_t *invite = leg_invite(leg);
    const url_t *here = invite ? invite->sip_request->rq_url : NULL;
    if (!here || !here->url_host || here->url_type == url_tel) {
        agent_write_uri(leg->agent, user, out);
        return;
    }
    sbuf_cstr(out, here->url_type == url_sips ? "sips:" : "sip:");
    uri_add_escaped(out, user);
    sbuf_fmt(out, "@%s", here->url_host);
    if (here->url_port && *here->url_port)
        sbuf_fmt(out, ":%s", here->url_port);
    if (here->url_params && strncasecmp(here->url_params, "transport=", 10) == 0)
        sbuf_fmt(out, ";%.*s", (int)strcspn(here->url_params, ";"), here->url_params);
}
