/* Calls of functions: the author's, and the machine's own. */
#include "compiler/check_builtin.h"
#include "compiler/emit_state.h"

unsigned fn_nresults(const struct decl_fn *fn)
{
    return fn->kind == FN_VALUE ? 1 : fn->kind == FN_OUTCOMES ? fn->info->outcomes->nresults : 0;
}

static unsigned window_types(const struct decl_fn *fn, enum type *types)
{
    unsigned n = fn_nresults(fn);
    if (fn->kind == FN_VALUE)
        types[0] = fn->info->result->slot;
    for (unsigned i = 0; fn->kind == FN_OUTCOMES && i < n; i++)
        types[i] = fn->info->outcomes->results[i];
    for (const struct param *p = fn->params; p; p = p->next)
        types[n++] = p->symbol->type->slot;
    return n;
}

unsigned emit_fn_window(struct emit *e, const struct decl_fn *fn, struct arg *args)
{
    enum type types[IMAGE_SLOTS_MAX];
    struct arg *given[IMAGE_SLOTS_MAX];
    unsigned n = window_types(fn, types), nresults = fn_nresults(fn);
    unsigned base = code_window(&e->code, types, n), i = 0;
    fn_args(fn, args, given);
    for (const struct param *p = fn->params; p; p = p->next, i++)
        emit_typed(e, given[i]->value, p->symbol->type, base + nresults + i);
    code_call(&e->code, OP_CALL, function_of(e, fn->info), base);
    code_release(&e->code, base + nresults, n - nresults);
    return base;
}

struct operand emit_fn_call(struct emit *e, const struct expr *x)
{
    return (struct operand){ emit_fn_window(e, &x->u.call.fn->u.fn, x->u.call.args), true };
}

void emit_call_into(struct emit *e, const struct expr *x, unsigned dst)
{
    if (!x->u.call.fn) {
        emit_builtin_into(e, x, dst);
        return;
    }
    struct operand result = emit_fn_call(e, x);
    code_op2(&e->code, OP_MOVE, dst, result.slot);
    done(e, result);
}

static void emit_open(struct emit *e, const struct arg *args, unsigned dst)
{
    unsigned row = hours_of(e, args->value->symbol->decl);
    struct operand when = { code_slot(&e->code, TYPE_MOMENT), true };
    if (args->next)
        emit_into(e, args->next->value, when.slot);
    else
        code_op1(&e->code, OP_NOW, when.slot);
    if (!e->code.dead) {
        code_wide(&e->code, OP_OPEN, dst, row);
        vec_push(&e->code.bytes, (uint8_t)when.slot);
    }
    done(e, when);
}

static void emit_sound_call(struct emit *e, enum opcode op, const struct expr *text, unsigned dst)
{
    struct str name;
    struct operand a = emit_operand(e, text);
    if (const_text(e->arena, text, &name))
        pool_prompt(e, op == OP_TONESOUND ? PROMPT_TONE : PROMPT_FILE, name);
    code_op2(&e->code, op, dst, a.slot);
    done(e, a);
}

static void emit_day_text(struct emit *e, const struct expr *when, unsigned dst)
{
    struct operand a = emit_operand(e, when);
    unsigned zone = pool_text(e, e->zone);
    code_op4(&e->code, OP_DAYTEXT, dst, a.slot, (unsigned[]){ zone & 0xff, zone >> 8 });
    done(e, a);
}

static void emit_text_part(struct emit *e, const struct arg *args, unsigned dst)
{
    struct operand text = emit_operand(e, args->value), from = emit_operand(e, args->next->value);
    struct operand count = emit_operand(e, args->next->next->value);
    code_op4(&e->code, OP_TSUB, dst, text.slot, (unsigned[]){ from.slot, count.slot });
    done(e, count);
    done(e, from);
    done(e, text);
}

static void emit_one(struct emit *e, enum opcode op, const struct expr *x, unsigned dst)
{
    struct operand a = emit_operand(e, x);
    code_op2(&e->code, op, dst, a.slot);
    done(e, a);
}

void emit_builtin_into(struct emit *e, const struct expr *x, unsigned dst)
{
    const struct arg *args = x->u.call.args;
    switch ((enum builtin)x->u.call.builtin) {
    case BUILTIN_open: emit_open(e, args, dst); break;
    case BUILTIN_now: code_op1(&e->code, OP_NOW, dst); break;
    case BUILTIN_header: emit_one(e, OP_HEADER, args->value, dst); break;
    case BUILTIN_file: emit_sound_call(e, OP_FILESOUND, args->value, dst); break;
    case BUILTIN_tone: emit_sound_call(e, OP_TONESOUND, args->value, dst); break;
    case BUILTIN_reveal: emit_into(e, args->value, dst); break;
    case BUILTIN_text_length: emit_one(e, OP_TLEN, args->value, dst); break;
    case BUILTIN_text_part: emit_text_part(e, args, dst); break;
    case BUILTIN_day_text: emit_day_text(e, args->value, dst); break;
    }
}
