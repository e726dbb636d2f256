/* How a call begins: with an INVITE, or with a phone that is on the line already. */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "sipfront/call/caller_media.h"
#include "sipfront/call/cdr.h"
#include "sipfront/call/server_parts.h"
#include "sipfront/call/transfer.h"
#include "sipfront/sip/divert.h"
#include "vm/base/fmt.h"
#include "vm/base/log.h"

#define OUTBOUND "outbound" /* the built-in flow of calls outside */

static void facts_init(struct call *c, const struct leg_invite *invite, const struct call_route *route)
{
    const struct connection *dialed = route->dialed;
    uint64_t r = 0;
    if (getrandom(&r, sizeof r, 0) != sizeof r)
        abort();
    fmt_text(c->facts.id, sizeof c->facts.id, "%016llx", (unsigned long long)r);
    c->facts.from = strdup(invite->from_user);
    c->facts.to = strdup(invite->to_user);
    c->facts.dialed = strdup(dialed->user);
    c->facts.flow = strdup(route->dials_out ? OUTBOUND : *dialed->flow ? dialed->flow : "default");
    c->facts.dials_out = route->dials_out;
    c->facts.permit_flow = route->permit_flow ? strdup(route->permit_flow) : NULL;
    c->facts.permit_line = route->permit_line;
    if (invite->trunk)
        c->facts.came_by = strdup(invite->trunk);
    if (invite->trunk && invite->diverted && *invite->diverted)
        c->facts.diverted = strdup(invite->diverted);
    c->facts.started_ms = clock_wall(c->port.clock);
}

static void call_link(struct call *c)
{
    struct server *s = c->server;
    c->next = s->calls;
    if (c->next)
        c->next->prev = c;
    s->calls = c;
    s->ncalls++;
}

/* As caller_media_open(). */
static int open_media(struct call *c, const struct leg_invite *invite)
{
    int refused = caller_media_open(&c->media, c->server, c->leg, invite);
    if (!refused)
        stream_listen(c->media.stream, &call_stream_events, c);
    return refused;
}

static struct call *call_new(struct server *s, const struct leg_invite *invite, const struct call_route *route)
{
    struct call *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    c->server = s;
    c->caller = party_nobody();
    c->flow_over = true;
    call_port_init(c);
    call_host_init(c);
    facts_init(c, invite, route);
    call_link(c);
    cdr_begin(c);
    return c;
}

/* refused: with that status, unless it is 0. The record is noted behind the flow's first turn, in which many answer. */
static void begin_flow(struct call *c, int refused)
{
    if (!refused && !call_run_flow(c, c->facts.flow)) {
        log_error("call", "%s: flow %s is not here: the default runs instead", c->facts.id, c->facts.flow);
        refused = call_run_flow(c, "default") ? 0 : 500;
    }
    if (refused)
        call_drop(c, refused);
    cdr_note(c);
}

void call_begin(struct server *s, struct leg *leg, const struct leg_invite *invite, const struct call_route *route)
{
    const struct party who = party_of_invite(invite);
    struct call *c = call_new(s, invite, route);
    c->leg = leg;
    party_keep(&c->caller, &who, NULL);
    if (invite->trunk)
        c->fare = fare_new(invite->trunk, NULL);
    leg_listen(leg, &call_leg_events, c);
    watch_changed(c, c->caller.user);
    begin_flow(c, open_media(c, invite));
}

/* Its caller is the one who called there, and may still wait for an answer. */
static void follow_way(struct call *c, const struct call *from, const struct leg_diversions *way)
{
    c->way = malloc(sizeof *c->way);
    if (!c->way)
        abort();
    *c->way = *way;
    if (from->state != CALL_UP)
        c->state = from->state;
}

void call_begin_onward(struct call *from, const struct onward *o)
{
    const struct party *who = &o->caller->who;
    struct leg_invite invite = { .from_user = who->user, .to_user = o->to };
    if (*who->trunk)
        invite.trunk = who->trunk;
    if (o->way)
        invite.diverted = from->facts.diverted;
    struct call *c = call_new(from->server, &invite, o->route);
    c->server->calls_total++;
    fmt_text(c->parent, sizeof c->parent, "%s", from->facts.id);
    c->handovers = from->handovers + 1;
    c->onward = o->transfer;
    if (o->way)
        follow_way(c, from, o->way);
    transfer_goes_on(o->transfer, c);
    call_adopt(c, o->caller);
    begin_flow(c, 0);
}
