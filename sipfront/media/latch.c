#include "sipfront/media/latch.h"

#include <string.h>

void latch_restart(struct latch *l, const struct net_address *signalled, int64_t now_ms)
{
    struct net_address former = l->source;

    *l = (struct latch){ .signalled = *signalled, .former = former, .heard_ms = now_ms };
}

static bool is_latched(const struct latch *l) { return l->source.len > 0; }

static void latch_to(struct latch *l, const struct net_address *from)
{
    l->source = *from;
    l->former.len = 0;
    l->candidate = (struct latch_candidate){ 0 };
}

/* How long nothing may have come from the present source before `from` can replace it. */
static int64_t wait_before(const struct latch *l, const struct net_address *from)
{
    if (is_latched(l))
        return net_address_same_host(from, &l->source) ? LATCH_MOVED_MS : LATCH_LOST_MS;
    return net_address_equal(from, &l->former) ? LATCH_LOST_MS : 0;
}

/* false: another source is being considered and still sends. */
static bool consider(struct latch_candidate *c, const struct net_address *from, const struct rtp_packet *p,
                     int64_t now_ms)
{
    bool same = net_address_equal(&c->from, from);

    if (!same && c->from.len > 0 && now_ms - c->heard_ms < LATCH_MOVED_MS)
        return false;
    if (same && c->ssrc == p->ssrc && rtp_seq_diff(p->seq, c->seq) == 1)
        c->in_order++;
    else if (!same || c->ssrc != p->ssrc || p->seq != c->seq)
        *c = (struct latch_candidate){ .from = *from, .ssrc = p->ssrc, .in_order = 1 };
    c->seq = p->seq;
    c->heard_ms = now_ms;
    return true;
}

static unsigned probation(const struct latch *l)
{
    bool doubt = !is_latched(l) && net_address_reachable(&l->signalled) && !net_address_private(&l->signalled);

    return doubt ? LATCH_DOUBT : LATCH_PROBATION;
}

bool latch_accept(struct latch *l, const struct net_address *from, const struct rtp_packet *p, int64_t now_ms)
{
    bool in_time;

    if (is_latched(l) && net_address_equal(from, &l->source)) {
        l->heard_ms = now_ms;
        return true;
    }
    if (!net_address_reachable(from))
        return false;
    if (!is_latched(l) && net_address_equal(from, &l->signalled)) {
        latch_to(l, from);
        l->heard_ms = now_ms;
        return true;
    }
    in_time = now_ms - l->heard_ms >= wait_before(l, from);
    if (!consider(&l->candidate, from, p, now_ms) || !in_time)
        return false;
    if (l->candidate.in_order >= probation(l)) {
        latch_to(l, from);
        l->heard_ms = now_ms;
        return true;
    }
    return !is_latched(l);
}

const struct net_address *latch_target(const struct latch *l)
{
    if (is_latched(l))
        return &l->source;
    return net_address_reachable(&l->signalled) ? &l->signalled : NULL;
}
