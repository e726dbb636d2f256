/* A trunk's own requests: OPTIONS and REGISTER, each a transaction without a dialog whose headers are ours, so that
 * credentials, refreshing and giving up are decided here and not by the stack. */
#include <stdio.h>
#include <string.h>

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_tag.h>

#include "sipfront/sip/trunk_inner.h"

void trunk_request_stop(struct trunk_request *rq)
{
    if (!rq->trunk)
        return;
    clock_stop(rq->trunk->agent->clock, &rq->late);
    if (rq->nh) {
        nua_handle_bind(rq->nh, NULL);
        nua_handle_destroy(rq->nh);
    }
    *rq = (struct trunk_request){ .trunk = NULL };
}

static void end(struct trunk_request *rq, int status, const sip_t *answer)
{
    struct trunk *t = rq->trunk;
    void (*over)(struct trunk * t, int status, const sip_t *answer) = rq->over;
    trunk_request_stop(rq);
    over(t, status, answer);
}

static void on_late(void *owner)
{
    struct trunk_request *rq = owner;
    rq->late = NULL;
    end(rq, 408, NULL);
}

static void on_event(struct agent *a, const struct agent_event *ev)
{
    (void)a;
    if (ev->kind == nua_r_method && ev->status >= 200)
        end((struct trunk_request *)ev->owner, ev->status, ev->sip);
}

/* <sip:user@address:port;transport=…>, where the carrier's calls are to come. */
static void write_contact(const struct trunk *t, const char *hop, struct sbuf *out)
{
    static const char scheme[] = "<sip:";
    char ours[LISTEN_URL_MAX];
    agent_contact_toward(t->agent, hop, ours);
    sbuf_fmt(out, "%s%s@%s", scheme, t->user, ours + sizeof scheme - 1);
}

static void send_request(struct trunk *t, struct trunk_request *rq, const struct trunk_ask *ask)
{
    struct sbuf hop = { 0 }, who = { 0 }, from = { 0 }, contact = { 0 };
    char cseq[64], expires[16];
    bool registers = ask->expires_s >= 0;
    trunk_hop(ask->target, &hop);
    trunk_uri(t, t->user, &who);
    sbuf_fmt(&from, "<%s>;tag=%s", who.p, t->tag);
    write_contact(t, hop.p, &contact);
    snprintf(cseq, sizeof cseq, "%u %s", ++t->cseq, ask->method);
    snprintf(expires, sizeof expires, "%lld", (long long)ask->expires_s);
    rq->nh = nua_handle(t->agent->nua, (nua_hmagic_t *)rq, NUTAG_URL(ask->uri), SIPTAG_FROM_STR(from.p),
                        NUTAG_RETRY_COUNT(0), TAG_END());
    if (rq->nh) {
        nua_set_hparams(rq->nh, NUTAG_PROXY(hop.p), TAG_END());
        nua_method(rq->nh, NUTAG_METHOD(ask->method), SIPTAG_TO_STR(registers ? who.p : ask->uri),
                   SIPTAG_CALL_ID_STR(t->call_id), SIPTAG_CSEQ_STR(cseq),
                   TAG_IF(registers, SIPTAG_EXPIRES_STR(expires)), SIPTAG_CONTACT_STR(contact.p),
                   TAG_IF(ask->header, SIPTAG_HEADER_STR(ask->header)), TAG_END());
    }
    sbuf_free(&hop);
    sbuf_free(&who);
    sbuf_free(&from);
    sbuf_free(&contact);
}

void trunk_request_start(struct trunk *t, struct trunk_request *rq, const struct trunk_ask *ask,
                         void (*over)(struct trunk *t, int status, const sip_t *answer))
{
    trunk_request_stop(rq);
    *rq = (struct trunk_request){ .base = { on_event }, .trunk = t, .over = over };
    send_request(t, rq, ask);
    rq->late = clock_start(t->agent->clock, rq->nh ? ask->patience_ms : 0, on_late, rq);
}
