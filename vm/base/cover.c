#include "vm/base/cover.h"

#include <string.h>
#include <strings.h>

#include "vm/base/glob.h"

static bool starts_like(struct str text, const char *prefix)
{
    size_t n = strlen(prefix);
    return text.len >= n && strncasecmp(text.p, prefix, n) == 0;
}

bool cover_is_abroad(struct str target)
{
    return str_starts(target, "+") || starts_like(target, "sip:") || starts_like(target, "sips:");
}

static bool is_among(const char *set, char c) { return c && strchr(set, c); }

static bool number_reads_one_way(struct str number)
{
    for (size_t i = 1; i < number.len; i++)
        if (!is_among("0123456789-.() ", number.p[i]))
            return false;
    return number.len > 1;
}

/* A second '@' could be another host, to a reader that begins at the other end. */
static bool uri_reads_one_way(struct str uri)
{
    size_t ats = 0;
    for (size_t i = 0; i < uri.len; i++) {
        unsigned char c = (unsigned char)uri.p[i];
        ats += c == '@';
        if (c <= ' ' || c >= 0x7f || is_among("<>\",\\", uri.p[i]))
            return false;
    }
    return ats <= 1;
}

bool cover_dial(struct str pattern, struct str target)
{
    if (cover_is_abroad(target) && !(target.p[0] == '+' ? number_reads_one_way(target) : uri_reads_one_way(target)))
        return false;
    return glob_fits(pattern, target);
}

/* An address in two: scheme and host, and what follows. In a pattern '?' is any character, so only a '/' divides it. */
struct address {
    struct str host, rest;
};

static struct address divide(struct str s, const char *borders)
{
    size_t i = 0;
    while (i + 2 < s.len && memcmp(s.p + i, "://", 3) != 0)
        i++;
    i = i + 2 < s.len ? i + 3 : 0;
    while (i < s.len && !is_among(borders, s.p[i]))
        i++;
    return (struct address){ { s.p, i }, { s.p + i, s.len - i } };
}

/* user@host is written to mislead; so are backslashes, which some readers take for slashes. */
static bool host_misleads(struct str host)
{
    for (size_t i = 0; i < host.len; i++)
        if ((unsigned char)host.p[i] <= ' ' || is_among("@\\", host.p[i]))
            return true;
    return false;
}

/* The dot at *at, which may be written as %2e; moves behind it. */
static bool take_dot(struct str s, size_t *at)
{
    struct str left = { s.p + *at, s.len - *at };
    size_t size = str_starts(left, ".") ? 1 : starts_like(left, "%2e") ? 3 : 0;
    *at += size;
    return size > 0;
}

/* Whether a part of the path is '.' or '..', which lead elsewhere (RFC 3986 §5.2.4). */
static bool has_dot_parts(struct str rest)
{
    for (size_t i = 0; i < rest.len && !is_among("?#", rest.p[i]); i++) {
        size_t end = i + 1;
        if (rest.p[i] != '/' || !take_dot(rest, &end))
            continue;
        take_dot(rest, &end);
        if (end == rest.len || is_among("/?#", rest.p[end]))
            return true;
    }
    return false;
}

/* A pattern without a port covers each. */
static bool host_is_covered(struct str pattern, struct str host)
{
    size_t n = host.len;
    while (n && host.p[n - 1] >= '0' && host.p[n - 1] <= '9')
        n--;
    bool port = n && n < host.len && host.p[n - 1] == ':';
    return glob_fits(pattern, host) || (port && glob_fits(pattern, (struct str){ host.p, n - 1 }));
}

/* The pattern's path covers what goes on behind it at a border. */
static bool rest_is_covered(struct str pattern, struct str rest)
{
    if (!pattern.len || glob_fits(pattern, rest))
        return true;
    if (rest.len <= pattern.len || !str_eq(pattern, (struct str){ rest.p, pattern.len }))
        return false;
    return pattern.p[pattern.len - 1] == '/' || is_among("/?#", rest.p[pattern.len]);
}

/* Host and path are judged apart, so that a '*' in the one does not reach into the other. */
bool cover_fetch(struct str pattern, struct str url)
{
    struct address want = divide(pattern, "/"), have = divide(url, "/?#");
    return !host_misleads(have.host) && !has_dot_parts(have.rest) && host_is_covered(want.host, have.host) &&
           rest_is_covered(want.rest, have.rest);
}
