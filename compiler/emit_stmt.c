#include "compiler/emit_state.h"

unsigned emit_variable(struct emit *e, struct symbol *s)
{
    enum type type = s->type->slot;
    s->slot = (int)(s->top && e->keeps_top ? code_fresh(&e->code, type) : code_slot(&e->code, type));
    return (unsigned)s->slot;
}

void emit_typed(struct emit *e, const struct expr *x, const struct check_type *type, unsigned dst)
{
    if (type == T(JSON)) {
        emit_json_into(e, x, dst);
    } else if (type == T(TEXT) && x->type == T(INT)) {
        struct operand n = emit_operand(e, x);
        code_op2(&e->code, OP_INTTEXT, dst, n.slot);
        done(e, n);
    } else {
        emit_into(e, x, dst);
    }
}

/* The value is worked out before the variable is there, and may use one of the same name. */
static void emit_new(struct emit *e, const struct stmt_set *set)
{
    if (set->symbol->top && e->keeps_top) {
        emit_typed(e, set->value, set->symbol->type, emit_variable(e, set->symbol));
        return;
    }
    unsigned slot = code_slot(&e->code, set->symbol->type->slot);
    emit_typed(e, set->value, set->symbol->type, slot);
    set->symbol->slot = (int)slot;
}

/* These write their target before they have read everything. */
static bool writes_early(const struct expr *x)
{
    return x->kind == EXPR_AS || x->kind == EXPR_INDEX || x->kind == EXPR_OBJECT || x->kind == EXPR_LIST;
}

static void emit_assign(struct emit *e, const struct stmt_set *set)
{
    unsigned to = (unsigned)set->symbol->slot;
    if (!writes_early(set->value)) {
        emit_typed(e, set->value, set->symbol->type, to);
        return;
    }
    unsigned slot = code_slot(&e->code, set->symbol->type->slot);
    emit_typed(e, set->value, set->symbol->type, slot);
    code_op2(&e->code, OP_MOVE, to, slot);
    code_release(&e->code, slot, 1);
}

static void emit_if(struct emit *e, const struct stmt_if *i)
{
    struct label other = LABEL_NEW, end = LABEL_NEW;
    emit_branch(e, i->condition, false, &other);
    emit_block(e, i->then);
    if (i->other) {
        code_jump(&e->code, &end);
        code_place(&e->code, &other);
        emit_block(e, i->other);
        code_place(&e->code, &end);
    } else {
        code_place(&e->code, &other);
    }
}

static void emit_loop_body(struct emit *e, struct loop_state *loop, const struct block *b)
{
    loop->outer = e->loop;
    e->loop = loop;
    emit_block(e, b);
    e->loop = loop->outer;
}

static void emit_repeat(struct emit *e, const struct stmt_repeat *r)
{
    struct label used_up = LABEL_NEW, next = LABEL_NEW;
    struct loop_state loop = { .next = &next, .end = LABEL_NEW };
    struct const_value count;
    unsigned left = code_slot(&e->code, TYPE_INT);
    emit_into(e, r->count, left);
    if (!const_eval(e->arena, r->count, &count) || count.num < 1)
        code_jump2(&e->code, OP_JLTI, left, 1, &used_up);
    loop.head = code_here(&e->code);
    emit_loop_body(e, &loop, r->body);
    code_place(&e->code, &next);
    code_down(&e->code, left, loop.head);
    code_place(&e->code, &used_up);
    code_release(&e->code, left, 1);
    if (r->other)
        emit_block(e, r->other);
    code_place(&e->code, &loop.end);
}

/* The list that is gone through: a copy of a variable's, which may change on the way. */
static struct operand listed(struct emit *e, const struct expr *x)
{
    if (x->kind != EXPR_NAME || !x->symbol || x->symbol->kind != SYMBOL_VAR)
        return emit_operand(e, x);
    struct operand o = { code_slot(&e->code, x->type->slot), true };
    emit_into(e, x, o.slot);
    return o;
}

