#include "sipfront/call/secrecy.h"

#include <string.h>

#include "sipfront/call/server_parts.h"
#include "sipfront/directory/outside.h"

static enum audio_security named(const char *when, enum audio_security otherwise)
{
    if (strcmp(when, "off") == 0)
        return AUDIO_SECURE_OFF;
    if (strcmp(when, "optional") == 0)
        return AUDIO_SECURE_OPTIONAL;
    return strcmp(when, "required") == 0 ? AUDIO_SECURE_REQUIRED : otherwise;
}

enum audio_security secrecy_of_phone(const struct server *s, const char *user)
{
    const struct connection *k = directory_connection(s->directory, user);
    return k ? named(k->srtp, s->srtp) : s->srtp;
}

/* A setting of a trunk needs TLS (check_outside.c), unless it says otherwise. */
enum audio_security secrecy_of_trunk(const struct trunk_settings *t)
{
    enum audio_security s = named(t->srtp, AUDIO_SECURE_OFF);
    return s == AUDIO_SECURE_OPTIONAL ? AUDIO_SECURE_WISHED : s;
}

enum audio_security secrecy_of_uri(const struct server *s, bool by_tls)
{
    if (!by_tls)
        return s->srtp == AUDIO_SECURE_REQUIRED ? AUDIO_SECURE_REQUIRED : AUDIO_SECURE_OFF;
    return s->srtp == AUDIO_SECURE_OPTIONAL ? AUDIO_SECURE_WISHED : s->srtp;
}

/* By UDP or TCP, though its gateways are called by TLS: who listens there has the keys, who sends there may be anybody.
 */
static bool is_open(const struct trunk_settings *t, const struct leg_invite *invite)
{
    return !t->srtp_open && !invite->by_tls;
}

bool secrecy_forbids(const struct trunk_settings *t, const struct leg_invite *invite)
{
    return strcmp(t->srtp, "required") == 0 && is_open(t, invite);
}

enum audio_security secrecy_of_caller(const struct server *s, const struct leg_invite *invite)
{
    const struct trunk_settings *t = invite->trunk ? directory_trunk(s->directory, invite->trunk) : NULL;
    if (!invite->trunk)
        return secrecy_of_phone(s, invite->from_user);
    if (!t || !*t->srtp)
        return s->srtp;
    return is_open(t, invite) ? AUDIO_SECURE_OFF : named(t->srtp, AUDIO_SECURE_OFF);
}
