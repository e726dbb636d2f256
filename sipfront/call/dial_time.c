/* How long a dial rings: all at once as long as the flow says, or each target as long as its Connection says. */
#include "sipfront/call/dial_ring.h"
#include "sipfront/call/far_uri.h"

enum { RING_LEAST_MS = 1000 };

static void on_ring_time(void *arg);

static void give_up(struct dial *d, struct far_leg *f)
{
    if (!f->leg) {
        far_uri_give_up(f);
        return;
    }
    dial_note(d, f->state == FAR_RINGING ? DIAL_NO_ANSWER : DIAL_OFFLINE, NULL);
    leg_hangup(f->leg, NULL);
    leg_listen(f->leg, NULL, NULL);
    f->leg = NULL;
}

/* Those who have answered and are being asked may still decide. */
static bool is_rung(const struct far_leg *f) { return far_leg_is_alive(f) && f->state != FAR_ANSWERED; }

/* The time of the one who is given up next. */
static void wait_on(struct dial *d)
{
    const struct clock *clock = d->op.call->port.clock;
    int64_t now = clock_mono(clock), next = INT64_MAX;
    for (const struct far_leg *f = d->legs; f; f = f->next)
        if (is_rung(f) && f->until_ms < next)
            next = f->until_ms;
    if (next < INT64_MAX)
        d->limit = clock_start(clock, next > now ? next - now : 0, on_ring_time, d);
}

static void on_ring_time(void *arg)
{
    struct dial *d = arg;
    int64_t now = clock_mono(d->op.call->port.clock);
    d->limit = NULL;
    for (struct far_leg *f = d->legs; f; f = f->next)
        if (is_rung(f) && f->until_ms <= now)
            give_up(d, f);
    if (dial_legs(d))
        wait_on(d);
    else
        dial_end_unanswered(d);
}

void dial_start_ring_limit(struct dial *d, int64_t ring_ms)
{
    if (ring_ms)
        d->limit = clock_start(d->op.call->port.clock, ring_ms, on_ring_time, d);
    else
        wait_on(d);
}

void dial_ring_again(struct dial *d)
{
    if (!d->own_ring || !d->limit || d->op.later || d->winner)
        return;
    clock_stop(d->op.call->port.clock, &d->limit);
    wait_on(d);
}

int64_t dial_ring_until(const struct dial *d, const struct connection *to)
{
    int64_t ms = to ? to->ring_ms : d->ring_ms;
    if (!d->own_ring)
        return 0;
    return clock_mono(d->op.call->port.clock) + (ms < RING_LEAST_MS ? RING_LEAST_MS : ms);
}
