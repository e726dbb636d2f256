#include "stdlib/permit.h"

#include <string.h>
#include <strings.h>

#include "vm/isa/glob.h"

static bool starts_like(struct str text, const char *prefix)
{
    size_t n = strlen(prefix);
    return text.len >= n && strncasecmp(text.p, prefix, n) == 0;
}

static bool is_number(struct str target) { return str_starts(target, "+"); }
static bool is_uri(struct str target) { return starts_like(target, "sip:") || starts_like(target, "sips:"); }

static bool is_among(const char *set, char c) { return c && strchr(set, c); }

static size_t count_of(struct str s, char wanted)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += s.p[i] == wanted;
    return n;
}

/* A pattern says something only of a target that reads one way: a number of digits, as people group them, and a URI
 * with one host (RFC 3261 §25.1 has no second '@') and no white space, quotes or list. */
static bool reads_one_way(struct str target)
{
    bool number = is_number(target);
    for (size_t i = number; i < target.len; i++)
        if (number ? !is_among("0123456789-.() ", target.p[i]) : is_among("<>\",\\", target.p[i]) || target.p[i] <= ' ')
            return false;
    return number ? target.len > 1 : count_of(target, '@') <= 1;
}

static bool fits(const struct image_permit *p, struct str target)
{
    for (uint32_t i = 0; i < p->npatterns; i++)
        if (glob_fits(p->patterns[i], target))
            return true;
    return false;
}

/* Whether that line covers the target. */
static bool covers_dial(const struct image_permit *p, struct str target)
{
    bool abroad = is_number(target) || is_uri(target);
    if (p->kind == PERMIT_FETCH || (abroad && !reads_one_way(target)))
        return false;
    return fits(p, target) || (p->kind == PERMIT_DIAL_CONNECTIONS && !abroad);
}

bool permit_dial(const struct image *im, struct str target, bool outside)
{
    if (!outside && !is_number(target) && !is_uri(target))
        return true;
    for (uint32_t i = 0; i < im->npermits; i++)
        if (covers_dial(&im->permits[i], target))
            return true;
    return false;
}

static bool has_room(const struct permit_ask *ask, unsigned line)
{
    unsigned held = ask->port->legs(ask->port->self, line);
    for (unsigned i = 0; i < ask->nlines; i++)
        held += ask->lines[i] == (int)line;
    return held < ask->im->permits[line].at_most;
}

enum permit_answer permit_leg(const struct permit_ask *ask, struct str target, int *line)
{
    enum permit_answer answer = PERMIT_REFUSED;
    *line = -1;
    if (!ask->outside && !is_number(target) && !is_uri(target))
        return PERMIT_GIVEN;
    for (uint32_t i = 0; i < ask->im->npermits; i++) {
        if (!covers_dial(&ask->im->permits[i], target))
            continue;
        answer = PERMIT_USED_UP;
        bool counted = ask->im->permits[i].at_most > 0;
        if (counted && !has_room(ask, i))
            continue;
        *line = counted ? (int)i : -1;
        return PERMIT_GIVEN;
    }
    return answer;
}

/* A port: digits up to the path. Anything else behind a ':' would make the pattern's host a user's name. */
static bool is_port(struct str rest)
{
    size_t i = 1;
    while (i < rest.len && rest.p[i] >= '0' && rest.p[i] <= '9')
        i++;
    return i > 1 && (i == rest.len || memchr("/?#", rest.p[i], 3));
}

/* https://crm.example covers https://crm.example/login and not https://crm.example.org. */
static bool covers(struct str pattern, struct str url)
{
    if (glob_fits(pattern, url))
        return true;
    if (!pattern.len || url.len <= pattern.len || !str_eq(pattern, (struct str){ url.p, pattern.len }))
        return false;
    struct str rest = { url.p + pattern.len, url.len - pattern.len };
    return pattern.p[pattern.len - 1] == '/' || memchr("/?#", rest.p[0], 3) || (rest.p[0] == ':' && is_port(rest));
}

/* Who writes user@host means to mislead; so do backslashes, which some readers take for slashes. */
static bool misleads(struct str url)
{
    size_t slashes = 0;
    for (size_t i = 0; i < url.len && slashes < 3; i++) {
        slashes += url.p[i] == '/';
        if (url.p[i] == '@' || url.p[i] == '\\' || (unsigned char)url.p[i] <= ' ')
            return true;
    }
    return false;
}

bool permit_fetch(const struct image *im, struct str url)
{
    if (misleads(url))
        return false;
    for (uint32_t i = 0; i < im->npermits; i++)
        for (uint32_t k = 0; im->permits[i].kind == PERMIT_FETCH && k < im->permits[i].npatterns; k++)
            if (covers(im->permits[i].patterns[k], url))
                return true;
    return false;
}
