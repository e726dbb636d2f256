#include "sipfront/call/party.h"

#include <string.h>

#include "sipfront/sip/leg.h"
#include "vm/base/fmt.h"

void party_of_invite(struct party *out, const struct leg_invite *invite)
{
    fmt_text(out->user, sizeof out->user, "%s", invite->from_user);
    fmt_text(out->name, sizeof out->name, "%s", invite->from_name ? invite->from_name : "");
    fmt_text(out->trunk, sizeof out->trunk, "%s", invite->trunk ? invite->trunk : "");
    out->hidden = invite->hidden;
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
