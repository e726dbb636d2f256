/* Lua's patterns (Lua 5.1 manual, §5.4.1), matched within a number of steps: Lua's own functions may take for ever on
 * a short text. Knows no Lua state. Any thread; borrows its texts. */
#ifndef STDLIB_LUA_LUA_PATTERN_H
#define STDLIB_LUA_LUA_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vm/base/str.h"

enum { LUA_CAPTURES = 32, LUA_CAPTURE_OPEN = -1, LUA_CAPTURE_PLACE = -2 };

struct lua_capture {
    size_t at;
    ptrdiff_t len; /* or LUA_CAPTURE_… */
};

struct lua_pattern {
    struct str subject, pattern; /* the pattern without its anchor '^' */
    int64_t steps;               /* left: one for each character that is looked at */
    const char *mistake;         /* NULL; static: the pattern makes no sense, or is nested too deeply */
    unsigned depth, ncaptures;
    struct lua_capture captures[LUA_CAPTURES];
};

enum { LUA_NO_MATCH = -1 };
/* Matches at just that place of the subject: where the match ends, or LUA_NO_MATCH; so it is too with a mistake, and
 * when steps are below 0. */
ptrdiff_t lua_pattern_match(struct lua_pattern *m, size_t at);

#endif
