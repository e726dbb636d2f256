#include "stdlib/lua/lua_pattern.h"

#include <ctype.h>
#include <string.h>

enum { DEPTH_MAX = 200 };

static ptrdiff_t match(struct lua_pattern *m, size_t s, size_t p);

static ptrdiff_t fail(struct lua_pattern *m, const char *mistake)
{
    m->mistake = m->mistake ? m->mistake : mistake;
    return LUA_NO_MATCH;
}

static unsigned char at(struct str s, size_t i) { return (unsigned char)s.p[i]; }

/* One more character is looked at. */
static bool step(struct lua_pattern *m) { return --m->steps >= 0 && !m->mistake; }

/* ---- single characters ---- */

static bool in_class(unsigned char c, unsigned char class)
{
    bool is;
    switch (tolower(class)) {
    case 'a': is = isalpha(c); break;
    case 'c': is = iscntrl(c); break;
    case 'd': is = isdigit(c); break;
    case 'g': is = isgraph(c); break;
    case 'l': is = islower(c); break;
    case 'p': is = ispunct(c); break;
    case 's': is = isspace(c); break;
    case 'u': is = isupper(c); break;
    case 'w': is = isalnum(c); break;
    case 'x': is = isxdigit(c); break;
    case 'z': is = c == 0; break;
    default: return class == c;
    }
    is = is && c < 128; /* whatever the process's locale says */
    return isupper(class) ? !is : is;
}

/* Behind the item that begins at p: a character, %x or a [set]. */
static size_t item_end(struct lua_pattern *m, size_t p)
{
    struct str t = m->pattern;
    unsigned char c = at(t, p++);
    if (c == '%') {
        if (p == t.len)
            fail(m, "malformed pattern (ends with '%')");
        return p + 1;
    }
    if (c != '[')
        return p;
    if (p < t.len && at(t, p) == '^')
        p++;
    do { /* a ']' that stands first is a member */
        if (p >= t.len) {
            fail(m, "malformed pattern (missing ']')");
            return t.len;
        }
        if (at(t, p++) == '%')
            p++;
    } while (p >= t.len || at(t, p) != ']');
    return p + 1;
}

/* Whether c is in the set from p, its '[', to end, its ']'. */
static bool in_set(struct lua_pattern *m, unsigned char c, size_t p, size_t end)
{
    struct str t = m->pattern;
    bool found = true;
    if (at(t, ++p) == '^') {
        found = false;
        p++;
    }
    for (; p < end && step(m); p++) {
        if (at(t, p) == '%' && p + 1 < end) {
            if (in_class(c, at(t, ++p)))
                return found;
        } else if (p + 2 < end && at(t, p + 1) == '-') {
            if (at(t, p) <= c && c <= at(t, p + 2))
                return found;
            p += 2;
        } else if (at(t, p) == c) {
            return found;
        }
    }
    return !found;
}

/* Whether the subject's character at s is the item from p to end. */
static bool single(struct lua_pattern *m, size_t s, size_t p, size_t end)
{
    if (s >= m->subject.len || !step(m))
        return false;
    unsigned char c = at(m->subject, s);
    switch (at(m->pattern, p)) {
    case '.': return true;
    case '%': return in_class(c, at(m->pattern, p + 1));
    case '[': return in_set(m, c, p, end - 1);
    default: return at(m->pattern, p) == c;
    }
}

/* ---- captures ---- */

static ptrdiff_t open_capture(struct lua_pattern *m, size_t s, size_t p, ptrdiff_t what)
{
    if (m->ncaptures == LUA_CAPTURES)
        return fail(m, "too many captures");
    m->captures[m->ncaptures++] = (struct lua_capture){ s, what };
    ptrdiff_t end = match(m, s, p);
    if (end == LUA_NO_MATCH)
        m->ncaptures--;
    return end;
}

static ptrdiff_t close_capture(struct lua_pattern *m, size_t s, size_t p)
{
    unsigned i = m->ncaptures;
    while (i > 0 && m->captures[i - 1].len != LUA_CAPTURE_OPEN)
        i--;
    if (i == 0)
        return fail(m, "invalid pattern capture");
    m->captures[i - 1].len = (ptrdiff_t)(s - m->captures[i - 1].at);
    ptrdiff_t end = match(m, s, p);
    if (end == LUA_NO_MATCH)
        m->captures[i - 1].len = LUA_CAPTURE_OPEN;
    return end;
}

/* %1 … %9: what that capture holds, once more. Its end, or LUA_NO_MATCH. */
static ptrdiff_t match_again(struct lua_pattern *m, size_t s, unsigned char digit)
{
    unsigned i = (unsigned)(digit - '1');
    if (digit == '0' || i >= m->ncaptures || m->captures[i].len == LUA_CAPTURE_OPEN)
        return fail(m, "invalid capture index");
    if (m->captures[i].len == LUA_CAPTURE_PLACE)
        return LUA_NO_MATCH;
    size_t len = (size_t)m->captures[i].len;
    m->steps -= (int64_t)(len / 64);
    bool same = m->subject.len - s >= len && memcmp(m->subject.p + m->captures[i].at, m->subject.p + s, len) == 0;
    return same && m->steps >= 0 ? (ptrdiff_t)(s + len) : LUA_NO_MATCH;
}

