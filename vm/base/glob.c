#include "vm/base/glob.h"

enum { NO_CHARACTER = 0x200000 }; /* beyond all that UTF-8 can write: bytes that are none count from here */

/* What one element of a pattern takes: a character from low to high, or a run of any. */
struct element {
    uint32_t low, high;
    bool run, complete;
};

/* The character at *at and moves behind it; a byte that is not UTF-8 is a character of its own. */
static uint32_t next_char(struct str s, size_t *at)
{
    unsigned char first = (unsigned char)s.p[(*at)++];
    unsigned more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
    uint32_t c = more == 3 ? first & 7u : more == 2 ? first & 15u : more == 1 ? first & 31u : first;
    if (first >= 0x80 && !more)
        return NO_CHARACTER + first;
    for (size_t i = 0; i < more; i++) {
        if (*at + i >= s.len || ((unsigned char)s.p[*at + i] & 0xc0) != 0x80)
            return NO_CHARACTER + first;
        c = c << 6 | ((unsigned char)s.p[*at + i] & 0x3f);
    }
    *at += more;
    return c;
}

static bool next_is(struct str s, size_t *at, char wanted) { return *at < s.len && s.p[(*at)++] == wanted; }

/* a-b] behind the bracket; false when it is none, and then nothing is read. */
static bool read_range(struct str p, size_t *at, struct element *e)
{
    size_t i = *at;
    uint32_t low, high;
    if (i == p.len)
        return false;
    low = next_char(p, &i);
    if (!next_is(p, &i, '-') || i == p.len)
        return false;
    high = next_char(p, &i);
    if (!next_is(p, &i, ']') || low > high)
        return false;
    e->low = low;
    e->high = high;
    *at = i;
    return true;
}

static struct element read_element(struct str p, size_t *at)
{
    uint32_t c = next_char(p, at);
    struct element e = { c, c, false, true };
    if (c == '*') {
        e.run = true;
    } else if (c == '?') {
        e.low = 0;
        e.high = UINT32_MAX;
    } else if (c == '[') {
        e.complete = read_range(p, at, &e);
    } else if (c == '\\') {
        e.complete = *at < p.len;
        if (e.complete)
            e.low = e.high = next_char(p, at);
    }
    return e;
}

/* Takes the text's next character by the pattern's next element, which is no run; moves both on success. */
static bool take_one(struct str p, size_t *at, struct str text, size_t *in)
{
    size_t i = *at, k = *in;
    struct element e = read_element(p, &i);
    uint32_t c = next_char(text, &k);
    if (c < e.low || c > e.high)
        return false;
    *at = i;
    *in = k;
    return true;
}

/* Only the last '*' is ever tried again: whatever an earlier one could take, the last one can take as well. So behind a
 * '*' there is always a longer text that fits. */
struct glob_fit glob_try(struct str pattern, struct str text)
{
    size_t at = 0, in = 0, star = SIZE_MAX, star_in = 0;
    while (in < text.len) {
        if (at < pattern.len && pattern.p[at] == '*') {
            star = ++at;
            star_in = in;
        } else if (at < pattern.len && take_one(pattern, &at, text, &in)) {
            continue;
        } else if (star != SIZE_MAX) {
            at = star;
            next_char(text, &star_in);
            in = star_in;
        } else {
            return (struct glob_fit){ false, false };
        }
    }
    bool longer = at < pattern.len || star != SIZE_MAX;
    while (at < pattern.len && pattern.p[at] == '*')
        at++;
    return (struct glob_fit){ at == pattern.len, longer };
}

bool glob_fits(struct str pattern, struct str text) { return glob_try(pattern, text).whole; }

bool glob_is_fixed(struct str pattern)
{
    for (size_t at = 0; at < pattern.len;) {
        struct element e = read_element(pattern, &at);
        if (e.run || e.low != e.high)
            return false;
    }
    return true;
}

size_t glob_element(struct str pattern)
{
    size_t at = 0;
    return read_element(pattern, &at).complete ? at : 0;
}
