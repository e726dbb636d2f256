/* One function: its window, its body, and the bytes copied out. */
#include <string.h>

#include "compiler/emit_state.h"

static void lay_out_results(struct emit *e, const struct fn_info *fn)
{
    if (fn->decl->kind != DECL_FN)
        return;
    const struct decl_fn *d = &fn->decl->u.fn;
    if (d->kind == FN_VALUE)
        code_fresh(&e->code, fn->result->slot);
    for (unsigned i = 0; d->kind == FN_OUTCOMES && i < fn->outcomes->nresults; i++)
        code_fresh(&e->code, fn->outcomes->results[i]);
    for (const struct param *p = d->params; p; p = p->next)
        p->symbol->slot = (int)code_fresh(&e->code, p->symbol->type->slot);
}

static const void *copy(struct emit *e, const void *from, size_t size)
{
    void *to = arena_alloc(e->arena, size + 1);
    if (size)
        memcpy(to, from, size);
    return to;
}

static void report_size(struct emit *e, const struct fn_info *fn)
{
    struct diag *d = NULL;
    struct span at = fn->decl->name.span;
    struct str name = fn->decl->name.name->text;
    if (e->code.too_many)
        d = diag_error(e->env->diags, at, "'%.*s' holds too many values at once", STR_ARG(name));
    else if (e->code.bytes.len > IMAGE_CODE_MAX)
        d = diag_error(e->env->diags, at, "'%.*s' is too long", STR_ARG(name));
    if (d)
        diag_help(d, "move a part of it into a function of its own");
}

static uint32_t emit_flow(struct emit *e, const struct decl_flow *flow)
{
    uint32_t on_hangup = 0;
    emit_block(e, flow->body);
    code_op(&e->code, OP_HALT);
    if (flow->on_hangup) {
        e->code.dead = false;
        on_hangup = code_here(&e->code);
        emit_block(e, flow->on_hangup);
        code_op(&e->code, OP_HALT);
    }
    return on_hangup;
}

struct image_func emit_function(struct emit *e, struct fn_info *fn)
{
    struct image_func f = { .name = fn->decl->name.name->text };
    code_reset(&e->code);
    e->fn = fn;
    e->loop = NULL;
    e->keeps_top = fn->is_flow && fn->decl->u.flow.on_hangup;
    lay_out_results(e, fn);
    if (fn->is_flow) {
        f.on_hangup = emit_flow(e, &fn->decl->u.flow);
    } else {
        f.nresults = (uint8_t)fn_nresults(&fn->decl->u.fn);
        f.nparams = (uint8_t)fn->nparams;
        if (fn->decl->u.fn.lua)
            emit_lua_body(e, fn);
        else
            emit_block(e, fn->decl->u.fn.body);
        code_op(&e->code, OP_RET);
    }
    report_size(e, fn);
    f.nslots = (uint8_t)e->code.nslots;
    f.slots = copy(e, e->code.slots, e->code.nslots);
    f.code = copy(e, e->code.bytes.items, e->code.bytes.len);
    f.code_len = code_here(&e->code);
    f.nlines = (uint32_t)e->code.lines.len;
    f.lines = copy(e, e->code.lines.items, e->code.lines.len * sizeof *e->code.lines.items);
    return f;
}
