#include "compiler/check_pattern.h"

static size_t char_length(struct str s)
{
    size_t n = s.len > 0;
    while (n < s.len && ((unsigned char)s.p[n] & 0xc0) == 0x80)
        n++;
    return n;
}

static struct str rest(struct str s, size_t n) { return (struct str){ s.p + n, s.len - n }; }

size_t pattern_element(struct str p)
{
    if (p.p[0] == '\\')
        return p.len >= 2 ? 1 + char_length(rest(p, 1)) : 0;
    if (p.p[0] != '[')
        return char_length(p);
    return p.len >= 5 && p.p[2] == '-' && p.p[4] == ']' && (unsigned char)p.p[1] <= (unsigned char)p.p[3] ? 5 : 0;
}

static bool takes(struct str p, struct str one)
{
    if (!one.len)
        return false;
    if (p.p[0] == '\\')
        return str_eq(rest(p, 1), one);
    if (p.p[0] == '[')
        return one.len == 1 && p.p[1] <= one.p[0] && one.p[0] <= p.p[3];
    return p.p[0] == '?' || str_eq(p, one);
}

/* After a mismatch the last run takes one more character: no more steps than the product of both lengths. */
bool pattern_fits(struct str pattern, struct str text)
{
    struct str p = pattern, t = text, run_p = { 0 }, run_t = { 0 };
    while (t.len || p.len) {
        if (p.len && p.p[0] == '*') {
            run_p = p = rest(p, 1);
            run_t = t;
            continue;
        }
        size_t n = p.len ? pattern_element(p) : 0, one = char_length(t);
        if (n && takes((struct str){ p.p, n }, (struct str){ t.p, one })) {
            p = rest(p, n);
            t = rest(t, one);
            continue;
        }
        if (!run_p.p || !run_t.len)
            return false;
        t = run_t = rest(run_t, char_length(run_t));
        p = run_p;
    }
    return true;
}
