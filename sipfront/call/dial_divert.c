#include "sipfront/call/dial_divert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/dial_ring.h"
#include "sipfront/call/server_parts.h"
#include "sipfront/call/transfer.h"
#include "vm/base/log.h"

#define CIRCLE "the call went in a circle"

/* Who is to have the call, when no phone takes it. */
struct forward {
    struct leg_diversions way;
    char dialed[DIVERSION_USER]; /* as call.to will tell: its SIP user, or its Number */
};

static const struct far_leg *ringing_for(const struct dial *d, const char *user)
{
    const struct far_leg *f = d->legs;
    while (f && strcmp(f->user, user) != 0)
        f = f->next;
    return f;
}

static bool came_from(const struct leg_diversions *way, const struct call *c, const char *user)
{
    for (unsigned i = 0; i < way->count; i++)
        if (strcmp(way->list[i].user, user) == 0)
            return true;
    return strcmp(c->facts.from, user) == 0;
}

/* The way so far, and this phone. false: it is too long. */
static bool extend(struct leg_diversions *way, const struct far_leg *f, bool rang, int status)
{
    *way = f->diverted ? *f->diverted : (struct leg_diversions){ 0 };
    if (way->count == DIVERSIONS_MAX)
        return false;
    struct leg_diversion *own = &way->list[way->count++];
    *own = (struct leg_diversion){ .status = status, .rang = rang };
    snprintf(own->user, sizeof own->user, "%s", f->user);
    return true;
}

static void fail(struct dial *d, const char *why)
{
    log_info("call", "%s: not forwarded: %s", d->op.call->facts.id, why);
    dial_note(d, DIAL_FAILED, why);
}

/* Whether that Connection's flow is to have the call. What the bridge asks of the talk would be lost there: those ring
 * devices. */
static bool takes_over(const struct dial *d, const struct connection *to)
{
    const struct call *c = d->op.call;
    bool plain = d->alone && !d->hooks && !d->record && !d->announce && !d->question && c->state != CALL_ANSWERED;
    if (!plain || strcmp(c->facts.dialed, to->user) == 0)
        return false;
    return !dial_legs(d) || !agent_bindings(c->server->agent, to->user);
}

/* The first one that is forwarded to has it. */
static void keep(struct dial *d, const struct leg_diversions *way, const char *dialed)
{
    if (d->forward)
        return;
    d->forward = malloc(sizeof *d->forward);
    if (!d->forward)
        abort();
    d->forward->way = *way;
    snprintf(d->forward->dialed, sizeof d->forward->dialed, "%s", dialed);
}

bool dial_divert_hand_over(struct dial *d)
{
    struct call *c = d->op.call;
    struct forward *f = d->forward;
    const struct call_route route = { .dialed = directory_connection(c->server->directory, f->way.to) };
    d->forward = NULL;
    if (route.dialed)
        transfer_by_phone(c, &(struct onward){ .to = f->dialed, .route = &route, .way = &f->way });
    else
        dial_note(d, DIAL_OFFLINE, NULL);
    free(f);
    return route.dialed;
}

/* Who is rung already, or was, by another way, is not rung again (RFC 3261 §16.5): what becomes of it is the outcome.
 */
static void ring(struct dial *d, struct leg_diversions *way, const struct connection *to, const char *dialed, int line)
{
    const char *user = to ? to->user : dialed;
    struct ring_for as = { line, way };
    snprintf(way->to, sizeof way->to, "%s", user);
    if (came_from(way, d->op.call, user))
        fail(d, CIRCLE);
    else if (ringing_for(d, user))
        return;
    else if (to && takes_over(d, to))
        keep(d, way, dialed);
    else if (to)
        dial_ring_user(d, to, &as);
    else
        dial_ring_number(d, dialed, &as);
}

/* As invited_by_phone() finds it, but that nobody is forwarded to an emergency number. */
static void follow(struct dial *d, struct leg_diversions *way, const char *to, int line)
{
    const struct server *s = d->op.call->server;
    const char *who = way->list[way->count - 1].user;
    bool emergency = numbering_is_emergency(&s->outside.numbering, to);
    const struct connection *ours = emergency ? NULL : router_find(s, to);
    char number[NUMBER_TEXT] = "";
    if (!ours && (emergency || !numbering_dialled(&s->outside.numbering, to, number))) {
        fail(d, "the device forwards to nobody known");
        return;
    }
    if (!ours)
        ours = router_find(s, number);
    if (!ours && !router_may_dial(s, who, number))
        fail(d, "the device forwards to a number that it may not call");
    else
        ring(d, way, ours, *number ? number : to, line);
}

bool dial_divert(struct far_leg *f, enum far_state was, int status, const char *to)
{
    struct dial *d = f->dial;
    struct leg_diversions way;
    if (f->outside || was >= FAR_ANSWERED || status < 300 || status > 399)
        return false;
    if (d->op.later || d->winner || !d->op.call->leg)
        return false;
    log_info("call", "%s: a device of %s answers %d, to '%s'", d->op.call->facts.id, f->user, status, to);
    d->devices--; /* the target stands in its place */
    d->through = false;
    if ((status != 301 && status != 302) || !*to)
        fail(d, "the device forwards in a way that is not followed");
    else if (!extend(&way, f, was == FAR_RINGING, status))
        fail(d, "the call was forwarded too often");
    else
        follow(d, &way, to, f->line);
    return true;
}