/* %bxy: from an x to the y that closes it. */
static ptrdiff_t match_balance(struct lua_pattern *m, size_t s, size_t p)
{
    if (p + 1 >= m->pattern.len)
        return fail(m, "unbalanced pattern");
    if (s >= m->subject.len || at(m->subject, s) != at(m->pattern, p))
        return LUA_NO_MATCH;
    size_t open = 1;
    while (++s < m->subject.len && step(m)) {
        if (at(m->subject, s) == at(m->pattern, p + 1)) {
            if (--open == 0)
                return (ptrdiff_t)s + 1;
        } else if (at(m->subject, s) == at(m->pattern, p)) {
            open++;
        }
    }
    return LUA_NO_MATCH;
}

/* %f[set]: between a character that is not in the set and one that is; both ends of the subject are \0. */
static bool at_frontier(struct lua_pattern *m, size_t s, size_t p, size_t end)
{
    unsigned char before = s ? at(m->subject, s - 1) : 0, here = s < m->subject.len ? at(m->subject, s) : 0;
    return step(m) && !in_set(m, before, p, end - 1) && in_set(m, here, p, end - 1);
}

/* ---- repetitions of the item from p to end; the rest of the pattern is behind its sign ---- */

static ptrdiff_t longest(struct lua_pattern *m, size_t s, size_t p, size_t end)
{
    size_t n = 0;
    while (single(m, s + n, p, end))
        n++;
    for (;; n--) {
        ptrdiff_t found = match(m, s + n, end + 1);
        if (found != LUA_NO_MATCH || n == 0 || !step(m))
            return found;
    }
}

static ptrdiff_t shortest(struct lua_pattern *m, size_t s, size_t p, size_t end)
{
    for (;; s++) {
        ptrdiff_t found = match(m, s, end + 1);
        if (found != LUA_NO_MATCH || !single(m, s, p, end))
            return found;
    }
}

static ptrdiff_t maybe(struct lua_pattern *m, size_t s, size_t p, size_t end)
{
    ptrdiff_t found = single(m, s, p, end) ? match(m, s + 1, end + 1) : LUA_NO_MATCH;
    return found != LUA_NO_MATCH || m->mistake ? found : match(m, s, end + 1);
}

/* An item that moves on in the subject and the pattern without a choice: true with both moved; false: *found is how the
 * match came out. */
static bool walk_item(struct lua_pattern *m, size_t *s, size_t *p, ptrdiff_t *found)
{
    size_t end = item_end(m, *p);
    unsigned char sign = !m->mistake && end < m->pattern.len ? at(m->pattern, end) : 0;
    *found = LUA_NO_MATCH;
    if (m->mistake)
        return false;
    switch (sign) {
    case '?': *found = maybe(m, *s, *p, end); return false;
    case '*': *found = longest(m, *s, *p, end); return false;
    case '-': *found = shortest(m, *s, *p, end); return false;
    case '+': *found = single(m, *s, *p, end) ? longest(m, *s + 1, *p, end) : LUA_NO_MATCH; return false;
    default: break;
    }
    if (!single(m, *s, *p, end))
        return false;
    ++*s;
    *p = end;
    return true;
}

static bool walk_frontier(struct lua_pattern *m, size_t s, size_t *p)
{
    *p += 2;
    if (*p >= m->pattern.len || at(m->pattern, *p) != '[') {
        fail(m, "missing '[' after '%f' in pattern");
        return false;
    }
    size_t set = *p;
    *p = item_end(m, set);
    return !m->mistake && at_frontier(m, s, set, *p);
}

/* %b, %f and %1: as walk_item(). Not for any other %. */
static bool walk_special(struct lua_pattern *m, size_t *s, size_t *p, ptrdiff_t *found)
{
    unsigned char what = at(m->pattern, *p + 1);
    ptrdiff_t end = LUA_NO_MATCH;
    *found = LUA_NO_MATCH;
    if (what == 'f')
        return walk_frontier(m, *s, p);
    if (what == 'b')
        end = match_balance(m, *s, *p + 2);
    else
        end = match_again(m, *s, what);
    if (end == LUA_NO_MATCH)
        return false;
    *s = (size_t)end;
    *p += what == 'b' ? 4 : 2;
    return true;
}

static bool is_special(struct str t, size_t p)
{
    return at(t, p) == '%' && p + 1 < t.len && (isdigit(at(t, p + 1)) || at(t, p + 1) == 'b' || at(t, p + 1) == 'f');
}

static ptrdiff_t walk(struct lua_pattern *m, size_t s, size_t p)
{
    struct str t = m->pattern;
    ptrdiff_t found;
    while (p < t.len) {
        bool on;
        if (at(t, p) == '(' && p + 1 < t.len && at(t, p + 1) == ')')
            return open_capture(m, s, p + 2, LUA_CAPTURE_PLACE);
        if (at(t, p) == '(')
            return open_capture(m, s, p + 1, LUA_CAPTURE_OPEN);
        if (at(t, p) == ')')
            return close_capture(m, s, p + 1);
        if (at(t, p) == '$' && p + 1 == t.len)
            return s == m->subject.len ? (ptrdiff_t)s : LUA_NO_MATCH;
        on = is_special(t, p) ? walk_special(m, &s, &p, &found) : walk_item(m, &s, &p, &found);
        if (!on)
            return found;
    }
    return (ptrdiff_t)s;
}

static ptrdiff_t match(struct lua_pattern *m, size_t s, size_t p)
{
    if (m->mistake || m->steps < 0)
        return LUA_NO_MATCH;
    if (m->depth == DEPTH_MAX)
        return fail(m, "pattern too complex");
    m->depth++;
    ptrdiff_t end = walk(m, s, p);
    m->depth--;
    return end;
}

ptrdiff_t lua_pattern_match(struct lua_pattern *m, size_t at_place)
{
    m->depth = m->ncaptures = 0;
    return match(m, at_place, 0);
}
