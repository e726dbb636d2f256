/* Lua 5.4 as the host of the flows told in tests/bench/lua: the library that Debian ships, a coroutine a call. */
#ifndef TESTS_BENCH_LUA_PEER_H
#define TESTS_BENCH_LUA_PEER_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "tests/bench/bench.h"

static inline int peer_open(lua_State *l)
{
    lua_pushboolean(l, 1);
    return 1;
}

static inline int peer_now(lua_State *l)
{
    lua_pushinteger(l, 1795428000000);
    return 1;
}

/* A state that knows call, open() and now(). */
static inline lua_State *peer_new(void)
{
    lua_State *l = luaL_newstate();
    if (!l)
        bench_die("lua", "no memory");
    luaL_openlibs(l);
    lua_createtable(l, 0, 1);
    lua_pushstring(l, "+48221234567");
    lua_setfield(l, -2, "from_name");
    lua_setglobal(l, "call");
    lua_register(l, "open", peer_open);
    lua_register(l, "now", peer_now);
    return l;
}

/* Runs DIR/NAME.lua, which sets globals. */
static inline void peer_load(lua_State *l, const char *dir, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/tests/bench/lua/%s.lua", dir, name);
    if (luaL_dofile(l, path))
        bench_die(path, lua_tostring(l, -1));
}

/* A coroutine that will run the global function; *ref keeps it from the collector until luaL_unref(). */
static inline lua_State *peer_coroutine(lua_State *l, const char *function, int *ref)
{
    lua_State *co = lua_newthread(l);
    *ref = luaL_ref(l, LUA_REGISTRYINDEX);
    lua_getglobal(co, function);
    return co;
}

#endif
