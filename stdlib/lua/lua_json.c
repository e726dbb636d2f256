/* JSON as tables of Lua. An object is a table with names, an array a table with numbers from 1 on; an empty table is an
 * empty array; null is nil. */
#include <jansson.h>
#include <math.h>

#include "stdlib/lua/lua_box.h"

enum { DEPTH_MAX = 64 };

static void keep(struct lua_box *b, json_t *j)
{
    json_decref(b->json);
    b->json = j;
}

void lua_json_read(struct lua_box *b, const char *text, size_t len)
{
    keep(b, json_loadb(text, len, JSON_DECODE_ANY, NULL));
}

bool lua_json_is_text(const char *p, size_t len)
{
    json_t *j = json_stringn(p, len);
    json_decref(j);
    return j != NULL;
}

static void push(lua_State *L, json_t *j);

static void push_object(lua_State *L, json_t *j)
{
    const char *key;
    json_t *value;
    lua_createtable(L, 0, (int)json_object_size(j));
    json_object_foreach(j, key, value)
    {
        lua_pushstring(L, key);
        push(L, value);
        lua_rawset(L, -3);
    }
}

static void push_array(lua_State *L, json_t *j)
{
    lua_createtable(L, (int)json_array_size(j), 0);
    for (size_t i = 0; i < json_array_size(j); i++) {
        push(L, json_array_get(j, i));
        lua_rawseti(L, -2, (int)i + 1);
    }
}

/* The machine's own JSON is nested no deeper than 64. */
static void push(lua_State *L, json_t *j)
{
    luaL_checkstack(L, 4, "json is nested too deeply");
    lua_box_charge(L, 4);
    switch (j ? json_typeof(j) : JSON_NULL) {
    case JSON_OBJECT: push_object(L, j); break;
    case JSON_ARRAY: push_array(L, j); break;
    case JSON_STRING: lua_pushlstring(L, json_string_value(j), json_string_length(j)); break;
    case JSON_INTEGER:
    case JSON_REAL: lua_pushnumber(L, json_number_value(j)); break;
    case JSON_TRUE:
    case JSON_FALSE: lua_pushboolean(L, json_is_true(j)); break;
    case JSON_NULL: lua_pushnil(L); break;
    }
}

void lua_json_push(lua_State *L)
{
    struct lua_box *b = lua_box_of(L);
    push(L, b->json);
    keep(b, NULL);
}

/* ---- from Lua: each value hangs in the one around it before anything can go wrong with what it holds ---- */

static json_t *scalar(lua_State *L, int index)
{
    size_t len;
    const char *s;
    lua_Number n;
    switch (lua_type(L, index)) {
    case LUA_TNIL: return json_null();
    case LUA_TBOOLEAN: return json_boolean(lua_toboolean(L, index));
    case LUA_TSTRING:
        s = lua_tolstring(L, index, &len);
        lua_box_charge(L, lua_box_steps(len * 8));
        return json_stringn(s, len); /* NULL: not UTF-8 */
    case LUA_TNUMBER:
        n = lua_tonumber(L, index);
        return n == floor(n) && fabs(n) <= 9007199254740992.0 ? json_integer((json_int_t)n) : json_real(n);
    default: return NULL; /* a function; json_real() of what is no number */
    }
}

static json_t *make(lua_State *L, int index)
{
    if (!lua_istable(L, index))
        return scalar(L, index);
    bool array = lua_objlen(L, index) > 0;
    if (!array) {
        lua_pushnil(L);
        array = !lua_next(L, index);
        lua_settop(L, array ? lua_gettop(L) : lua_gettop(L) - 2);
    }
    return array ? json_array() : json_object();
}

static void fill(lua_State *L, int index, json_t *j, unsigned depth);

/* The value on top goes into j, under the key or behind the others. */
static void put(lua_State *L, json_t *j, const char *key, unsigned depth)
{
    int index = lua_gettop(L);
    lua_box_charge(L, 4);
    json_t *value = make(L, index);
    if (!value)
        luaL_error(L, "a %s cannot become json%s", luaL_typename(L, index),
                   lua_type(L, index) == LUA_TSTRING ? ": it is not UTF-8" : "");
    if (key ? json_object_set_new(j, key, value) : json_array_append_new(j, value))
        luaL_error(L, "a key of a table is not UTF-8");
    if (lua_istable(L, index))
        fill(L, index, value, depth + 1);
}

static void fill(lua_State *L, int index, json_t *j, unsigned depth)
{
    if (depth == DEPTH_MAX)
        luaL_error(L, "a table is nested too deeply for json, or holds itself");
    luaL_checkstack(L, 4, "json is nested too deeply");
    if (json_is_array(j)) {
        size_t n = lua_objlen(L, index);
        for (size_t i = 1; i <= n; i++) {
            lua_rawgeti(L, index, (int)i);
            put(L, j, NULL, depth);
            lua_pop(L, 1);
        }
        return;
    }
    lua_pushnil(L);
    while (lua_next(L, index)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_error(L, "a table with both names and numbers cannot become json");
        put(L, j, lua_tostring(L, -2), depth);
        lua_pop(L, 1);
    }
}

char *lua_json_text(lua_State *L, int index)
{
    struct lua_box *b = lua_box_of(L);
    keep(b, json_array());
    lua_pushvalue(L, index);
    put(L, b->json, NULL, 0);
    lua_pop(L, 1);
    char *text = json_dumps(json_array_get(b->json, 0), JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
    keep(b, NULL);
    if (!text)
        luaL_error(L, "no memory for json");
    return text;
}
