#include "vm/base/str.h"

#include <string.h>

struct str str_of(const char *cstr) { return (struct str){ cstr, cstr ? strlen(cstr) : 0 }; }

bool str_eq(struct str a, struct str b) { return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0); }

/* Most texts that are no match differ at once: that is cheaper than to measure one first. */
bool str_is(struct str a, const char *cstr)
{
    if (!cstr)
        return a.len == 0;
    for (size_t i = 0; i < a.len; i++)
        if (cstr[i] != a.p[i] || !cstr[i])
            return false;
    return !cstr[a.len];
}

bool str_starts(struct str s, const char *prefix)
{
    size_t n = strlen(prefix);
    return n == 0 || (s.len >= n && memcmp(s.p, prefix, n) == 0);
}

bool str_ends(struct str s, const char *suffix)
{
    size_t n = strlen(suffix);
    return n == 0 || (s.len >= n && memcmp(s.p + s.len - n, suffix, n) == 0);
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* FNV-1a. */
uint64_t str_hash(struct str s)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3u;
    return h;
}

bool str_to_int(struct str s, int64_t *out)
{
    bool negative = s.len && s.p[0] == '-';
    int64_t n = 0;
    if (s.len == negative)
        return false;
    for (size_t i = negative; i < s.len; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        /* Built below zero, where there is room for one more than above it. */
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_sub_overflow(n, s.p[i] - '0', &n))
            return false;
    }
    if (!negative && n == INT64_MIN)
        return false;
    *out = negative ? n : -n;
    return true;
}

enum { DISTANCE_MAX_LEN = 64 };

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

unsigned str_distance(struct str a, struct str b, unsigned max)
{
    unsigned row[DISTANCE_MAX_LEN + 1];
    if (a.len > DISTANCE_MAX_LEN || b.len > DISTANCE_MAX_LEN)
        return str_eq(a, b) ? 0 : max + 1;
    for (unsigned j = 0; j <= b.len; j++)
        row[j] = j;
    for (unsigned i = 1; i <= a.len; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= b.len; j++) {
            unsigned change = diagonal + (a.p[i - 1] != b.p[j - 1]);
            diagonal = row[j];
            row[j] = least(row[j] + 1, row[j - 1] + 1, change);
        }
    }
    return row[b.len] > max ? max + 1 : row[b.len];
}

struct str str_word(struct str *rest, const char *stops)
{
    struct str word;

    while (rest->len > 0 && strchr(stops, *rest->p))
        rest->p++, rest->len--;
    word = *rest;
    for (const char *s = stops; *s && word.len > 0; s++) {
        const char *end = memchr(word.p, *s, word.len);
        word.len = end ? (size_t)(end - word.p) : word.len;
    }
    rest->p += word.len;
    rest->len -= word.len;
    return word;
}
