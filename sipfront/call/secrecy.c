#include "sipfront/call/secrecy.h"

#include <string.h>

#include "sipfront/call/server_parts.h"

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

enum audio_security secrecy_of_caller(const struct server *s, const struct leg_invite *invite)
{
    return invite->trunk ? s->srtp : secrecy_of_phone(s, invite->from_user);
}
