#include "sipfront/call/party.h"

#include <stdlib.h>
#include <string.h>

#include "sipfront/sip/leg.h"

struct party party_nobody(void) { return (struct party){ .user = "", .name = "", .trunk = "" }; }

struct party party_of_invite(const struct leg_invite *invite)
{
    return (struct party){ .user = invite->from_user,
                           .name = invite->from_name ? invite->from_name : "",
                           .trunk = invite->trunk ? invite->trunk : "",
                           .hidden = invite->hidden };
}

void party_keep(struct party *kept, const struct party *who, struct party *former)
{
    struct party was = *kept;
    size_t user = strlen(who->user) + 1, name = strlen(who->name) + 1, trunk = strlen(who->trunk) + 1;
    char *texts = malloc(user + name + trunk);
    if (!texts)
        abort();
    *kept = (struct party){ memcpy(texts, who->user, user), memcpy(texts + user, who->name, name),
                            memcpy(texts + user + name, who->trunk, trunk), who->hidden, texts };
    if (former)
        *former = was;
    else
        party_drop(&was);
}

void party_drop(struct party *p)
{
    free(p->texts);
    *p = party_nobody();
}

const char *party_shown(const struct party *p) { return p->hidden ? "" : p->user; }

bool party_is(const struct party *p, const char *user) { return !*p->trunk && strcmp(p->user, user) == 0; }

bool party_may_act_for(const struct party *p, const struct party *other)
{
    return *p->trunk ? strcmp(p->trunk, other->trunk) == 0 : party_is(other, p->user);
}

const struct connection *party_connection(const struct party *p, const struct directory *d)
{
    return *p->trunk ? NULL : directory_connection(d, p->user);
}
