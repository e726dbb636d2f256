/* Outgoing calls through a trunk: the caller as the carrier wants it told, credentials when it asks, and no patience
 * with a gateway that says nothing.
 *
 *   leg                                   gateway
 *     INVITE, CSeq 1            ->
 *                               <-        401 or 407
 *     ACK                       ->
 *     INVITE, CSeq 2, Authorization ->    the same Call-ID and From (RFC 3261 §22.2)
 *                               <-        100, 18x, 2xx …
 *   nothing at all for patience_ms: CANCEL, and LEG_END_TIMEOUT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/su_alloc.h>
#include <sofia-sip/su_string.h>
#include <sofia-sip/url.h>

#include "sipfront/sip/divert_inner.h"
#include "sipfront/sip/leg_challenge.h"

struct leg_order {
    su_home_t home[1];
    const char *uri, *hop, *from, *to, *identity, *diverted, *privacy, *sdp, *call_id, *forwards, *route;
    uint32_t cseq;
    bool answered; /* a challenge */
    struct clock_timer *impatience;
};

void leg_order_free(struct leg *leg)
{
    struct leg_order *o = leg->order;
    leg->order = NULL;
    if (!o)
        return;
    clock_stop(leg->agent->clock, &o->impatience);
    su_home_unref(o->home);
}

static const char *random_hex(su_home_t *home, size_t bytes)
{
    unsigned char raw[16];
    char text[33];
    if (getrandom(raw, sizeof raw, 0) != (ssize_t)sizeof raw)
        abort();
    for (size_t i = 0; i < bytes; i++)
        snprintf(text + 2 * i, 3, "%02x", raw[i]);
    return su_strdup(home, text);
}

static void add_address(struct sbuf *out, const char *name, const char *user, const char *host)
{
    bool v6 = strchr(host, ':') != NULL;
    if (name && *name)
        leg_add_quoted(out, name);
    sbuf_cstr(out, "<sip:");
    uri_add_escaped(out, user);
    sbuf_fmt(out, v6 ? "@[%s]>" : "@%s>", host);
}

static void write_from(struct leg_order *o, const struct leg_dial *d)
{
    const struct leg_trunk *t = d->trunk;
    struct sbuf from = { 0 };
    const char *user = t->in_from && d->from_user && *d->from_user ? d->from_user : t->account;
    if (t->hidden)
        sbuf_cstr(&from, "\"Anonymous\" <sip:anonymous@anonymous.invalid>");
    else
        add_address(&from, d->from_name, *user ? user : "anonymous", t->domain);
    sbuf_fmt(&from, ";tag=%s", random_hex(o->home, 8));
    o->from = su_strdup(o->home, from.p);
    sbuf_free(&from);
}

/* The carrier must know who pays also when the called party may not know who calls. */
static void write_identity(struct leg_order *o, const struct leg_dial *d)
{
    const struct leg_trunk *t = d->trunk;
    struct sbuf line = { 0 };
    if ((!t->asserted && !t->hidden) || !d->from_user || !*d->from_user)
        return;
    sbuf_cstr(&line, "P-Asserted-Identity: ");
    add_address(&line, t->hidden ? "" : d->from_name, d->from_user, t->domain);
    o->identity = su_strdup(o->home, line.p);
    sbuf_free(&line);
}

/* The carrier is told the number of the one who has forwarded last, and nothing of those before. That of a phone is the
 * one that we show. */
static void write_diversion(struct leg_order *o, const struct leg_dial *d)
{
    const struct leg_diversions *way = d->diverted;
    struct leg_diversions told = { .count = 1 };
    struct sbuf lines = { 0 };
    if (!way || !way->count || !*d->from_user)
        return;
    told.list[0] = way->list[way->count - 1];
    if (!told.list[0].outside)
        snprintf(told.list[0].user, sizeof told.list[0].user, "%s", d->from_user);
    snprintf(told.to, sizeof told.to, "%s", way->to);
    leg_write_diversions(&lines, &(struct diversion_place){ .domain = d->trunk->domain }, &told);
    o->diverted = su_strdup(o->home, lines.p);
    sbuf_free(&lines);
}

