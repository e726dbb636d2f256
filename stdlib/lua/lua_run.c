/* One call of a function in Lua: a box, the file, the function, its results. */
#include "stdlib/lua/lua_run.h"

#include <stdio.h>
#include <string.h>

#include "stdlib/lua/lua_box.h"

bool lua_available(void) { return true; }

struct job {
    struct vm_lua *c;
    bool faulted; /* the machine had no room for the results */
};

static const struct image_lua *file_of(const struct vm_lua *c) { return &c->im->lua[c->im->externs[c->row].file]; }

static const char *push_str(lua_State *L, struct str s)
{
    lua_pushlstring(L, s.p ? s.p : "", s.len);
    return lua_tostring(L, -1);
}

/* Reads a text as Lua, never as bytecode, under its path; the chunk is on the stack, or an error raised. */
static void load(lua_State *L, struct str path, struct str text)
{
    const char *name = lua_pushfstring(L, "=%s", push_str(L, path));
    if (luaL_loadbufferx(L, text.p, text.len, name, "t"))
        lua_error(L);
    lua_insert(L, -3);
    lua_pop(L, 2);
}

static void give(lua_State *L, struct job *job, unsigned slot, int index, const char *what)
{
    job->faulted = job->faulted || !lua_value_give(L, job->c, slot, index, what);
}

static int outcome_of(const struct image_import *m, struct str name)
{
    for (unsigned i = 0; i < m->noutcomes; i++)
        if (str_eq(m->outcomes[i].name, name))
            return (int)i;
    return -1;
}

/* The function gave the outcome's name and its values. */
static void give_outcome(lua_State *L, struct job *job, int first, const char *what)
{
    const struct image_import *m = job->c->shape;
    struct str name = { 0 };
    if (lua_type(L, first) == LUA_TSTRING)
        name.p = lua_tolstring(L, first, &name.len);
    int outcome = name.p ? outcome_of(m, name) : -1;
    if (outcome < 0)
        luaL_error(L, "%s gave %s, not the name of an outcome of its", what,
                   name.p                      ? lua_pushfstring(L, "'%s'", name.p)
                   : lua_isnoneornil(L, first) ? "nothing"
                                               : luaL_typename(L, first));
    const struct image_outcome *o = &m->outcomes[outcome];
    for (unsigned i = 0; i < o->npayload; i++)
        give(L, job, o->payload_slot[i], first + 1 + (int)i, what);
    if (!job->faulted)
        job->faulted = !vm_lua_give(job->c, 0, &(struct vm_value){ .type = TYPE_INT, .num = outcome });
}

static int run(lua_State *L)
{
    struct job *job = lua_touserdata(L, 1);
    const struct image_import *m = job->c->shape;
    load(L, file_of(job->c)->path, file_of(job->c)->text);
    lua_call(L, 0, 0);
    const char *name = push_str(L, m->name), *what = lua_pushfstring(L, "%s()", name);
    lua_getfield(L, LUA_GLOBALSINDEX, name);
    if (!lua_isfunction(L, -1))
        return luaL_error(L, "the file has no function '%s'", name);
    int first = lua_gettop(L);
    for (unsigned i = 0; i < m->nparams; i++)
        lua_value_push(L, job->c, i);
    lua_call(L, m->nparams, IMAGE_LUA_VALUES + 1);
    if (m->noutcomes)
        give_outcome(L, job, first, what);
    else
        give(L, job, 0, first, what);
    return 0;
}

/* What went wrong, for a person. */
static void explain(struct lua_box *b, struct str who, char *why)
{
    const char *said = b->L && lua_gettop(b->L) ? lua_tostring(b->L, -1) : NULL;
    if (b->late)
        snprintf(why, VM_LUA_WHY, "%.*s took more than %d ms", STR_ARG(who), LUA_CPU_MS);
    else if (b->spent)
        snprintf(why, VM_LUA_WHY, "%.*s took too many steps", STR_ARG(who));
    else if (b->full && (!said || strstr(said, "not enough memory")))
        snprintf(why, VM_LUA_WHY, "%.*s used more than %d KiB", STR_ARG(who), LUA_MEMORY >> 10);
    else
        snprintf(why, VM_LUA_WHY, "%s", said ? said : "an error that is no text");
}

