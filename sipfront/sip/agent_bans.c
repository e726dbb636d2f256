/* The guard as the agent's owner sees it. */
#include <string.h>

#include "sipfront/sip/guard.h"
#include "sipfront/sip/trunk_inner.h"

static bool is_registered_at(void *owner, const char *user, const struct network *source)
{
    const struct agent *a = owner;
    struct sip_binding b;
    struct network at;
    for (unsigned i = 0; bindings_at(a->bindings, user, i, &b); i++)
        if (address_in_uri(b.received, &at) && network_holds(source, &at))
            return true;
    return false;
}

static bool is_trunk(void *owner, const struct network *address)
{
    const struct agent *a = owner;
    return trunks_are_at(a, address);
}

static void on_ban(void *owner, const struct sip_ban *ban, bool gone)
{
    const struct agent *a = owner;
    if (a->port.banned)
        a->port.banned(a->port.owner, ban, gone);
}

enum err agent_open_guard(struct agent *a, const struct sip_networks *allowed)
{
    struct guard_port port = { is_registered_at, is_trunk, on_ban, a };
    return guard_new(&a->guard, a->clock, allowed, &port);
}

enum err agent_ban(struct agent *a, const struct network *source, int64_t until_wall_ms)
{
    struct sip_ban ban = { .source = *source, .user = "", .by_hand = true, .until_wall_ms = until_wall_ms };
    enum err e = guard_ban(a->guard, source, until_wall_ms, true);
    if (!e)
        on_ban(a, &ban, false);
    return e;
}

void agent_restore_ban(struct agent *a, const struct sip_ban *ban)
{
    if (guard_ban(a->guard, &ban->source, ban->until_wall_ms, ban->by_hand) != ERR_OK)
        return; /* more than a server of today keeps: the first ones hold */
}

bool agent_unban(struct agent *a, const struct network *source) { return guard_unban(a->guard, source); }

bool agent_unban_user(struct agent *a, const char *user) { return guard_unban_user(a->guard, user); }

void agent_each_ban(const struct agent *a, void (*each)(const struct sip_ban *ban, void *arg), void *arg)
{
    guard_each(a->guard, each, arg);
}
