/* Who a phone is told that it talks to: From, P-Asserted-Identity (RFC 3325), Remote-Party-ID for the phones that know
 * no other, Privacy (RFC 3323). */
#include <string.h>
#include <strings.h>

#include "sipfront/sip/leg_inner.h"

enum { IDENTITY_MAX = 480 }; /* a longer name-addr is shown in From alone */

void leg_add_quoted(struct sbuf *out, const char *name)
{
    sbuf_char(out, '"');
    for (; *name; name++) {
        if ((unsigned char)*name < ' ' || *name == 0x7f)
            continue;
        if (*name == '"' || *name == '\\')
            sbuf_char(out, '\\');
        sbuf_char(out, *name);
    }
    sbuf_cstr(out, "\" ");
}

/* "Ann" <sip:ann@server>; a caller without a user is anonymous (RFC 3323 §4.1). */
void leg_write_name_addr(const struct agent *a, const struct leg_identity *who, struct sbuf *out)
{
    if (!who->user || !*who->user) {
        sbuf_cstr(out, "\"Anonymous\" <sip:anonymous@anonymous.invalid>");
        return;
    }
    if (who->name && *who->name)
        leg_add_quoted(out, who->name);
    sbuf_char(out, '<');
    if (strncasecmp(who->user, "sip:", 4) == 0 || strncasecmp(who->user, "sips:", 5) == 0)
        sbuf_cstr(out, who->user); /* one outside who was called so */
    else
        agent_write_uri(a, who->user, out);
    sbuf_char(out, '>');
}

void leg_write_identity(const struct agent *a, const struct leg_identity *who, struct sbuf *out)
{
    struct sbuf addr = { 0 };
    if (!who->user || !*who->user) {
        sbuf_cstr(out, "Privacy: id");
        return;
    }
    leg_write_name_addr(a, who, &addr);
    if (addr.len < IDENTITY_MAX)
        sbuf_fmt(out, "P-Asserted-Identity: %s\r\nRemote-Party-ID: %s;party=calling;screen=yes;privacy=off", addr.p,
                 addr.p);
    sbuf_free(&addr);
}
