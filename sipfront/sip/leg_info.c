/* Digits by INFO (RFC 6086 as it was used before: application/dtmf-relay without an Info-Package; old phones also
 * application/dtmf).
 *
 *   leg                                              phone
 *     on_info_digit                <- INFO Signal=5
 *                            200 ->
 *     leg_send_digit   INFO Signal=5 ->              one at a time, from the dialog's confirmation on
 *     leg_send_digit                                 waits
 *                                  <- 200
 *                      INFO Signal=6 ->
 *                                  <- 415            on_digit_refused: this one, and all that wait. No INFO any more
 *     or                           <- 408, 481, nothing for 64 × T1: BYE, on_ended(LEG_END_TIMEOUT)
 */
#include "sipfront/sip/leg_info.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/nta_tag.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/su_alloc.h>

#include "sipfront/sip/leg_challenge.h"
#include "vm/base/fmt.h"
#include "vm/base/log.h"

#define DTMF_RELAY "application/dtmf-relay"

enum { WAITING_MOST = 256, PRESS_MS = 160 /* of a digit that is not known how long it was pressed */ };

/* ---- that come ---- */

/* What stands behind the name and its '=', or nothing. */
static struct str value_of(struct str body, const char *name)
{
    size_t i = 0, len = strlen(name);
    while (i + len <= body.len && strncasecmp(body.p + i, name, len) != 0)
        i++;
    i = i + len <= body.len ? i + len : body.len;
    while (i < body.len && strchr(" \t=", body.p[i]))
        i++;
    return (struct str){ body.p + i, body.len - i };
}

/* "5", or "Signal=5" in a line of its own; some write 10 and 11 for * and #. '\0': none. */
static char read_digit(struct str body, bool relay)
{
    static const char digits[] = "0123456789*#ABCDabcd";
    struct str text = relay ? value_of(body, "Signal") : body;
    while (text.len > 0 && strchr(" \t=\r\n", *text.p))
        text.p++, text.len--;
    if (text.len == 0 || !*text.p || !strchr(digits, *text.p))
        return '\0';
    if (*text.p == '1' && text.len > 1 && (text.p[1] == '0' || text.p[1] == '1'))
        return text.p[1] == '0' ? '*' : '#';
    return *text.p >= 'a' ? (char)(*text.p - 'a' + 'A') : *text.p;
}

/* 0 when it is not said, or no number. */
static unsigned read_ms(struct str body)
{
    struct str text = value_of(body, "Duration"), number = str_word(&text, " \t\r\n");
    int64_t ms;
    return str_to_int(number, &ms) && ms > 0 && ms <= UINT16_MAX ? (unsigned)ms : 0;
}

void leg_on_info(const struct agent_event *ev)
{
    struct leg *leg = ev->leg;
    const sip_content_type_t *type = ev->sip->sip_content_type;
    const sip_payload_t *body = ev->sip->sip_payload;
    bool relay = type && type->c_type && strcasecmp(type->c_type, DTMF_RELAY) == 0;
    bool plain = type && type->c_type && strcasecmp(type->c_type, "application/dtmf") == 0;
    struct str text = body ? (struct str){ body->pl_data, body->pl_len } : (struct str){ "", 0 };
    char digit;
    if (text.len > 0 && !relay && !plain) {
        nua_respond(ev->nh, SIP_415_UNSUPPORTED_MEDIA, NUTAG_WITH_THIS(leg->agent->nua), TAG_END());
        return;
    }
    nua_respond(ev->nh, SIP_200_OK, NUTAG_WITH_THIS(leg->agent->nua), TAG_END());
    digit = relay || plain ? read_digit(text, relay) : '\0';
    if (digit && leg_listener(leg))
        leg->events->on_info_digit(digit, relay ? read_ms(text) : 0, leg->owner);
}

/* ---- that are sent ---- */

/* In the order in which they were pressed; the first is on its way while there is one `asked`. */
struct info_digits {
    nta_outgoing_t *asked; /* the INFO that is not answered yet */
    bool refused, challenged;
    unsigned n;
    struct {
        char digit;
        unsigned ms;
    } list[WAITING_MOST];
};

/* By Accept, or by Recv-Info in the same words: no package of RFC 6086 is meant. */
static bool names_dtmf_relay(const sip_t *sip, bool *said)
{
    bool named = false;
    *said = sip->sip_accept != NULL;
    for (const sip_accept_t *at = sip->sip_accept; at; at = at->ac_next)
        named |= at->ac_type && strcasecmp(at->ac_type, DTMF_RELAY) == 0;
    for (const sip_unknown_t *at = sip->sip_unknown; at; at = at->un_next) {
        if (strcasecmp(at->un_name, "Recv-Info") != 0 || !at->un_value)
            continue;
        *said = true;
        named |= strcasestr(at->un_value, DTMF_RELAY) != NULL;
    }
    return named;
}

bool leg_info_taken(const sip_t *sip, bool was)
{
    bool said, named = names_dtmf_relay(sip, &said);
    return sip_is_allowed(sip->sip_allow, SIP_METHOD_INFO) && (said ? named : was);
}

bool leg_takes_info(const struct leg *leg) { return leg->takes_info; }

