/* OPTIONS: each target in turn is asked whether it is there. Any answer says that it is, but 408 and 503, which the
 * stack makes when nothing can be reached. */
#include <string.h>

#include "sipfront/sip/trunk_inner.h"
#include "vm/base/log.h"

enum { PATIENCE_MS = 5000, MISSED_MS = 5000 };

static void ping_next(void *owner);

/* Each gateway is asked every ping_ms; one that is down, or not known yet, more often. */
static void plan(struct trunk *t)
{
    int64_t wait = t->ping_ms / (t->npeers ? t->npeers : 1);
    if (t->peers[t->pinged].reach == REACH_DOWN && wait > MISSED_MS)
        wait = MISSED_MS;
    t->probing = false;
    for (unsigned i = 0; i < t->npeers; i++)
        t->probing |= t->peers[i].reach == REACH_UNKNOWN;
    if (t->probing)
        wait = 0;
    clock_stop(t->agent->clock, &t->next_ping);
    if (!t->ping_ms && !t->probing)
        return;
    t->next_ping = clock_start(t->agent->clock, wait, ping_next, t);
}

static void on_pinged(struct trunk *t, int status, const sip_t *answer)
{
    struct trunk_peer *p;
    enum reach reach = !answer || status == 408 || status == 503 ? REACH_DOWN : REACH_UP;
    if (t->pinged >= t->npeers)
        t->pinged = 0;
    p = &t->peers[t->pinged];
    if (p->reach != reach)
        log_info("trunk", "%s: gateway %s port %u %s", t->name, p->target.address, p->target.port,
                 reach == REACH_UP ? "answers" : "does not answer");
    p->reach = reach;
    plan(t);
}

static void ping_next(void *owner)
{
    struct trunk *t = owner;
    struct sbuf uri = { 0 };
    t->next_ping = NULL;
    t->pinged = (t->pinged + 1) % t->npeers;
    const struct trunk_target *target = &t->peers[t->pinged].target;
    trunk_uri(t, "", &uri);
    struct trunk_ask ask = {
        .method = "OPTIONS", .uri = uri.p, .target = target, .expires_s = -1, .patience_ms = PATIENCE_MS
    };
    trunk_request_start(t, &t->ping, &ask, on_pinged);
    sbuf_free(&uri);
}

void trunk_ping_start(struct trunk *t)
{
    trunk_ping_stop(t);
    if ((t->ping_ms || t->probing) && t->npeers)
        t->next_ping = clock_start(t->agent->clock, 0, ping_next, t);
}

void trunk_ping_stop(struct trunk *t)
{
    clock_stop(t->agent->clock, &t->next_ping);
    trunk_request_stop(&t->ping);
}
