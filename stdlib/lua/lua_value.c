/* Values on their way between the machine and Lua. A number of Lua's is a double: whole numbers are exact up to 2^53,
 * and beyond it none crosses. Durations and moments are milliseconds. */
#include <math.h>
#include <stdlib.h>

#include "stdlib/lua/lua_box.h"
#include "vm/run/lua_port.h"

enum { ITEMS_MAX = 10000 };
static const double whole_max = 9007199254740992.0;

static const char *label_of(lua_State *L, const struct vm_lua *c, unsigned arg)
{
    struct str label = c->shape->params[arg].label;
    lua_pushlstring(L, label.p, label.len);
    return lua_tostring(L, -1);
}

static void push_number(lua_State *L, const struct vm_lua *c, unsigned arg)
{
    int64_t n = vm_lua_num(c, arg);
    if (c->shape->params[arg].type == TYPE_BOOL)
        lua_pushboolean(L, n != 0);
    else if (n > (int64_t)whole_max || n < -(int64_t)whole_max)
        luaL_error(L, "'%s' is too large a number for Lua", label_of(L, c, arg));
    else
        lua_pushnumber(L, (lua_Number)n);
}

static void push_text(lua_State *L, struct str s)
{
    lua_box_charge(L, lua_box_steps(s.len));
    lua_pushlstring(L, s.p ? s.p : "", s.len);
}

static void push_texts(lua_State *L, const struct vm_lua *c, unsigned arg)
{
    unsigned n = vm_lua_count(c, arg);
    lua_createtable(L, (int)n, 0);
    for (unsigned i = 0; i < n; i++) {
        push_text(L, vm_lua_item(c, arg, i));
        lua_rawseti(L, -2, (int)i + 1);
    }
}

static void push_json(lua_State *L, const struct vm_lua *c, unsigned arg)
{
    struct sbuf text = { 0 };
    struct lua_box *b = lua_box_of(L);
    vm_lua_json(c, arg, &text);
    uint64_t cost = 1 + text.len / 4;
    lua_json_read(b, text.p, text.len); /* before anything can raise an error past the buffer */
    sbuf_free(&text);
    lua_box_charge(L, cost);
    lua_json_push(L);
}

void lua_value_push(lua_State *L, const struct vm_lua *c, unsigned arg)
{
    luaL_checkstack(L, 4, "too many arguments");
    switch (c->shape->params[arg].type) {
    case TYPE_TEXT: push_text(L, vm_lua_text(c, arg)); break;
    case TYPE_LIST_TEXT: push_texts(L, c, arg); break;
    case TYPE_JSON: push_json(L, c, arg); break;
    default: push_number(L, c, arg); break;
    }
}

/* ---- from Lua ---- */

static int not_due(lua_State *L, int index, const char *what, const char *due)
{
    if (lua_type(L, index) == LUA_TNUMBER)
        return luaL_error(L, "%s gave %f, %s is due", what, lua_tonumber(L, index), due);
    return luaL_error(L, "%s gave %s, %s is due", what, lua_isnoneornil(L, index) ? "nothing" : luaL_typename(L, index),
                      due);
}

static bool give_number(lua_State *L, struct vm_lua *c, unsigned slot, int index, const char *what)
{
    struct vm_value v = { .type = (enum type)c->shape->results[slot] };
    lua_Number n = lua_tonumber(L, index);
    if (lua_type(L, index) != LUA_TNUMBER || n != floor(n) || fabs(n) > whole_max)
        not_due(L, index, what, type_text(v.type));
    v.num = (int64_t)n;
    return vm_lua_give(c, slot, &v);
}

static bool give_bool(lua_State *L, struct vm_lua *c, unsigned slot, int index, const char *what)
{
    if (lua_type(L, index) != LUA_TBOOLEAN)
        not_due(L, index, what, "bool");
    return vm_lua_give(c, slot, &(struct vm_value){ .type = TYPE_BOOL, .num = lua_toboolean(L, index) });
}

/* Texts of the machine are UTF-8. */
static struct str take_text(lua_State *L, int index, const char *what)
{
    struct str s;
    if (lua_type(L, index) != LUA_TSTRING)
        not_due(L, index, what, "text");
    s.p = lua_tolstring(L, index, &s.len);
    lua_box_charge(L, lua_box_steps(s.len * 8));
    if (!lua_json_is_text(s.p, s.len))
        luaL_error(L, "%s gave a text that is not UTF-8", what);
    return s;
}

static bool give_text(lua_State *L, struct vm_lua *c, unsigned slot, int index, const char *what)
{
    struct vm_value v = { .type = TYPE_TEXT, .text = take_text(L, index, what) };
    return vm_lua_give(c, slot, &v);
}

/* The items lie in memory of Lua's, which an error frees as well. */
static bool give_texts(lua_State *L, struct vm_lua *c, unsigned slot, int index, const char *what)
{
    if (!lua_istable(L, index))
        not_due(L, index, what, "list of text");
    size_t n = lua_objlen(L, index);
    if (n > ITEMS_MAX)
        luaL_error(L, "%s gave a list of more than %d texts", what, ITEMS_MAX);
    struct str *items = lua_newuserdata(L, (n + 1) * sizeof *items);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, index, (int)i + 1);
        items[i] = take_text(L, -1, what); /* stays: the table holds it */
        lua_pop(L, 1);
    }
    return vm_lua_give_texts(c, slot, items, (unsigned)n);
}

static bool give_json(lua_State *L, struct vm_lua *c, unsigned slot, int index)
{
    char *text = lua_json_text(L, index);
    struct vm_value v = { .type = TYPE_JSON, .text = str_of(text) };
    bool ok = vm_lua_give(c, slot, &v);
    free(text);
    return ok;
}

bool lua_value_give(lua_State *L, struct vm_lua *c, unsigned slot, int index, const char *what)
{
    switch ((enum type)c->shape->results[slot]) {
    case TYPE_TEXT: return give_text(L, c, slot, index, what);
    case TYPE_LIST_TEXT: return give_texts(L, c, slot, index, what);
    case TYPE_JSON: return give_json(L, c, slot, index);
    case TYPE_BOOL: return give_bool(L, c, slot, index, what);
    default: return give_number(L, c, slot, index, what);
    }
}
