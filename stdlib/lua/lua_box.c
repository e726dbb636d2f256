/* The sandbox. Nothing is taken away from Lua here: the globals are an empty table into which goes what is safe.
 *
 * Steps are counted by LuaJIT's count hook, which works in its interpreter: the compiler is off. An error alone does
 * not end a function, because pcall() catches it. So there is only our pcall(), which does not catch the end of the
 * steps; it costs as much as the hook may have missed, since the hook is not called where the stack cannot grow.
 * Coroutines and xpcall(), which catch errors as well, are not there. */
#include "stdlib/lua/lua_box.h"

#include <jansson.h>
#include <luajit.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stdlib/lua/lua_run.h"

enum {
    COUNT = 100, /* instructions between two calls of the hook */
    LOOK = 500,  /* steps between two looks at the clock */
    PAUSE = 100,
    STEP = 1000, /* collecting: at once and by much, as garbage counts as memory */
};

static int64_t clock_ns(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

struct lua_box *lua_box_of(lua_State *L)
{
    void *box;
    lua_getallocf(L, &box);
    return box;
}

/* The first look is cheap; only the thread's own time counts. */
static bool is_late(const struct lua_box *b)
{
    const int64_t limit = LUA_CPU_MS * INT64_C(1000000);
    return clock_ns(CLOCK_MONOTONIC) - b->begun > limit && clock_ns(CLOCK_THREAD_CPUTIME_ID) - b->begun_cpu > limit;
}

static void on_count(lua_State *L, lua_Debug *at)
{
    (void)at;
    lua_box_charge(L, COUNT);
}

/* From then on each instruction ends in an error, be it in a function that was to clean up. */
static int end(lua_State *L, struct lua_box *b)
{
    b->spent = true;
    lua_sethook(L, on_count, LUA_MASKCOUNT, 1);
    return luaL_error(L, "too much");
}

void lua_box_charge(lua_State *L, uint64_t steps)
{
    struct lua_box *b = lua_box_of(L);
    b->steps -= steps < INT32_MAX ? (int64_t)steps : INT32_MAX;
    b->unlooked += steps;
    if (b->unlooked >= LOOK) {
        b->unlooked = 0;
        b->late = b->late || is_late(b);
    }
    if (b->steps < 0 || b->late)
        end(L, b);
}

static void *allocate(void *owner, void *p, size_t old, size_t size)
{
    struct lua_box *b = owner;
    size_t before = p ? old : 0;
    if (size > before) {
        b->full = b->full || b->used + (size - before) > LUA_MEMORY;
        if (b->spent || b->used + (size - before) > LUA_MEMORY)
            return NULL;
        b->steps -= (int64_t)((size - before) / 64);
    }
    void *to = NULL;
    if (size == 0)
        free(p);
    else if (!(to = realloc(p, size)))
        return NULL;
    b->used += size - before; /* modulo 2^64: shrinks as well */
    return to;
}

/* ---- functions that cost by what they are given ---- */

/* An error of the original's, on top, was raised where no line of Lua is near: here is one. Never returns. */
static int raise_here(lua_State *L)
{
    luaL_where(L, 1);
    const char *where = lua_tostring(L, -1), *said = lua_tostring(L, -2);
    size_t path = strcspn(where, ":");
    if (said && *where && strncmp(said, where, path) != 0) {
        lua_insert(L, -2);
        lua_concat(L, 2);
    } else {
        lua_pop(L, 1);
    }
    return lua_error(L);
}

static int call_original(lua_State *L)
{
    int n = lua_gettop(L);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    return lua_pcall(L, n, LUA_MULTRET, 0) ? raise_here(L) : lua_gettop(L);
}

/* Upvalues: the original; what an element of a table costs, in eighths of a step. */
static int metered(lua_State *L)
{
    uint64_t cost = 1, element = (uint64_t)lua_tointeger(L, lua_upvalueindex(2));
    for (int i = lua_gettop(L); i > 0; i--)
        if (lua_type(L, i) == LUA_TSTRING || lua_type(L, i) == LUA_TTABLE)
            cost += lua_type(L, i) == LUA_TSTRING ? lua_objlen(L, i) / 64 : lua_objlen(L, i) * element / 8;
    lua_box_charge(L, cost);
    return call_original(L);
}

/* insert(t, x) and remove(t) touch the end alone. Upvalue 2: with how many arguments that is. */
static int metered_end(lua_State *L)
{
    bool end_alone = lua_gettop(L) <= lua_tointeger(L, lua_upvalueindex(2));
    lua_box_charge(L, 1 + (end_alone || !lua_istable(L, 1) ? 0 : lua_objlen(L, 1)));
    return call_original(L);
}

/* Digits of a double may be a hundred times slower than an instruction. */
static int format(lua_State *L)
{
    lua_box_charge(L, 30 * (uint64_t)lua_gettop(L));
    return metered(L);
}

/* A number of a thousand digits is not read at a glance. */
static int number(lua_State *L)
{
    lua_box_charge(L, lua_type(L, 1) == LUA_TSTRING ? 2 * lua_objlen(L, 1) : 1);
    return call_original(L);
}

static int rep(lua_State *L)
{
    size_t len;
    luaL_checklstring(L, 1, &len);
    lua_Number n = luaL_checknumber(L, 2);
    lua_Number bytes = n > 0 ? n * (lua_Number)(len + 1) : 0;
    if (bytes > LUA_MEMORY)
        return luaL_error(L, "the text would be too long");
    lua_box_charge(L, lua_box_steps((size_t)bytes));
    return call_original(L);
}

static int protected_call(lua_State *L)
{
    struct lua_box *b = lua_box_of(L);
    luaL_checkany(L, 1);
    lua_box_charge(L, COUNT);
    int status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
    if (b->spent)
        return end(L, b);
    lua_pushboolean(L, status == 0);
    lua_insert(L, 1);
    return lua_gettop(L);
}

/* ---- the globals ---- */

struct entry {
    const char *name;
    lua_CFunction wrap; /* NULL: the original as it is */
    int weight;         /* the wrapper's second upvalue */
};
#define END                                                                                                            \
    {                                                                                                                  \
        NULL, NULL, 0                                                                                                  \
    }
static const struct entry base_entries[] = {
    { "assert", NULL, 0 },   { "error", NULL, 0 },  { "getmetatable", NULL, 0 }, { "ipairs", NULL, 0 },
    { "next", NULL, 0 },     { "pairs", NULL, 0 },  { "rawequal", NULL, 0 },     { "rawget", NULL, 0 },
    { "rawset", NULL, 0 },   { "select", NULL, 0 }, { "setmetatable", NULL, 0 }, { "tonumber", number, 0 },
    { "tostring", NULL, 0 }, { "type", NULL, 0 },   { "unpack", metered, 8 },    END,
};
static const struct entry string_entries[] = {
    { "byte", metered, 0 },    { "char", NULL, 0 },
    { "format", format, 0 },   { "len", NULL, 0 },
    { "lower", metered, 0 },   { "rep", rep, 0 },
    { "reverse", metered, 0 }, { "sub", metered, 0 },
    { "upper", metered, 0 },   END,
};
static const struct entry table_entries[] = {
    { "concat", metered, 8 }, { "insert", metered_end, 2 }, { "remove", metered_end, 1 }, { "sort", metered, 128 }, END,
};
/* Not random(): a state that is new for each call would give the same numbers each time. */
static const struct entry math_entries[] = {
    { "abs", NULL, 0 },   { "acos", NULL, 0 },
    { "asin", NULL, 0 },  { "atan", NULL, 0 },
    { "atan2", NULL, 0 }, { "ceil", NULL, 0 },
    { "cos", NULL, 0 },   { "deg", NULL, 0 },
    { "exp", NULL, 0 },   { "floor", NULL, 0 },
    { "fmod", NULL, 0 },  { "frexp", NULL, 0 },
    { "huge", NULL, 0 },  { "ldexp", NULL, 0 },
    { "log", NULL, 0 },   { "log10", NULL, 0 },
    { "max", NULL, 0 },   { "min", NULL, 0 },
    { "modf", NULL, 0 },  { "pi", NULL, 0 },
    { "pow", NULL, 0 },   { "rad", NULL, 0 },
    { "sin", NULL, 0 },   { "sqrt", NULL, 0 },
    { "tan", NULL, 0 },   END,
};
static const struct entry bit_entries[] = {
    { "arshift", NULL, 0 },
    { "band", NULL, 0 },
    { "bnot", NULL, 0 },
    { "bor", NULL, 0 },
    { "bswap", NULL, 0 },
    { "bxor", NULL, 0 },
    { "lshift", NULL, 0 },
    { "rol", NULL, 0 },
    { "ror", NULL, 0 },
    { "rshift", NULL, 0 },
    { "tobit", NULL, 0 },
    { "tohex", NULL, 0 },
    END,
};

/* Copies entries from the table at index `from` to the one on top. */
static void take(lua_State *L, const struct entry *e, int from)
{
    for (; e->name; e++) {
        lua_getfield(L, from, e->name);
        if (e->wrap) {
            lua_pushinteger(L, e->weight);
            lua_pushcclosure(L, e->wrap, 2);
        }
        lua_setfield(L, -2, e->name);
    }
}

/* Leaves the library's own table on the stack. */
static void open_library(lua_State *L, lua_CFunction open, const char *name)
{
    lua_pushcfunction(L, open);
    lua_pushstring(L, name);
    lua_call(L, 1, 1);
}

static void take_library(lua_State *L, lua_CFunction open, const char *name, const struct entry *entries)
{
    open_library(L, open, name);
    lua_newtable(L);
    take(L, entries, lua_gettop(L) - 1);
    lua_remove(L, -2);
}

/* ("x"):rep(3) reads its function from the strings' metatable, which nobody else is shown. */
static void take_strings(lua_State *L, int globals)
{
    take_library(L, luaopen_string, "string", string_entries);
    lua_text_open(L);
    lua_pushliteral(L, "");
    if (!lua_getmetatable(L, -1)) /* [string][""][meta] */
        luaL_error(L, "strings have no metatable");
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
    lua_setfield(L, globals, "string");
}

static int require(lua_State *L)
{
    luaL_checkstring(L, 1);
    lua_pushvalue(L, 1);
    lua_rawget(L, lua_upvalueindex(1));
    return lua_isnil(L, -1) ? luaL_error(L, "there is no module '%s' here", lua_tostring(L, 1)) : 1;
}

/* What an operator allows: whole libraries, but for what would end or change the server as a whole. */
static void take_allowed(lua_State *L, unsigned allow, int globals)
{
    lua_newtable(L);
    int modules = lua_gettop(L);
    if (allow & LUA_ALLOW_IO) {
        open_library(L, luaopen_io, "io");
        lua_setfield(L, modules, "io");
        open_library(L, luaopen_os, "os");
        lua_pushnil(L);
        lua_setfield(L, -2, "exit");
        lua_pushnil(L);
        lua_setfield(L, -2, "setlocale");
        lua_setfield(L, modules, "os");
    }
    if (allow & LUA_ALLOW_FFI) {
        open_library(L, luaopen_ffi, "ffi");
        lua_setfield(L, modules, "ffi");
    }
    lua_pushnil(L);
    while (lua_next(L, modules)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_settable(L, globals);
    }
    lua_pushcclosure(L, require, 1);
    lua_setfield(L, globals, "require");
}

/* The libraries write themselves into the first table of globals, which is then left behind for a new one. */
static int open_all(lua_State *L)
{
    unsigned allow = *(const unsigned *)lua_touserdata(L, 1);
    lua_newtable(L);
    int globals = lua_gettop(L);
    open_library(L, luaopen_base, "");
    lua_pop(L, 1);
    lua_pushvalue(L, globals);
    take(L, base_entries, LUA_GLOBALSINDEX);
    lua_pushcfunction(L, protected_call);
    lua_setfield(L, -2, "pcall");
    take_library(L, luaopen_table, "table", table_entries);
    lua_setfield(L, globals, "table");
    take_library(L, luaopen_math, "math", math_entries);
    lua_setfield(L, globals, "math");
    take_library(L, luaopen_bit, "bit", bit_entries);
    lua_setfield(L, globals, "bit");
    take_strings(L, globals);
    if (allow)
        take_allowed(L, allow, globals);
    lua_pushvalue(L, globals);
    lua_setfield(L, globals, "_G");
    lua_pushvalue(L, globals);
    lua_replace(L, LUA_GLOBALSINDEX);
    return 0;
}

bool lua_box_open(struct lua_box *b, int64_t steps, unsigned allow)
{
    *b = (struct lua_box){ .steps = INT64_MAX,
                           .begun = clock_ns(CLOCK_MONOTONIC),
                           .begun_cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID) };
    b->L = lua_newstate(allocate, b);
    if (!b->L || !luaJIT_setmode(b->L, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF) || lua_cpcall(b->L, open_all, &allow))
        return false;
    b->steps = steps;
    lua_gc(b->L, LUA_GCSETPAUSE, PAUSE);
    lua_gc(b->L, LUA_GCSETSTEPMUL, STEP);
    lua_sethook(b->L, on_count, LUA_MASKCOUNT, COUNT);
    return true;
}

void lua_box_close(struct lua_box *b)
{
    if (b->L)
        lua_close(b->L);
    json_decref(b->json);
    b->L = NULL;
    b->json = NULL;
}
