#include "sipfront/call/dial_divert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/dial_ring.h"
#include "sipfront/call/far_outside.h"
#include "sipfront/call/server_parts.h"
#include "sipfront/call/transfer.h"
#include "stdlib/permit.h"
#include "vm/base/fmt.h"
#include "vm/base/log.h"

#define CIRCLE "the call went in a circle"

/* Who is to have the call, when no phone takes it. */
struct forward {
    struct leg_diversions way;
    char dialed[DIVERSION_USER]; /* as call.to will tell: its SIP user, or its Number */
    int line;                    /* the flow's permit line that counted who forwards, -1: none */
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
    return strcmp(c->caller.user, user) == 0;
}

/* The way so far, and this one. false: it is too long. */
static bool extend(struct leg_diversions *way, const struct far_leg *f, bool rang, int status)
{
    *way = f->diverted ? *f->diverted : (struct leg_diversions){ 0 };
    if (way->count == DIVERSIONS_MAX)
        return false;
    struct leg_diversion *own = &way->list[way->count++];
    *own = (struct leg_diversion){ .outside = f->outside, .status = status, .rang = rang };
    fmt_text(own->user, sizeof own->user, "%s", f->user);
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
static void keep(struct dial *d, const struct leg_diversions *way, const char *dialed, int line)
{
    if (d->forward)
        return;
    d->forward = malloc(sizeof *d->forward);
    if (!d->forward)
        abort();
    d->forward->way = *way;
    snprintf(d->forward->dialed, sizeof d->forward->dialed, "%s", dialed);
    d->forward->line = line;
}

bool dial_divert_hand_over(struct dial *d)
{
    struct call *c = d->op.call;
    struct forward *f = d->forward;
    const struct call_route route = { .dialed = directory_connection(c->server->directory, f->way.to),
                                      .permit_flow = f->line < 0 ? NULL : c->facts.flow,
                                      .permit_line = f->line };
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
static void ring(struct far_leg *f, struct leg_diversions *way, const struct connection *to, const char *dialed)
{
    struct dial *d = f->dial;
    const char *user = to ? to->user : dialed;
    struct ring_for as = { f->line, f->outside ? f->payer : f->user, way, f->until_ms };
    snprintf(way->to, sizeof way->to, "%s", user);
    if (came_from(way, d->op.call, user))
        fail(d, CIRCLE);
    else if (ringing_for(d, user))
        return;
    else if (to && takes_over(d, to))
        keep(d, way, dialed, f->line);
    else if (to)
        dial_ring_user(d, to, &as);
    else
        dial_ring_number(d, dialed, &as);
}

/* A phone as if it had dialled; a carrier by the same right as the call that it was given. */
static bool may_reach(const struct far_leg *f, const char *number)
{
    const struct dial *d = f->dial;
    const struct call *c = d->op.call;
    if (!f->outside)
        return router_may_dial(c->server, f->user, number);
    if (*f->payer || c->facts.dials_out)
        return router_may_dial(c->server, far_outside_payer(f), number);
    return d->image && permit_dial(d->image, str_of(number), false);
}

/* The Connection that it is forwarded to, or a number outside; false: neither. */
static bool find(const struct far_leg *f, const char *to, char number[NUMBER_TEXT], const struct connection **ours)
{
    const struct server *s = f->dial->op.call->server;
    number[0] = '\0';
    *ours = f->outside ? NULL : router_find(s, to);
    if (*ours)
        return true;
    if (!(f->outside ? far_outside_read(f, to, number) : numbering_dialled(&s->outside.numbering, to, number)))
        return false;
    *ours = router_find(s, number);
    return true;
}

/* As invited_by_phone() finds it, but that nobody is forwarded to an emergency number. */
static void follow(struct far_leg *f, struct leg_diversions *way, const char *to)
{
    struct dial *d = f->dial;
    const struct connection *ours;
    char number[NUMBER_TEXT];
    if (numbering_is_emergency(&d->op.call->server->outside.numbering, to) || !find(f, to, number, &ours))
        fail(d, f->outside ? "the carrier forwards to no number" : "the device forwards to nobody known");
    else if (!ours && !may_reach(f, number))
        fail(d, f->outside ? "the carrier forwards to a number that may not be called"
                           : "the device forwards to a number that it may not call");
    else
        ring(f, way, ours, *number ? number : to);
}

/* A carrier's other redirections are refusals like any other (far_outside.c), and all of who is called by a URI. */
static bool is_forwarding(const struct far_leg *f, enum far_state was, int status, const char *to)
{
    bool plain = (status == 301 || status == 302) && *to;
    return was < FAR_ANSWERED && status >= 300 && status <= 399 && (plain || !f->outside) && !f->uri;
}

bool dial_divert(struct far_leg *f, enum far_state was, int status, const char *to)
{
    struct dial *d = f->dial;
    struct leg_diversions way;
    if (!is_forwarding(f, was, status, to) || d->op.later || d->winner || !d->op.call->leg)
        return false;
    log_info("call", "%s: %s %s answers %d, to '%s'", d->op.call->facts.id,
             f->outside ? "the carrier of" : "a device of", f->user, status, to);
    if (f->outside)
        far_outside_forwarded(f);
    d->devices--; /* the target stands in its place */
    d->through = false;
    if ((status != 301 && status != 302) || !*to)
        fail(d, "the device forwards in a way that is not followed");
    else if (!extend(&way, f, was == FAR_RINGING, status))
        fail(d, "the call was forwarded too often");
    else
        follow(f, &way, to);
    return true;
}
