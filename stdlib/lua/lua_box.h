/* A Lua state in its box: what it may use, and what that costs. Private to stdlib/lua. */
#ifndef STDLIB_LUA_LUA_BOX_H
#define STDLIB_LUA_LUA_BOX_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_t;

struct lua_box {
    lua_State *L;
    int64_t steps; /* left */
    size_t used;   /* bytes */
    int64_t begun; /* ns, by the wall's and by the thread's clock */
    int64_t begun_cpu;
    uint64_t unlooked;   /* steps since the clock was looked at */
    bool spent;          /* steps or time: nothing in the box can go on from then on */
    bool late;           /* it was time */
    bool full;           /* memory was refused at least once */
    bool asked;          /* of a file that is only looked into: for io, os, ffi or require */
    struct json_t *json; /* that is being read or written: freed with the box */
};

/* Opens a state whose globals are the sandbox's, and what allow (LUA_ALLOW_*) adds. false: no memory. Close in any
 * case. */
bool lua_box_open(struct lua_box *b, int64_t steps, unsigned allow);
void lua_box_close(struct lua_box *b);
struct lua_box *lua_box_of(lua_State *L);

/* So many steps are gone; raises an error when there are none left. */
void lua_box_charge(lua_State *L, uint64_t steps);
static inline uint64_t lua_box_steps(size_t bytes) { return 1 + bytes / 64; }

/* lua_text.c: string.find, match, gmatch and gsub, into the table at the top. */
void lua_text_open(lua_State *L);

/* lua_value.c: one value on top of the stack from, or to, the machine. Raises an error when it cannot be. */
struct vm_lua;
void lua_value_push(lua_State *L, const struct vm_lua *c, unsigned arg);
bool lua_value_give(lua_State *L, struct vm_lua *c, unsigned slot, int index, const char *what);
/* lua_json.c: into the box, where it stays until it is pushed; so no error loses it. */
void lua_json_read(struct lua_box *b, const char *text, size_t len);
void lua_json_push(lua_State *L);
char *lua_json_text(lua_State *L, int index);     /* malloc()ed */
bool lua_json_is_text(const char *p, size_t len); /* is it UTF-8? */

#endif
