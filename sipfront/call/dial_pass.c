/* Phones that ring for one call ring for another: what a queue does when a caller leaves, or when a phone that was
 * called for a later one answers first. */
#include <string.h>

#include "sipfront/call/dial.h"
#include "sipfront/call/far_leg.h"

static bool has_flow_of(const struct call *c, const struct call *to)
{
    return strcmp(c->facts.flow, to->facts.flow) == 0;
}

bool dial_may_pass(const struct dial *d, const struct call *to)
{
    bool counts_alike = has_flow_of(d->op.call, to);
    const struct far_leg *f = d->legs;
    while (f && !f->outside && !f->uri && (counts_alike || f->line < 0))
        f = f->next;
    return !f && !d->winner && !d->op.later;
}

static void take(struct dial *d, struct far_leg *legs, unsigned devices)
{
    d->legs = legs;
    d->devices = devices;
    for (struct far_leg *f = legs; f; f = f->next) {
        f->dial = d;
        f->passed = true;
    }
}

/* The busy lamps are told once all are in their places. */
static void tell(const struct dial *d)
{
    for (const struct far_leg *f = d->legs; f; f = f->next)
        watch_changed(d->op.call, f->user);
}

void dial_exchange(struct dial *a, struct dial *b)
{
    struct far_leg *legs = a->legs;
    unsigned devices = a->devices;
    take(a, b->legs, b->devices);
    take(b, legs, devices);
    tell(a);
    tell(b);
}