static struct leg_order *order_new(const char *uri, const struct leg_dial *d)
{
    struct leg_order *o = su_home_new(sizeof *o);
    if (!o)
        abort();
    o->uri = su_strdup(o->home, uri);
    o->to = su_sprintf(o->home, "<%s>", uri);
    o->hop = d->next_hop ? su_strdup(o->home, d->next_hop) : NULL;
    o->route = d->route && *d->route ? su_strdup(o->home, d->route) : NULL;
    o->sdp = su_strdup(o->home, d->sdp);
    o->call_id = random_hex(o->home, 16);
    o->forwards = su_sprintf(o->home, "%u", d->max_forwards ? d->max_forwards : 70);
    o->privacy = d->trunk->hidden ? "id" : NULL;
    write_from(o, d);
    write_identity(o, d);
    write_diversion(o, d);
    return o;
}

static void send_invite(struct leg *leg, const char *credentials)
{
    struct leg_order *o = leg->order;
    char cseq[32];
    /* the stack counts one on from what it is given when a dialog begins: the first is 2 */
    snprintf(cseq, sizeof cseq, "%u INVITE", ++o->cseq);
    leg->nh = nua_handle(leg->agent->nua, (nua_hmagic_t *)leg, NUTAG_URL(o->uri), SIPTAG_FROM_STR(o->from),
                         SIPTAG_TO_STR(o->to), NUTAG_RETRY_COUNT(0), TAG_END());
    if (!leg->nh)
        return;
    if (o->hop)
        leg_go_by(leg, o->hop);
    agent_contact_toward(leg->agent, o->hop ? o->hop : o->uri, leg->contact);
    nua_invite(leg->nh, SIPTAG_CONTACT_STR(leg->contact), SIPTAG_CALL_ID_STR(o->call_id), SIPTAG_CSEQ_STR(cseq),
               SIPTAG_MAX_FORWARDS_STR(o->forwards), SIPTAG_CONTENT_TYPE_STR("application/sdp"),
               SIPTAG_PAYLOAD_STR(o->sdp), TAG_IF(o->identity, SIPTAG_HEADER_STR(o->identity)),
               TAG_IF(o->diverted, SIPTAG_HEADER_STR(o->diverted)), TAG_IF(o->route, SIPTAG_ROUTE_STR(o->route)),
               TAG_IF(o->diverted, SIPTAG_SUPPORTED_STR(EXTENSIONS_HISTORY)),
               TAG_IF(o->privacy, SIPTAG_PRIVACY_STR(o->privacy)), TAG_IF(credentials, SIPTAG_HEADER_STR(credentials)),
               TAG_END());
}

static void on_impatience(void *owner)
{
    struct leg *leg = owner;
    leg->order->impatience = NULL;
    if (leg->state != LEG_CALLING || !leg_move(leg, LEG_DO_HANGUP))
        return;
    nua_cancel(leg->nh, TAG_END());
    leg_finish(leg, LEG_END_TIMEOUT, 408, "the gateway says nothing");
    leg_close(leg);
}

void leg_trunk_start(struct leg *leg, const char *uri, const struct leg_dial *d)
{
    leg->order = order_new(uri, d);
    leg_keep_sdp(leg, d->sdp);
    leg_account_set(leg, d->trunk->auth_user, d->trunk->auth_password);
    send_invite(leg, NULL);
    if (d->trunk->patience_ms > 0)
        leg->order->impatience = clock_start(leg->agent->clock, d->trunk->patience_ms, on_impatience, leg);
}

/* The first call's handle goes; the stack has sent its ACK. */
static void begin_again(struct leg *leg, const char *credentials)
{
    nua_handle_t *old = leg->nh;
    nua_handle_bind(old, NULL);
    nua_handle_destroy(old);
    leg->order->answered = true;
    send_invite(leg, credentials);
    if (!leg->nh)
        leg_abandon(leg);
}

bool leg_trunk_answered(const struct agent_event *ev)
{
    struct leg *leg = ev->leg;
    struct leg_order *o = leg->order;
    const struct credentials *who = leg_account(leg);
    struct sbuf header = { 0 };
    bool challenged = (ev->status == 401 || ev->status == 407) && ev->sip && who;
    clock_stop(leg->agent->clock, &o->impatience);
    if (ev->status > 100 && ev->status < 300)
        leg_challenge_expect(leg);
    if (!challenged || o->answered || leg->state != LEG_CALLING ||
        challenge_answer(ev->sip, who, "INVITE", o->uri, &header) != ERR_OK)
        return false;
    begin_again(leg, header.p);
    sbuf_free(&header);
    return true;
}
