/* Our find, match, gmatch and gsub against LuaJIT's own: the same on each row and on random patterns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stdlib/lua/lua_box.h"

/* What a state makes of the expression, errors too, without their place. */
static const char compare[] =
    "local subject, pattern, other = ...\n"
    "local out = {}\n"
    "local function add(...)\n"
    "  for i = 1, select('#', ...) do out[#out + 1] = tostring((select(i, ...))) end\n"
    "  out[#out + 1] = '|'\n"
    "end\n"
    "local function try(f, ...)\n"
    "  local function strip(ok, first, ...)\n"
    "    if not ok then add((first:gsub('^.-:%d+: ', ''))) else add(first, ...) end\n"
    "  end\n"
    "  strip(pcall(f, ...))\n"
    "end\n"
    "try(string.find, subject, pattern) try(string.find, subject, pattern, 2) try(string.find, subject, pattern, -1)\n"
    "try(string.find, subject, pattern, 99) try(string.find, subject, pattern, 1, true)\n"
    "try(string.match, subject, pattern) try(string.match, subject, pattern, 3)\n"
    "try(string.gsub, subject, pattern, other) try(string.gsub, subject, pattern, other, 1)\n"
    "try(string.gsub, subject, pattern, function(a, b) if b then return a .. b end end)\n"
    "try(string.gsub, subject, pattern, { a = 'T', b = false })\n"
    "try(function() local n = 0 for a, b in string.gmatch(subject, pattern) do add(a, b) n = n + 1 end return n end)\n"
    "return table.concat(out, ' ')\n";

static const struct {
    const char *subject, *pattern, *other;
} rows[] = {
    { "hello world", "o", "0" },
    { "hello world", "(%w+) (%w+)", "%2 %1" },
    { "key = value", "^(%w+)%s*=%s*(%w+)$", "<%0>" },
    { "", "", "x" },
    { "abc", "", "-" },
    { "abc", ".-", "x" },
    { "abc", "()", "%1" },
    { "THE (quick) fox", "%((%a+)%)", "[%1]" },
    { "f(a(b)c)d", "%b()", "%0%0" },
    { "THE (quick) fox", "%f[%a]%a+%f[%A]", "W" },
    { "aXb", "%u", "%%" },
    { "2026-11-25", "(%d+)-(%d+)-(%d+)", "%3.%2.%1" },
    { "a.b.c", ".", "x" },
    { "a.b.c", "%.", "x" },
    { "a]b", "[]]", "x" },
    { "a]b^c-d", "[%]^-]", "x" },
    { "a-z", "[a-]", "x" },
    { "abcabc", "(a)(b)%1", "%9" },
    { "xyxy", "(x(y))%1%2", "%2%1" },
    { "abab", "(ab)%1", "<%1>" },
    { "  trim  ", "^%s*(.-)%s*$", "%1" },
    { "aaa", "a-", "x" },
    { "aaa", "a-$", "x" },
    { "aaab", "a*ab", "x" },
    { "a$b", "a$b", "x" },
    { "a$", "$", "x" },
    { "^a", "^^a", "x" },
    { "one;two;;four", "([^;]*)", "<%1>" },
    { "\xff\xfe", "%a", "x" },
    { "caf\xc3\xa9", "%w+", "x" },
    { "0x1F", "%x+", "x" },
    { "tab\there", "%c", "x" },
    /* mistakes */
    { "a", "(", "x" },
    { "a", ")", "x" },
    { "a", "[", "x" },
    { "a", "[a", "x" },
    { "a", "[%", "x" },
    { "a", "%", "x" },
    { "a", "%b", "x" },
    { "a", "%bx", "x" },
    { "a", "%f", "x" },
    { "a", "%1", "x" },
    { "a", "(%1)", "x" },
    { "a", "(a)", "%2" },
    { "a", "a", "%" },
};

static char *answer(lua_State *L, const char *subject, const char *pattern, const char *other)
{
    lua_settop(L, 0);
    assert_int_equal(luaL_loadstring(L, compare), 0);
    lua_pushstring(L, subject);
    lua_pushstring(L, pattern);
    lua_pushstring(L, other);
    if (lua_pcall(L, 3, 1, 0))
        fail_msg("%s", lua_tostring(L, -1));
    return strdup(lua_tostring(L, -1));
}

static void both(const char *subject, const char *pattern, const char *other)
{
    struct lua_box box;
    lua_State *plain = luaL_newstate();
    luaL_openlibs(plain);
    assert_true(lua_box_open(&box, 100000000, 0));
    box.begun = INT64_MAX / 2; /* never late, on a busy machine with sanitizers either: test_sandbox.c looks at that */
    char *want = answer(plain, subject, pattern, other), *got = answer(box.L, subject, pattern, other);
    if (strcmp(want, got) != 0)
        fail_msg("'%s' '%s' '%s':\nours   %s\nLuaJIT %s", subject, pattern, other, got, want);
    free(want);
    free(got);
    lua_box_close(&box);
    lua_close(plain);
}

static void rows_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        both(rows[i].subject, rows[i].pattern, rows[i].other);
}

static uint32_t seed = 20261125;
static uint32_t any(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

static void random_text(char *out, size_t max, const char *const *parts, unsigned n)
{
    size_t len = 0;
    *out = '\0';
    for (unsigned left = any(8); left > 0; left--) {
        const char *part = parts[any(n)];
        if (len + strlen(part) < max)
            len += (size_t)snprintf(out + len, max - len, "%s", part);
    }
}

static void random_patterns_agree(void **state)
{
    static const char *const subjects[] = { "a", "b", "ab", "1", " ", "(", ")", "x" };
    static const char *const patterns[] = { "a",  "b", ".", "%a", "%d", "%s", "[ab]", "[^a]", "[a-x1]", "(",     ")",
                                            "()", "*", "+", "-",  "?",  "^",  "$",    "%1",   "%b()",   "%f[%w]" };
    static const char *const others[] = { "x", "%0", "%1", "%2", "%%", "" };
    char subject[64], pattern[64], other[64];
    (void)state;
    for (int i = 0; i < 1500; i++) {
        random_text(subject, sizeof subject, subjects, sizeof subjects / sizeof *subjects);
        random_text(pattern, sizeof pattern, patterns, sizeof patterns / sizeof *patterns);
        random_text(other, sizeof other, others, sizeof others / sizeof *others);
        both(subject, pattern, other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_agree),
        cmocka_unit_test(random_patterns_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
