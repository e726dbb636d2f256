/* Writing the URIs of this server's users. */
#include <string.h>

#include "sipfront/sip/agent_inner.h"

void uri_add_escaped(struct sbuf *out, const char *user)
{
    static const char plain[] = "-_.!~*'()&=+$,;?/"; /* RFC 3261 §25.1, user */
    for (; *user; user++) {
        unsigned char c = (unsigned char)*user;
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter || strchr(plain, c))
            sbuf_char(out, *user);
        else
            sbuf_fmt(out, "%%%02X", c);
    }
}

void agent_write_uri(const struct agent *a, const char *user, struct sbuf *out)
{
    bool v6 = strchr(a->address, ':') != NULL;
    sbuf_cstr(out, "sip:");
    uri_add_escaped(out, user);
    sbuf_fmt(out, v6 ? "@[%s]" : "@%s", a->address);
    if (a->port_number != 5060)
        sbuf_fmt(out, ":%u", a->port_number);
}