/* The outcome that takes what goes wrong, when the function has one; its first text is the reason. */
static bool give_failed(struct vm_lua *c)
{
    const struct image_import *m = c->shape;
    int failed = outcome_of(m, STR("failed"));
    if (failed < 0)
        return false;
    const struct image_outcome *o = &m->outcomes[failed];
    for (unsigned i = 0; i < m->nresults; i++) /* what it had given until then */
        c->window[i] = 0;
    if (o->npayload && o->payload[0] == TYPE_TEXT &&
        !vm_lua_give(c, o->payload_slot[0], &(struct vm_value){ .type = TYPE_TEXT, .text = str_of(c->why) }))
        return false;
    return vm_lua_give(c, 0, &(struct vm_value){ .type = TYPE_INT, .num = failed });
}

static bool enough(struct vm_lua *c, uint64_t start)
{
    if (start <= c->steps)
        return true;
    c->taken = c->steps + 1; /* so the flow's fuel is out */
    snprintf(c->why, VM_LUA_WHY, "there was no time left for it");
    return false;
}

bool lua_run(void *self, struct vm_lua *c)
{
    struct job job = { c, false };
    struct lua_box box;
    char name[64];
    snprintf(name, sizeof name, "%.*s()", STR_ARG(c->shape->name));
    struct str who = str_of(name);
    uint64_t start = LUA_START_STEPS + LUA_BYTE_STEPS * (uint64_t)file_of(c)->text.len;
    (void)self;
    if (!enough(c, start))
        return false;
    int64_t may = (int64_t)(c->steps - start) < LUA_STEPS ? (int64_t)(c->steps - start) : LUA_STEPS;
    bool ok = lua_box_open(&box, may, lua_allowed(c->im->id)) && lua_cpcall(box.L, run, &job) == 0;
    if (!ok)
        explain(&box, who, c->why);
    int64_t took = box.spent || !box.L ? may : may - box.steps;
    c->taken = (uint32_t)(start + (uint64_t)(took > 0 ? took : 0));
    lua_box_close(&box);
    if (job.faulted)
        return false;
    return ok || give_failed(c);
}

/* ---- looking into a file ---- */

#define LOOKED_AT STR("lua") /* short: Lua cuts long names of files */

struct look {
    struct str text;
    const struct str *functions;
    unsigned n;
    int missing;
    bool read;
};

/* Names that an operator may allow are no mistake. */
static int on_unknown(lua_State *L)
{
    static const char *const allowed[] = { "io", "os", "ffi", "require" };
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (strcmp(name, allowed[i]) == 0)
            lua_box_of(L)->asked = true;
    return 0;
}

static int look(lua_State *L)
{
    struct look *k = lua_touserdata(L, 1);
    lua_newtable(L);
    lua_pushcfunction(L, on_unknown);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, LUA_GLOBALSINDEX);
    load(L, LOOKED_AT, k->text);
    k->read = true;
    lua_call(L, 0, 0);
    for (unsigned i = 0; i < k->n; i++) {
        push_str(L, k->functions[i]);
        lua_rawget(L, LUA_GLOBALSINDEX);
        if (k->missing < 0 && !lua_isfunction(L, -1))
            k->missing = (int)i;
        lua_pop(L, 1);
    }
    return 0;
}

/* "FILE:LINE: what", as Lua says it; the place is told apart. */
static void split(struct lua_mistake *m, const char *said)
{
    unsigned line = 0;
    int used = 0;
    size_t name = LOOKED_AT.len;
    if (strncmp(said, LOOKED_AT.p, name) == 0 && sscanf(said + name, ":%u: %n", &line, &used) == 1 && used > 0) {
        m->line = line;
        said += name + (size_t)used;
    }
    snprintf(m->text, sizeof m->text, "%s", said);
}

bool lua_look(struct str text, const struct str *functions, unsigned n, struct lua_mistake *out)
{
    struct look k = { text, functions, n, -1, false };
    struct lua_box box;
    char why[VM_LUA_WHY] = "";
    bool ok = lua_box_open(&box, LUA_STEPS, 0) && lua_cpcall(box.L, look, &k) == 0;
    if (!ok)
        explain(&box, STR("it"), why);
    bool asked = box.asked;
    lua_box_close(&box);
    *out = (struct lua_mistake){ .function = -1 };
    if (ok)
        out->function = k.missing;
    else if (!k.read || !asked)
        split(out, why);
    return ok ? k.missing < 0 : k.read && asked;
}
