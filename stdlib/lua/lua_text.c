/* string.find, match, gmatch and gsub on our own matcher of patterns. */
#include <string.h>

#include "stdlib/lua/lua_box.h"
#include "stdlib/lua/lua_pattern.h"

static struct str text_at(lua_State *L, int index)
{
    struct str s;
    s.p = luaL_checklstring(L, index, &s.len);
    return s;
}

/* Begins with what is left to the box. The anchor is taken off and told. */
static bool begin(lua_State *L, struct lua_pattern *m, bool may_anchor)
{
    *m = (struct lua_pattern){ .subject = text_at(L, 1), .pattern = text_at(L, 2) };
    bool anchor = may_anchor && m->pattern.len && m->pattern.p[0] == '^';
    if (anchor)
        m->pattern = (struct str){ m->pattern.p + 1, m->pattern.len - 1 };
    return anchor;
}

/* One try, whose steps are the box's. */
static ptrdiff_t try_at(lua_State *L, struct lua_pattern *m, size_t at)
{
    struct lua_box *b = lua_box_of(L);
    int64_t before = b->steps;
    m->steps = before;
    ptrdiff_t end = lua_pattern_match(m, at);
    lua_box_charge(L, (uint64_t)(before - m->steps) + 8);
    if (m->mistake)
        luaL_error(L, "%s", m->mistake);
    return end;
}

/* The first match from *at on; *at is then where it begins. */
static ptrdiff_t search(lua_State *L, struct lua_pattern *m, bool anchor, size_t *at)
{
    for (;; ++*at) {
        ptrdiff_t end = try_at(L, m, *at);
        if (end != LUA_NO_MATCH || anchor || *at >= m->subject.len)
            return end;
    }
}

/* Capture i, or the whole match when the pattern has none. */
static void push_capture(lua_State *L, const struct lua_pattern *m, unsigned i, struct str whole)
{
    if (i >= m->ncaptures) {
        if (i > 0)
            luaL_error(L, "invalid capture index");
        lua_pushlstring(L, whole.p, whole.len);
        return;
    }
    const struct lua_capture *c = &m->captures[i];
    if (c->len == LUA_CAPTURE_PLACE)
        lua_pushinteger(L, (lua_Integer)c->at + 1);
    else if (c->len == LUA_CAPTURE_OPEN)
        luaL_error(L, "unfinished capture");
    else
        lua_pushlstring(L, m->subject.p + c->at, (size_t)c->len);
}

static int push_captures(lua_State *L, const struct lua_pattern *m, struct str whole, bool whole_too)
{
    unsigned n = m->ncaptures || !whole_too ? m->ncaptures : 1;
    luaL_checkstack(L, (int)n, "too many captures");
    for (unsigned i = 0; i < n; i++)
        push_capture(L, m, i, whole);
    return (int)n;
}

static struct str matched(const struct lua_pattern *m, size_t from, ptrdiff_t to)
{
    return (struct str){ m->subject.p + from, (size_t)to - from };
}

/* Argument 3: the place to begin at, from 1, or from the end when negative. As an offset within the subject. */
static size_t first_place(lua_State *L, size_t len)
{
    lua_Integer n = luaL_optinteger(L, 3, 1);
    if (n < 0)
        n = n < -(lua_Integer)len ? 1 : (lua_Integer)len + n + 1;
    n = n < 1 ? 1 : n;
    return (size_t)n - 1 > len ? len : (size_t)n - 1;
}

static bool is_plain(struct str pattern)
{
    for (size_t i = 0; i < pattern.len; i++)
        if (memchr("^$*+?.([%-", pattern.p[i], 10))
            return false;
    return true;
}

static int find_plain(lua_State *L, struct str subject, struct str what, size_t from)
{
    lua_box_charge(L, 1 + (subject.len - from) / 16);
    const char *found = memmem(subject.p + from, subject.len - from, what.p, what.len);
    if (!found) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, found - subject.p + 1);
    lua_pushinteger(L, found - subject.p + (lua_Integer)what.len);
    return 2;
}

static int find_or_match(lua_State *L, bool find)
{
    struct lua_pattern m;
    bool anchor = begin(L, &m, true);
    size_t from = first_place(L, m.subject.len);
    if (find && (lua_toboolean(L, 4) || is_plain(text_at(L, 2))))
        return find_plain(L, m.subject, text_at(L, 2), from);
    ptrdiff_t end = search(L, &m, anchor, &from);
    if (end == LUA_NO_MATCH) {
        lua_pushnil(L);
        return 1;
    }
    if (!find)
        return push_captures(L, &m, matched(&m, from, end), true);
    lua_pushinteger(L, (lua_Integer)from + 1);
    lua_pushinteger(L, end);
    return 2 + push_captures(L, &m, matched(&m, from, end), false);
}

