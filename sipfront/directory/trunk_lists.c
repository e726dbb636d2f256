#include "sipfront/directory/trunk_lists.h"

#include <string.h>

#include "sipfront/directory/outside.h"
#include "vm/base/glob.h"

enum { PRIORITY = 10, WEIGHT = 10, MOST_ORDER = 65535, DECIMALS = 4, MOST_AMOUNT = 1000000 };

static struct str trimmed(struct str s)
{
    while (s.len && s.p[0] == ' ')
        s.p++, s.len--;
    while (s.len && s.p[s.len - 1] == ' ')
        s.len--;
    return s;
}

bool list_next(const char **at, struct str *item)
{
    while (**at) {
        size_t len = strcspn(*at, ",");
        *item = trimmed((struct str){ *at, len });
        *at += len + ((*at)[len] == ',');
        if (item->len)
            return true;
    }
    return false;
}

bool list_fits(const char *patterns, struct str text)
{
    struct str pattern;
    while (list_next(&patterns, &pattern))
        if (glob_fits(pattern, text))
            return true;
    return false;
}

/* Cuts s at the first of that character; *rest is what follows, false when there is none. */
static bool cut(struct str *s, char at, struct str *rest)
{
    const char *p = s->len ? memchr(s->p, at, s->len) : NULL;
    if (!p)
        return false;
    *rest = (struct str){ p + 1, s->len - (size_t)(p - s->p) - 1 };
    s->len = (size_t)(p - s->p);
    return true;
}

static bool read_order(struct str text, unsigned *out)
{
    int64_t n;
    if (!str_to_int(text, &n) || n < 0 || n > MOST_ORDER)
        return false;
    *out = (unsigned)n;
    return true;
}

/* "[2001:db8::1]:5060", "192.0.2.1:5060", "sip.example.com" */
static bool read_host(struct gateway *out, struct str s)
{
    struct str port = { 0 };
    unsigned n = 0;
    bool bracket = s.len && s.p[0] == '[', has_port;
    if (bracket) {
        struct str host = { s.p + 1, s.len - 1 };
        if (!cut(&host, ']', &port))
            return false;
        has_port = port.len > 0;
        if (has_port && port.p[0] != ':')
            return false;
        port = has_port ? (struct str){ port.p + 1, port.len - 1 } : port;
        s = host;
    } else {
        has_port = cut(&s, ':', &port);
    }
    if (!s.len || s.len >= sizeof out->host || (has_port && (!read_order(port, &n) || !n)))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:", s.p[i]))
            return false;
    memcpy(out->host, s.p, s.len);
    out->port = (uint16_t)n;
    return true;
}

bool gateway_read(struct gateway *out, struct str item)
{
    struct str priority, weight;
    *out = (struct gateway){ .priority = PRIORITY, .weight = WEIGHT };
    if (cut(&item, '/', &priority)) {
        if (cut(&priority, '/', &weight) && !read_order(weight, &out->weight))
            return false;
        if (!read_order(priority, &out->priority))
            return false;
    }
    return read_host(out, item);
}

int64_t money_read(struct str text)
{
    struct str decimals = { 0 };
    int64_t whole, part = 0, scale = MONEY_UNIT;
    bool dotted = cut(&text, '.', &decimals);
    if (!str_to_int(text, &whole) || whole < 0 || whole > MOST_AMOUNT || text.p[0] == '-')
        return -1;
    if (dotted && (!decimals.len || decimals.len > DECIMALS))
        return -1;
    for (size_t i = 0; i < decimals.len; i++) {
        if (decimals.p[i] < '0' || decimals.p[i] > '9')
            return -1;
        scale /= 10;
        part += (decimals.p[i] - '0') * scale;
    }
    return whole * MONEY_UNIT + part;
}

bool rate_read(struct str item, struct str *prefix, int64_t *rate)
{
    struct str amount;
    if (!cut(&item, '=', &amount))
        return false;
    *prefix = trimmed(item);
    *rate = money_read(trimmed(amount));
    return prefix->len > 0 && prefix->p[0] == '+' && *rate >= 0;
}

int64_t rate_of(const char *rates, const char *number)
{
    struct str item, prefix;
    int64_t rate, best = 0;
    size_t longest = 0;
    while (list_next(&rates, &item)) {
        if (!rate_read(item, &prefix, &rate) || prefix.len <= longest || strncmp(number, prefix.p, prefix.len) != 0)
            continue;
        longest = prefix.len;
        best = rate;
    }
    return best;
}
