/* Where a call goes: the dialled text to a Connection, and from there to its flow. */
#include <string.h>

#include "sipfront/call/server_parts.h"
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
        n += (c->leg && strcmp(c->facts.from, k->user) == 0 ? 1u : 0u) + (dial_concerns(c->dial, k->user) ? 1u : 0u);
    return n >= k->max_calls;
}

static void refuse(struct server *s, struct leg *leg, const struct leg_invite *invite, int status, const char *phrase)
{
    log_info("router", "%s calls %s from %s: %d %s", invite->from_user, invite->to_user, invite->source, status,
             phrase);
    s->calls_failed++;
    leg_reject(leg, status, phrase);
    leg_listen(leg, NULL, NULL);
}

void router_invited(void *owner, struct leg *leg, const struct leg_invite *invite)
{
    struct server *s = owner;
    const struct connection *to = router_find(s, invite->to_user);
    const struct connection *from = directory_connection(s->directory, invite->from_user);
    s->calls_total++;
    if (s->closing)
        refuse(s, leg, invite, 503, "Service Unavailable");
    else if (!from)
        refuse(s, leg, invite, 403, "Forbidden");
    else if (server_calls_limited(s, from))
        refuse(s, leg, invite, 403, "Call Limit Reached");
    else if (!to)
        refuse(s, leg, invite, 404, "Not Found");
    else
        call_begin(s, leg, invite, to);
}
