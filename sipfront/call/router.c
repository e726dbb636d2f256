/* Where a call goes: the dialled text to a Connection, and from there to its flow; or out, through a trunk. */
#include <string.h>

#include "sipfront/call/far_outside.h"
#include "sipfront/call/pickup.h"
#include "sipfront/call/secrecy.h"
#include "sipfront/call/server_parts.h"
#include "sipfront/directory/trunk_lists.h"
#include "vm/base/log.h"

const struct connection *router_find(const struct server *s, const char *dialed)
{
    const struct connection *c = directory_connection(s->directory, dialed);
    if (c)
        return c;
    const struct number *n = directory_number(s->directory, dialed);
    return n ? directory_connection(s->directory, n->user) : NULL;
}

bool server_calls_limited(const struct server *s, const struct connection *k)
{
    unsigned n = 0;
    if (!k->max_calls)
        return false;
    for (const struct call *c = s->calls; c && n < k->max_calls; c = c->next)
        n += (c->leg && party_is(&c->caller, k->user) ? 1u : 0u) + (dial_concerns(c->dial, k->user) ? 1u : 0u);
    return n >= k->max_calls;
}

void router_refuse(struct server *s, struct leg *leg, const struct leg_invite *invite, int status, const char *phrase)
{
    log_info("router", "%s%s%s calls %s from %s: %d %s", invite->trunk ? "trunk " : "",
             invite->trunk ? invite->trunk : "", invite->trunk ? "" : invite->from_user, invite->to_user,
             invite->source, status, phrase);
    s->calls_failed++;
    leg_reject(leg, status, phrase);
    leg_listen(leg, NULL, NULL);
}

/* ---- from a trunk: the number it is for, the Connection that has it ---- */

/* A call to the account itself says in To what was dialled; else it is for the trunk's main number. */
static bool called_number(const struct server *s, const struct trunk_settings *t, const struct leg_invite *invite,
                          char out[NUMBER_TEXT])
{
    const struct numbering *n = &s->outside.numbering;
    bool account = *t->user && strcmp(invite->to_user, t->user) == 0;
    if (!account)
        return numbering_called(n, t, invite->to_user, out);
    if (strcmp(invite->to_header_user, t->user) != 0 && numbering_called(n, t, invite->to_header_user, out) &&
        directory_number(s->directory, out))
        return true;
    return *t->number && numbering_called(n, &(struct trunk_settings){ .prepend = "", .country = "", .format = "plus" },
                                          t->number, out);
}

/* A call that we have sent out, and that comes back to the Connection it left from: it shows the very number that one
 * of its legs shows. Where a carrier changes that, Max-Forwards (RFC 3261 §8.1.1.6) and --max-calls end the circle. */
static bool is_loop(const struct server *s, const char *from, const struct connection *to)
{
    for (const struct call *c = s->calls; *from && c; c = c->next)
        if (strcmp(c->facts.dialed, to->user) == 0 && dial_shows(c->dial, from))
            return true;
    return false;
}

static void refuse_open(struct server *s, struct leg *leg, const struct leg_invite *invite)
{
    leg_warn(leg, "audio has to be encrypted, and keys are told by TLS alone");
    router_refuse(s, leg, invite, 488, "Not Acceptable Here");
}

static void invited_by_trunk(struct server *s, struct leg *leg, const struct leg_invite *invite)
{
    const struct trunk_settings *t = directory_trunk(s->directory, invite->trunk);
    char number[NUMBER_TEXT], from[NUMBER_TEXT] = "", diverted[NUMBER_TEXT];
    struct leg_invite told = *invite;
    if (!t) {
        router_refuse(s, leg, invite, 403, "Forbidden");
        return;
    }
    const struct number *n = called_number(s, t, invite, number) ? directory_number(s->directory, number) : NULL;
    const struct connection *to = n ? directory_connection(s->directory, n->user) : NULL;
    /* what is no number would look like the SIP user of a Connection */
    if (!numbering_caller(&s->outside.numbering, t, invite->from_user, from))
        from[0] = '\0';
    told.from_user = from;
    if (!numbering_caller(&s->outside.numbering, t, invite->diverted, diverted))
        diverted[0] = '\0';
    told.diverted = diverted;
    told.to_user = number;
    if (!to)
        router_refuse(s, leg, invite, 404, "Not Found");
    else if (t->max_calls && outside_calls(s, t->name) >= (uint64_t)t->max_calls)
        router_refuse(s, leg, &told, 486, "Busy Here");
    else if (leg_max_forwards(leg) == 0)
        router_refuse(s, leg, &told, 483, "Too Many Hops");
    else if (is_loop(s, from, to))
        router_refuse(s, leg, &told, 482, "Loop Detected");
    else if (secrecy_forbids(t, invite))
        refuse_open(s, leg, &told);
    else
        call_begin(s, leg, &told, &(struct call_route){ .dialed = to });
}

/* ---- from a telephone ---- */

bool router_may_dial(const struct server *s, const char *user, const char *number)
{
    const struct dial_rule *r = directory_dial_rule(s->directory, user);
    return numbering_is_emergency(&s->outside.numbering, number) || (r && list_fits(r->patterns, str_of(number)));
}

int router_dial(const struct server *s, const struct connection *who, const char *dialed, char number[NUMBER_TEXT],
                struct call_route *out)
{
    const struct numbering *n = &s->outside.numbering;
    bool emergency = numbering_is_emergency(n, dialed);
    const struct connection *to = emergency ? NULL : router_find(s, dialed);
    number[0] = '\0';
    if (!emergency && !to) {
        if (!numbering_dialled(n, dialed, number))
            return 404;
        to = router_find(s, number);
        if (!to && !router_may_dial(s, who->user, number))
            return 403;
    }
    *out = to ? (struct call_route){ .dialed = to } : (struct call_route){ .dialed = who, .dials_out = true };
    return 0;
}

static void invited_by_phone(struct server *s, struct leg *leg, const struct leg_invite *invite)
{
    const struct connection *who = directory_connection(s->directory, invite->from_user);
    bool emergency = numbering_is_emergency(&s->outside.numbering, invite->to_user);
    struct leg_invite told = *invite;
    char number[NUMBER_TEXT];
    struct call_route route;
    if (!who) {
        router_refuse(s, leg, invite, 403, "Forbidden");
        return;
    }
    if (invite->replaces) {
        pickup_invited(s, leg, invite);
        return;
    }
    if (!emergency && server_calls_limited(s, who)) {
        router_refuse(s, leg, invite, 403, "Call Limit Reached");
        return;
    }
    int status = router_dial(s, who, invite->to_user, number, &route);
    if (*number)
        told.to_user = number;
    if (status == 0)
        call_begin(s, leg, &told, &route);
    else
        router_refuse(s, leg, &told, status, status == 404 ? "Not Found" : "Not allowed to call this number");
}

void router_invited(void *owner, struct leg *leg, const struct leg_invite *invite)
{
    struct server *s = owner;
    s->calls_total++;
    if (s->closing)
        router_refuse(s, leg, invite, 503, "Service Unavailable");
    else if (invite->trunk && invite->replaces)
        router_refuse(s, leg, invite, 403, "Forbidden"); /* what rings and talks here is no carrier's business */
    else if (invite->trunk)
        invited_by_trunk(s, leg, invite);
    else
        invited_by_phone(s, leg, invite);
}
