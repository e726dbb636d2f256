/* What the queues know of the server's phones. */
#include "sipfront/call/queueing.h"

#include <string.h>

#include "sipfront/call/server_parts.h"
#include "sipfront/call/waiting.h"
#include "vm/base/cover.h"

/* What is outside can always be tried. */
static bool is_reachable(const char *user, void *owner)
{
    const struct server *s = owner;
    const struct connection *c = router_find(s, user);
    return c ? agent_bindings(s->agent, c->user) > 0 : cover_is_abroad(str_of(user));
}

static bool calls_himself(const struct call *c, const char *user) { return c->leg && party_is(&c->caller, user); }

/* Walks the live calls, as the busy lamps do; asked when something of that user has changed. */
static bool is_engaged(const char *user, void *owner)
{
    const struct call *c = ((const struct server *)owner)->calls;
    while (c && !calls_himself(c, user) && !dial_concerns(c->dial, user))
        c = c->next;
    return c;
}

struct waiting *queueing_open(struct server *s)
{
    struct waiting_port port = {
        .clock = loop_clock(s->loop), .reachable = is_reachable, .engaged = is_engaged, .owner = s
    };
    return waiting_new(&port);
}

void server_each_queue(struct server *s, void (*each)(const struct waiting_queue *q, void *arg), void *arg)
{
    waiting_each(s->waiting, each, arg);
}
