/* Functions in Lua: a function of the image whose code is one instruction. Only what is called comes into an image, and
 * of the files those that hold it. */
#include "compiler/ast_name.h"
#include "compiler/emit_state.h"

static uint32_t lua_file(struct emit *e, struct decl *d)
{
    struct decl_extern *lua = &d->u.lua;
    const struct source *s = source_at(e->env->sources, lua->file);
    struct image_lua row = { emit_path(e, s->path), s->text };
    for (size_t i = 0; i < e->lua.len && !lua->number; i++) /* another `extern lua` may name the same file */
        if (str_eq(e->lua.items[i].path, row.path))
            lua->number = (uint32_t)i + 1;
    if (!lua->number) {
        vec_push(&e->lua, row);
        lua->number = (uint32_t)e->lua.len;
    }
    return lua->number - 1;
}

static const enum type *types_of(struct emit *e, const struct outcome_info *o)
{
    enum type *types = ARENA_ARRAY(e->arena, enum type, o->npayload + 1);
    for (unsigned i = 0; i < o->npayload; i++)
        types[i] = o->payload[i]->slot;
    return types;
}

static void fill_outcomes(struct emit *e, struct image_import *m, const struct outcome_set *set)
{
    struct image_outcome *rows = ARENA_ARRAY(e->arena, struct image_outcome, set->count + 1);
    for (unsigned i = 0; i < set->count; i++) {
        const struct outcome_info *o = &set->items[i];
        rows[i] = (struct image_outcome){ o->name, types_of(e, o), o->slots, (uint8_t)o->npayload };
    }
    m->outcomes = rows;
    m->noutcomes = (uint8_t)set->count;
}

static void fill_params(struct emit *e, struct image_import *m, const struct decl_fn *fn)
{
    struct image_param *params = ARENA_ARRAY(e->arena, struct image_param, fn->info->nparams + 1);
    for (const struct param *p = fn->params; p; p = p->next)
        params[m->nparams++] = (struct image_param){ p->name.name->text, p->symbol->type->slot };
    m->params = params;
}

void emit_lua_body(struct emit *e, const struct fn_info *fn)
{
    struct decl *d = fn->decl;
    struct image_import shape = { .name = d->name.name->text, .nresults = (uint8_t)fn_nresults(&d->u.fn) };
    uint8_t *results = ARENA_ARRAY(e->arena, uint8_t, shape.nresults + 1);
    for (unsigned i = 0; i < shape.nresults; i++)
        results[i] = e->code.slots[i]; /* the function's own first slots are its window */
    shape.results = results;
    fill_params(e, &shape, &d->u.fn);
    if (fn->outcomes)
        fill_outcomes(e, &shape, fn->outcomes);
    struct image_extern row = { lua_file(e, d->u.fn.lua), shape };
    vec_push(&e->externs, row);
    emit_line(e, d->name.span);
    code_call(&e->code, OP_LUA, (unsigned)e->externs.len - 1, 0);
}