static void emit_for(struct emit *e, const struct stmt_for *f)
{
    struct code *c = &e->code;
    struct label next = LABEL_NEW;
    struct loop_state loop = { .next = &next, .end = LABEL_NEW };
    bool texts = f->list->type->slot == TYPE_LIST_TEXT;
    struct operand list = listed(e, f->list);
    unsigned at = code_slot(c, TYPE_INT), length = code_slot(c, TYPE_INT);
    unsigned item = emit_variable(e, f->item->symbol);
    code_op2(c, texts ? OP_LENT : OP_LENN, length, list.slot);
    emit_number(e, 0, at);
    loop.head = code_here(c);
    code_jump2(c, OP_JLE, length, at, &loop.end);
    code_op3(c, texts ? OP_ATT : OP_ATN, item, list.slot, at);
    emit_loop_body(e, &loop, f->body);
    code_place(c, &next);
    code_op3(c, OP_ADDI, at, at, 1);
    code_loop(c, loop.head);
    code_place(c, &loop.end);
    code_release(c, item, 1);
    code_release(c, length, 1);
    code_release(c, at, 1);
    done(e, list);
}

static void emit_loop(struct emit *e, const struct block *b)
{
    struct loop_state loop = { .head = code_here(&e->code), .end = LABEL_NEW };
    emit_loop_body(e, &loop, b);
    code_loop(&e->code, loop.head);
    code_place(&e->code, &loop.end);
}

static void emit_continue(struct emit *e)
{
    if (e->loop->next)
        code_jump(&e->code, e->loop->next);
    else
        code_loop(&e->code, e->loop->head);
}

static void emit_return(struct emit *e, const struct expr *value)
{
    if (value)
        emit_typed(e, value, e->fn->result, 0);
    code_op(&e->code, e->fn->is_flow ? OP_HALT : OP_RET);
}

/* Payload slots are results: nothing else writes them, so they are filled in place. */
static void emit_outcome(struct emit *e, const struct stmt_outcome *o)
{
    const struct outcome_info *info = &e->fn->outcomes->items[o->outcome];
    unsigned n = 0;
    for (const struct arg *a = o->args; a; a = a->next, n++)
        emit_typed(e, a->value, info->payload[n], info->slots[n]);
    emit_number(e, o->outcome, 0);
    code_op(&e->code, OP_RET);
}

static void emit_continue_with(struct emit *e, struct word flow)
{
    struct operand name = emit_text_const(e, flow.name->text);
    code_op1(&e->code, OP_CONTINUE, name.slot);
    done(e, name);
    if (pool_mark(e, flow.name->text, LISTED_FLOW))
        vec_push(&e->continues, flow.name->text);
}

static void emit_stmt(struct emit *e, const struct stmt *s)
{
    emit_line(e, s->span);
    switch (s->kind) {
    case STMT_BAD: break;
    case STMT_LET:
    case STMT_VAR: emit_new(e, &s->u.set); break;
    case STMT_ASSIGN: emit_assign(e, &s->u.set); break;
    case STMT_IF: emit_if(e, &s->u.branch); break;
    case STMT_MATCH: emit_match(e, &s->u.match); break;
    case STMT_REPEAT: emit_repeat(e, &s->u.repeat); break;
    case STMT_FOR: emit_for(e, &s->u.loop_for); break;
    case STMT_LOOP: emit_loop(e, s->u.loop); break;
    case STMT_BREAK: code_jump(&e->code, &e->loop->end); break;
    case STMT_CONTINUE: emit_continue(e); break;
    case STMT_CONTINUE_WITH: emit_continue_with(e, s->u.flow); break;
    case STMT_RETURN: emit_return(e, s->u.value); break;
    case STMT_OUTCOME: emit_outcome(e, &s->u.outcome); break;
    case STMT_AGAIN: code_loop(&e->code, *e->restart); break;
    case STMT_ACTION: emit_action(e, s); break;
    case STMT_CALL: emit_call(e, s); break;
    }
}

void emit_block(struct emit *e, const struct block *b)
{
    for (const struct stmt *s = b->first; s; s = s->next)
        emit_stmt(e, s);
    for (const struct stmt *s = b->first; s; s = s->next) /* a variable lives as long as its block */
        if ((s->kind == STMT_LET || s->kind == STMT_VAR) && !(s->u.set.symbol->top && e->keeps_top))
            code_release(&e->code, (unsigned)s->u.set.symbol->slot, 1);
}
