/* The pattern is a row of elements; a set of places in that row is carried through the text, one character at a time.
 * So each character costs one walk over the row, whatever the pattern. */
#include "stdlib/pattern.h"

#include <string.h>

/* Low to high is one character's range; star: any run, also none. */
struct element {
    uint32_t low, high;
    bool star;
};

struct elements {
    struct element at[PATTERN_MAX];
    unsigned count;
    bool too_long;
};

static uint32_t next_char(struct str *s)
{
    unsigned char first = (unsigned char)s->p[0];
    size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    uint32_t c = first;
    if (size > s->len)
        size = s->len;
    for (size_t i = 1; i < size; i++)
        c = c << 8 | (unsigned char)s->p[i]; /* not the code point, but ordered as it is within one length */
    s->p += size;
    s->len -= size;
    return c;
}

/* [a-b], read behind the bracket; false when it is none, and then nothing is read. */
static bool read_range(struct str *pattern, struct element *e)
{
    struct str s = *pattern;
    if (s.len < 4)
        return false;
    e->low = next_char(&s);
    if (s.len < 3 || s.p[0] != '-')
        return false;
    next_char(&s);
    e->high = next_char(&s);
    if (s.len < 1 || s.p[0] != ']')
        return false;
    next_char(&s);
    *pattern = s;
    return true;
}

static struct element read_element(struct str *pattern)
{
    struct element e = { 0 };
    uint32_t c = next_char(pattern);
    if (c == '*')
        e.star = true;
    else if (c == '?')
        e.high = UINT32_MAX;
    else if (c != '[' || !read_range(pattern, &e)) {
        if (c == '\\' && pattern->len)
            c = next_char(pattern);
        e.low = e.high = c;
    }
    return e;
}

static void read_pattern(struct elements *es, struct str pattern)
{
    es->count = 0;
    es->too_long = false;
    while (pattern.len && !es->too_long) {
        es->too_long = es->count == PATTERN_MAX;
        if (!es->too_long)
            es->at[es->count++] = read_element(&pattern);
    }
}

/* A star may be passed over. */
static void pass_stars(const struct elements *es, bool *here)
{
    for (unsigned i = 0; i < es->count; i++)
        if (here[i] && es->at[i].star)
            here[i + 1] = true;
}

static void step(const struct elements *es, bool *here, uint32_t c)
{
    bool next[PATTERN_MAX + 1] = { false };
    for (unsigned i = 0; i < es->count; i++) {
        if (!here[i])
            continue;
        if (es->at[i].star)
            next[i] = true;
        else if (c >= es->at[i].low && c <= es->at[i].high)
            next[i + 1] = true;
    }
    pass_stars(es, next);
    memcpy(here, next, sizeof next);
}

struct pattern_fit pattern_try(struct str text, struct str pattern)
{
    struct elements es;
    bool here[PATTERN_MAX + 1] = { true };
    struct pattern_fit fit = { false, false };
    read_pattern(&es, pattern);
    if (es.too_long)
        return fit;
    pass_stars(&es, here);
    while (text.len)
        step(&es, here, next_char(&text));
    fit.whole = here[es.count];
    for (unsigned i = 0; i < es.count; i++)
        fit.longer = fit.longer || here[i];
    return fit;
}

bool pattern_match(struct str text, struct str pattern) { return pattern_try(text, pattern).whole; }

bool pattern_is_fixed(struct str pattern)
{
    struct elements es;
    read_pattern(&es, pattern);
    for (unsigned i = 0; i < es.count; i++)
        if (es.at[i].star || es.at[i].low != es.at[i].high)
            return false;
    return true;
}
