#include "sipfront/call/party.h"

#include <string.h>

bool party_is(const struct party *p, const char *user) { return !*p->trunk && strcmp(p->user, user) == 0; }

bool party_may_act_for(const struct party *p, const struct party *other)
{
    return *p->trunk ? strcmp(p->trunk, other->trunk) == 0 : party_is(other, p->user);
}

const struct connection *party_connection(const struct party *p, const struct directory *d)
{
    return *p->trunk ? NULL : directory_connection(d, p->user);
}