static bool is_up(const struct leg *leg) { return leg->state >= LEG_TALKING && leg->state < LEG_CLOSING; }

/* The refused one was not heard either. */
static void give_back(struct leg *leg, int status)
{
    struct info_digits *q = leg->info;
    unsigned n = q->n;
    log_info("sip", "%s: digits by INFO are refused (%d): they are sent in the audio from now on", leg->call_id,
             status);
    q->refused = true;
    q->n = 0;
    for (unsigned i = 0; i < n && leg_listener(leg); i++)
        if (leg->events->on_digit_refused)
            leg->events->on_digit_refused(q->list[i].digit, leg->owner);
}

/* RFC 3261 §12.2.1.2: there is no dialog any more, or nobody. */
static void give_up(struct leg *leg, int status)
{
    if (!leg_move(leg, LEG_DO_HANGUP))
        return;
    nua_bye(leg->nh, TAG_END());
    leg_finish(leg, LEG_END_TIMEOUT, 0,
               status == 481 ? "the far end knows the call no more" : "an INFO was not answered");
    leg_close(leg);
}

/* What other refusals mean for a dialog (RFC 5057) is not asked: gateways that take no INFO answer with whatever comes
 * to their mind. */
static void on_final(struct leg *leg, int status)
{
    struct info_digits *q = leg->info;
    if (q->n == 0)
        return; /* the leg has ended meanwhile */
    if (status == 408 || status == 481) {
        give_up(leg, status);
    } else if (status >= 300) {
        give_back(leg, status);
    } else {
        memmove(q->list, q->list + 1, --q->n * sizeof *q->list);
        leg_info_go(leg);
    }
}

static void send_first(struct leg *leg, const char *credentials);

static int on_answer(nta_outgoing_magic_t *magic, nta_outgoing_t *asked, const sip_t *sip)
{
    struct leg *leg = (struct leg *)magic;
    struct info_digits *q = leg->info;
    int status = nta_outgoing_status(asked);
    struct sbuf credentials = { 0 };
    bool again;
    if (status < 200)
        return 0;
    again = q->n > 0 && !q->challenged && leg_challenge_header(leg, asked, sip, &credentials);
    nta_outgoing_destroy(asked);
    q->asked = NULL;
    q->challenged = again;
    if (again)
        send_first(leg, credentials.p);
    else
        on_final(leg, status);
    sbuf_free(&credentials);
    return 0;
}

/* A transaction of our own in nua's dialog. One of nua's would keep back all that is asked after it, the BYE too, until
 * it is answered. */
static nta_outgoing_t *send_info(struct leg *leg, const char *body, const char *credentials)
{
    su_home_t *home = su_home_new(sizeof *home);
    const sip_call_id_t *id = sip_call_id_make(home, leg->call_id);
    nta_leg_t *dialog = nta_leg_by_dialog(leg->agent->inner, NULL, id, leg->their_tag, NULL, leg->our_tag, NULL);
    nta_outgoing_t *asked = NULL;
    if (dialog)
        asked = nta_outgoing_tcreate(dialog, on_answer, (nta_outgoing_magic_t *)leg, NULL, SIP_METHOD_INFO, NULL,
                                     SIPTAG_CONTENT_TYPE_STR(DTMF_RELAY), SIPTAG_PAYLOAD_STR(body),
                                     SIPTAG_USER_AGENT_STR(leg->agent->user_agent),
                                     TAG_IF(credentials, SIPTAG_HEADER_STR(credentials)),
                                     TAG_IF(leg->hop, NTATAG_DEFAULT_PROXY(leg->hop)), TAG_END());
    su_home_unref(home);
    return asked;
}

static void send_first(struct leg *leg, const char *credentials)
{
    struct info_digits *q = leg->info;
    char body[64];
    fmt_text(body, sizeof body, "Signal=%c\r\nDuration=%u\r\n", q->list[0].digit,
             q->list[0].ms ? q->list[0].ms : (unsigned)PRESS_MS);
    q->asked = send_info(leg, body, credentials);
    if (!q->asked)
        give_back(leg, 500);
}

void leg_info_go(struct leg *leg)
{
    const struct info_digits *q = leg->info;
    if (q && !q->asked && q->n > 0 && is_up(leg))
        send_first(leg, NULL);
}

void leg_info_end(struct leg *leg)
{
    if (leg->info)
        leg->info->n = 0;
}

void leg_info_free(struct leg *leg)
{
    if (leg->info && leg->info->asked)
        nta_outgoing_destroy(leg->info->asked);
    free(leg->info);
}

bool leg_send_digit(struct leg *leg, char digit, unsigned ms)
{
    struct info_digits *q = leg->info;
    if (!q) {
        q = leg->info = calloc(1, sizeof *q);
        if (!q)
            abort();
    }
    if (q->refused)
        return false;
    if (q->n == WAITING_MOST) {
        log_warn("sip", "%s: %u digits wait for the answer to an INFO: a further one is dropped", leg->call_id, q->n);
        return true;
    }
    q->list[q->n].digit = digit;
    q->list[q->n++].ms = ms;
    leg_info_go(leg);
    return true;
}
