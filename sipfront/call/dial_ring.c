#include "sipfront/call/dial_ring.h"

#include <string.h>

#include "sipfront/call/far_uri.h"
#include "sipfront/call/server_parts.h"

static void add_leg(struct dial *d, struct far_leg *f)
{
    f->next = d->legs;
    d->legs = f;
    d->devices++;
}

static void ring_device(struct dial *d, const struct sip_binding *b, const struct ring_for *as)
{
    struct far_leg *f;
    enum err e = far_leg_new(&f, d, b, as);
    if (e == ERR_LIMIT) {
        dial_note(d, DIAL_LIMITED, NULL);
    } else if (e) {
        dial_note(d, DIAL_FAILED, "the device's contact cannot be called");
    } else {
        add_leg(d, f);
    }
}

typedef enum err far_new_fn(struct far_leg **out, struct dial *d, const char *name, const struct ring_for *as,
                            struct dial_refusal *refusal);

static void ring_outside(struct dial *d, far_new_fn *far_new, const char *name, const struct ring_for *as)
{
    struct far_leg *f;
    struct dial_refusal refusal;
    if (far_new(&f, d, name, as, &refusal) == ERR_OK)
        add_leg(d, f);
    else
        dial_note(d, refusal.how, refusal.why);
}

void dial_ring_number(struct dial *d, const char *number, const struct ring_for *as)
{
    ring_outside(d, far_outside_new, number, as);
}

void dial_ring_user(struct dial *d, const struct connection *to, const struct ring_for *as)
{
    struct server *s = d->op.call->server;
    struct sip_binding b;
    if (server_calls_limited(s, to)) {
        dial_note(d, DIAL_LIMITED, NULL);
        return;
    }
    unsigned n = agent_bindings(s->agent, to->user);
    if (!n)
        dial_note(d, DIAL_OFFLINE, NULL);
    for (unsigned i = 0; i < n; i++)
        if (agent_binding(s->agent, to->user, i, &b))
            ring_device(d, &b, as);
}

/* A number outside; an emergency number too, when a telephone has dialled it. */
static bool is_outside(const struct call *c, const char *name)
{
    return *name == '+' || (c->facts.dials_out && strcmp(name, c->facts.to) == 0);
}

/* A SIP URI, else a SIP user, else a Number, else with + a trunk call (docs/language.md, targets). */
void dial_ring_target(struct dial *d, const char *name, int line)
{
    struct server *s = d->op.call->server;
    const struct connection *to = d->op.call->facts.dials_out ? NULL : router_find(s, name);
    const struct leg *from = d->op.call->leg;
    const struct ring_for as = { line, "", d->op.call->way, dial_ring_until(d, to) };
    if (from && leg_max_forwards(from) <= 1) /* RFC 3261 §16.3: it has been through too many servers */
        dial_note(d, DIAL_FAILED, "the call went in a circle");
    else if (far_uri_is_one(name))
        ring_outside(d, far_uri_new, name, &as); /* straight; a permit has named its host */
    else if (!to && is_outside(d->op.call, name))
        dial_ring_number(d, name, &as);
    else if (!to)
        dial_note(d, DIAL_FAILED, "unknown target");
    else
        dial_ring_user(d, to, &as);
}
