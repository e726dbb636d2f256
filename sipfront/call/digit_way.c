#include "sipfront/call/digit_way.h"

#include <string.h>

#include "sipfront/call/server_parts.h"
#include "sipfront/directory/outside.h"

static enum digit_way named(const char *way)
{
    static const char *const names[] = {
        [DIGITS_BY_EVENTS] = "rfc4733", [DIGITS_BY_INFO] = "info", [DIGITS_IN_BAND] = "inband"
    };
    for (unsigned i = DIGITS_BY_EVENTS; i <= DIGITS_IN_BAND; i++)
        if (strcmp(way, names[i]) == 0)
            return (enum digit_way)i;
    return DIGITS_AUTO;
}

enum digit_way digit_way_of_phone(const struct server *s, const char *user)
{
    const struct connection *k = directory_connection(s->directory, user);
    return k ? named(k->dtmf) : DIGITS_AUTO;
}

enum digit_way digit_way_of_trunk(const struct trunk_settings *t) { return named(t->dtmf); }

enum digit_way digit_way_of_caller(const struct server *s, const struct leg_invite *invite)
{
    const struct trunk_settings *t = invite->trunk ? directory_trunk(s->directory, invite->trunk) : NULL;
    if (!invite->trunk)
        return digit_way_of_phone(s, invite->from_user);
    return t ? digit_way_of_trunk(t) : DIGITS_AUTO;
}
