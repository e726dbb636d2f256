#include "vm/isa/glob.h"

/* The character at *at and moves behind it; a byte that is not UTF-8 is a character of its own. */
static uint32_t next_char(struct str s, size_t *at)
{
    unsigned char first = (unsigned char)s.p[(*at)++];
    unsigned more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
    uint32_t c = more == 3 ? first & 7u : more == 2 ? first & 15u : more == 1 ? first & 31u : first;
    for (size_t i = 0; i < more; i++) {
        if (*at + i >= s.len || ((unsigned char)s.p[*at + i] & 0xc0) != 0x80)
            return first;
        c = c << 6 | ((unsigned char)s.p[*at + i] & 0x3f);
    }
    *at += more;
    return c;
}

/* Where the ']' of the '[' at open is, 0 when it has none. */
static size_t set_end(struct str p, size_t open)
{
    for (size_t i = open + 1; i < p.len; i++)
        if (p.p[i] == ']')
            return i;
    return 0;
}

static bool set_has(struct str p, size_t from, size_t end, uint32_t c)
{
    struct str set = { p.p, end };
    while (from < end) {
        uint32_t low = next_char(set, &from), high = low;
        if (from + 1 < end && set.p[from] == '-') {
            from++;
            high = next_char(set, &from);
        }
        if (low <= c && c <= high)
            return true;
    }
    return false;
}

/* Matches one character of the pattern other than '*' against the text's next one; moves both on success. */
static bool match_one(struct str p, size_t *at, struct str text, size_t *in)
{
    size_t i = *at, k = *in, end;
    uint32_t c = next_char(text, &k), wanted = next_char(p, &i);
    bool fits;
    if (wanted == '?') {
        fits = true;
    } else if (wanted == '[' && (end = set_end(p, *at)) != 0) {
        fits = set_has(p, i, end, c);
        i = end + 1;
    } else {
        if (wanted == '\\' && i < p.len)
            wanted = next_char(p, &i);
        fits = wanted == c;
    }
    if (fits) {
        *at = i;
        *in = k;
    }
    return fits;
}

/* Only the last '*' is ever tried again: whatever an earlier one could take, the last one can take as well. */
bool glob_fits(struct str pattern, struct str text)
{
    size_t at = 0, in = 0, star = SIZE_MAX, star_in = 0;
    while (in < text.len) {
        if (at < pattern.len && pattern.p[at] == '*') {
            star = ++at;
            star_in = in;
        } else if (at < pattern.len && match_one(pattern, &at, text, &in)) {
            continue;
        } else if (star != SIZE_MAX) {
            at = star;
            next_char(text, &star_in);
            in = star_in;
        } else {
            return false;
        }
    }
    while (at < pattern.len && pattern.p[at] == '*')
        at++;
    return at == pattern.len;
}
