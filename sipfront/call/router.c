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
    s->calls_total++;
    if (s->closing)
        refuse(s, leg, invite, 503, "Service Unavailable");
    else if (!directory_connection(s->directory, invite->from_user))
        refuse(s, leg, invite, 403, "Forbidden");
    else if (!to)
        refuse(s, leg, invite, 404, "Not Found");
    else
        call_begin(s, leg, invite, to);
}