static int text_find(lua_State *L) { return find_or_match(L, true); }
static int text_match(lua_State *L) { return find_or_match(L, false); }

/* Upvalues: subject, pattern, where to go on. */
static int next_match(lua_State *L)
{
    struct lua_pattern m;
    size_t from = (size_t)lua_tointeger(L, lua_upvalueindex(3));
    lua_settop(L, 0);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, lua_upvalueindex(2));
    begin(L, &m, false);
    if (from > m.subject.len)
        return 0;
    ptrdiff_t end = search(L, &m, false, &from);
    if (end == LUA_NO_MATCH)
        return 0;
    lua_pushinteger(L, end == (ptrdiff_t)from ? end + 1 : end); /* an empty match is passed over */
    lua_replace(L, lua_upvalueindex(3));
    return push_captures(L, &m, matched(&m, from, end), true);
}

static int text_gmatch(lua_State *L)
{
    text_at(L, 1);
    text_at(L, 2);
    lua_settop(L, 2);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_match, 3);
    return 1;
}

/* ---- gsub ---- */

/* The text of argument 3, with %0 … %9 and %%. */
static void add_text(lua_State *L, luaL_Buffer *b, const struct lua_pattern *m, struct str whole)
{
    struct str t = text_at(L, 3);
    lua_box_charge(L, 1 + t.len / 8);
    for (size_t i = 0; i < t.len; i++) {
        if (t.p[i] != '%') {
            luaL_addchar(b, t.p[i]);
            continue;
        }
        char c = ++i < t.len ? t.p[i] : '\0';
        if (c < '0' || c > '9') {
            luaL_addchar(b, c);
        } else if (c == '0') {
            luaL_addlstring(b, whole.p, whole.len);
        } else {
            push_capture(L, m, (unsigned)(c - '1'), whole);
            luaL_addvalue(b);
        }
    }
}

/* What a function or a table makes of the match; false and nil leave it as it is. */
static void add_value(lua_State *L, luaL_Buffer *b, const struct lua_pattern *m, struct str whole)
{
    if (lua_isfunction(L, 3)) {
        lua_pushvalue(L, 3);
        int n = push_captures(L, m, whole, true);
        lua_call(L, n, 1);
    } else {
        push_capture(L, m, 0, whole);
        lua_gettable(L, 3);
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        lua_pushlstring(L, whole.p, whole.len);
    } else if (!lua_isstring(L, -1)) {
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    }
    luaL_addvalue(b);
}

static void add(lua_State *L, luaL_Buffer *b, const struct lua_pattern *m, struct str whole)
{
    if (lua_isstring(L, 3))
        add_text(L, b, m, whole);
    else
        add_value(L, b, m, whole);
}

static int text_gsub(lua_State *L)
{
    struct lua_pattern m;
    luaL_Buffer b;
    bool anchor = begin(L, &m, true);
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)m.subject.len + 1), n = 0;
    size_t at = 0;
    luaL_argcheck(L, lua_isstring(L, 3) || lua_isfunction(L, 3) || lua_istable(L, 3), 3,
                  "string/function/table expected");
    luaL_buffinit(L, &b);
    while (n < most) {
        ptrdiff_t end = try_at(L, &m, at);
        if (end != LUA_NO_MATCH) {
            n++;
            add(L, &b, &m, matched(&m, at, end));
        }
        if (end > (ptrdiff_t)at)
            at = (size_t)end;
        else if (at < m.subject.len)
            luaL_addchar(&b, m.subject.p[at++]);
        else
            break;
        if (anchor)
            break;
    }
    luaL_addlstring(&b, m.subject.p + at, m.subject.len - at);
    luaL_pushresult(&b);
    lua_pushinteger(L, n);
    return 2;
}

void lua_text_open(lua_State *L)
{
    static const luaL_Reg functions[] = {
        { "find", text_find }, { "match", text_match }, { "gmatch", text_gmatch }, { "gsub", text_gsub }
    };
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        lua_pushcfunction(L, functions[i].func);
        lua_setfield(L, -2, functions[i].name);
    }
}
