#include "sipfront/sip/raw.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>

enum { START_MAX = 4096, ANSWER_MAX = 8192 };

/* The fields that an answer has from its request, and the one that begins none of these. */
enum field { VIA, FROM, TO, CALL_ID, CSEQ, OTHER };

static const struct {
    const char *name;
    char compact;
} fields[OTHER] = { { "via", 'v' }, { "from", 'f' }, { "to", 't' }, { "call-id", 'i' }, { "cseq", '\0' } };

static struct str trimmed(struct str s)
{
    while (s.len && isspace((unsigned char)*s.p))
        s.p++, s.len--;
    while (s.len && isspace((unsigned char)s.p[s.len - 1]))
        s.len--;
    return s;
}

/* The line without its end; *rest begins behind it. */
static struct str take_line(struct str *rest)
{
    const char *end = rest->len ? memchr(rest->p, '\n', rest->len) : NULL;
    struct str line = { rest->p, end ? (size_t)(end - rest->p) : rest->len };
    size_t n = line.len + (end != NULL);
    rest->p += n, rest->len -= n;
    if (line.len && line.p[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* A header field with the lines that it is folded over. Empty: there are no more. */
static struct str take_field(struct str *rest)
{
    struct str field = take_line(rest);
    while (field.len && rest->len && (*rest->p == ' ' || *rest->p == '\t')) {
        struct str more = take_line(rest);
        field.len = (size_t)(more.p + more.len - field.p);
    }
    return field;
}

static enum field field_of(struct str field, struct str *value)
{
    const char *colon = memchr(field.p, ':', field.len);
    struct str name = trimmed((struct str){ field.p, colon ? (size_t)(colon - field.p) : 0 });
    if (!colon)
        return OTHER;
    *value = trimmed((struct str){ colon + 1, (size_t)(field.p + field.len - colon - 1) });
    for (enum field f = VIA; f < OTHER; f++)
        if ((name.len == strlen(fields[f].name) && strncasecmp(name.p, fields[f].name, name.len) == 0) ||
            (name.len == 1 && fields[f].compact && tolower((unsigned char)*name.p) == fields[f].compact))
            return f;
    return OTHER;
}

/* ---- what is wrong with it ---- */

/* RFC 3261 §25.1. */
static bool is_token(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!isalnum((unsigned char)s.p[i]) && !(s.p[i] && strchr("-.!%*_+`'~", s.p[i])))
            return false;
    return s.len;
}

/* Letters, digits and those of `also` in front of *s: passed by. false: there are none. */
static bool pass(struct str *s, const char *also)
{
    size_t n = 0;
    while (n < s->len && (isalnum((unsigned char)s->p[n]) || (s->p[n] && strchr(also, s->p[n]))))
        n++;
    s->p += n, s->len -= n;
    return n;
}

static bool pass_text(struct str *s, const char *text)
{
    size_t n = strlen(text);
    bool is = str_starts(*s, text);
    if (is)
        s->p += n, s->len -= n;
    return is;
}

/* "host" or "host:port". */
static bool pass_host(struct str *s)
{
    unsigned port = 0;
    if (!pass(s, "-."))
        return false;
    if (!pass_text(s, ":"))
        return true;
    for (; s->len && isdigit((unsigned char)*s->p) && port < 6554; s->p++, s->len--)
        port = port * 10 + (unsigned)(*s->p - '0');
    return port && port <= UINT16_MAX;
}

/* Almost every request begins so, and the parser takes it: it need not be asked. */
static bool is_usual_request(struct str line)
{
    if (!pass(&line, "") || !pass_text(&line, " sip:") || !pass(&line, "+-._"))
        return false;
    return (!pass_text(&line, "@") || pass_host(&line)) && str_is(line, " SIP/2.0");
}

static bool is_usual_via(struct str value)
{
    if (!pass_text(&value, "SIP/2.0/") || !pass(&value, "") || !pass_text(&value, " ") || !pass_host(&value))
        return false;
    while (pass_text(&value, ";"))
        if (!pass(&value, "-") || (pass_text(&value, "=") && !pass(&value, "-._")))
            return false;
    return !value.len;
}

static bool reads_as_request(su_home_t *home, struct str line)
{
    char text[START_MAX];
    if (is_usual_request(line))
        return true;
    if (line.len >= sizeof text || memchr(line.p, '\0', line.len))
        return false;
    memcpy(text, line.p, line.len);
    text[line.len] = '\0';
    return sip_request_make(home, text);
}

/* "METHOD URI SIP/2.0": 0 when it is one that the parser takes. */
static int refuse_start(su_home_t *home, struct str line, struct str method)
{
    static const char current[] = "SIP/2.0";
    struct str version = trimmed(line), rest;
    char stand_in[START_MAX];
    const char *blank = memrchr(version.p, ' ', version.len);
    version.len -= (size_t)(blank + 1 - version.p);
    version.p = blank + 1;
    if (version.len != sizeof current - 1 || strncasecmp(version.p, current, version.len) != 0)
        return 505;
    if (reads_as_request(home, line))
        return 0;
    rest = (struct str){ method.p + method.len, (size_t)(line.p + line.len - method.p) - method.len };
    if (rest.len + 1 >= sizeof stand_in || !is_token(method))
        return 400;
    stand_in[0] = 'X'; /* is it the method that the parser does not take, or the rest? */
    memcpy(stand_in + 1, rest.p, rest.len);
    return reads_as_request(home, (struct str){ stand_in, rest.len + 1 }) ? 501 : 400;
}

static bool reads_as_via(su_home_t *home, struct str value)
{
    char text[START_MAX];
    if (is_usual_via(value) || value.len >= sizeof text)
        return true; /* let the stack say so */
    for (size_t i = 0; i < value.len; i++)
        text[i] = value.p[i] == '\r' || value.p[i] == '\n' ? ' ' : value.p[i];
    text[value.len] = '\0';
    return sip_via_make(home, text);
}

int raw_refusal(su_home_t *home, struct str message)
{
    struct str rest = message, line = take_line(&rest), method = line, version = trimmed(line), field, value;
    const char *blank = line.len ? memchr(line.p, ' ', line.len) : NULL, *last;
    bool has_via = false, via_is_read = true;
    int status;
    if (!blank || str_starts(line, "SIP/") || str_starts(line, "ACK "))
        return 0;
    method.len = (size_t)(blank - line.p);
    last = memrchr(version.p, ' ', version.len);
    if (!last || version.p + version.len - last < 5 || strncasecmp(last + 1, "SIP/", 4) != 0)
        return 0;
    while ((field = take_field(&rest)).len)
        if ((*field.p | 0x20) == 'v' && field_of(field, &value) == VIA) {
            has_via = true;
            via_is_read = via_is_read && reads_as_via(home, value);
        }
    if (!has_via)
        return 0; /* nobody would know the answer */
    status = refuse_start(home, line, method);
    return status ? status : via_is_read ? 0 : 400;
}

/* ---- the answer ---- */

static bool has_tag(struct str to)
{
    for (size_t i = 0; i + 4 < to.len; i++) {
        size_t at = i + 1;
        while (at < to.len && isspace((unsigned char)to.p[at]))
            at++;
        if (to.p[i] == ';' && to.len - at > 3 && strncasecmp(to.p + at, "tag", 3) == 0)
            return true;
    }
    return false;
}

bool raw_answer(struct str message, int status, const char *headers, uint64_t seed, struct sbuf *out)
{
    struct str rest = message, field, value = { NULL, 0 };
    uint64_t tag = str_hash(message) ^ seed; /* the same for a retransmission */
    (void)take_line(&rest);
    sbuf_fmt(out, "SIP/2.0 %d %s\r\n", status, sip_status_phrase(status));
    while ((field = take_field(&rest)).len) {
        enum field f = field_of(field, &value);
        if (f == OTHER)
            continue;
        sbuf_str(out, field);
        if (f == TO && !has_tag(value))
            sbuf_fmt(out, ";tag=%016llx", (unsigned long long)tag);
        sbuf_cstr(out, "\r\n");
    }
    sbuf_fmt(out, "%sContent-Length: 0\r\n\r\n", headers ? headers : "");
    return out->len < ANSWER_MAX;
}
