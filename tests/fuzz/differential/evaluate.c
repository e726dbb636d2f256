/* Statements and calls. */
#include "tests/fuzz/differential/evaluate.h"

#include <stdlib.h>

#include "stdlib/catalog/catalog.h"
#include "tests/fuzz/differential/eval.h"

enum { DEPTH_MOST = 150 };

_Noreturn void eval_end(struct eval *e, enum ending ending, int64_t code)
{
    world_end(e->world, ending, code);
    longjmp(e->end, 1);
}

void eval_step(struct eval *e)
{
    if (!e->steps-- || e->world->ending == ENDING_LIMIT)
        eval_end(e, ENDING_LIMIT, 0);
}

void eval_set(struct eval *e, const struct symbol *s, struct eval_value v)
{
    struct eval_cell *c = e->cells;
    while (c && c->symbol != s)
        c = c->next;
    if (!c) {
        c = ARENA_NEW(e->arena, struct eval_cell);
        c->next = e->cells;
        c->symbol = s;
        e->cells = c;
    }
    c->value = v;
}

void eval_call(struct eval *e, const struct decl *fn, struct arg *args)
{
    struct eval_cell *mine = NULL, *callers = e->cells;
    for (const struct param *p = fn->u.fn.params; p; p = p->next, args = args->next) {
        struct eval_cell *c = ARENA_NEW(e->arena, struct eval_cell);
        *c = (struct eval_cell){ p->symbol, eval_expr(e, args->value), mine };
        mine = c;
    }
    if (++e->depth > DEPTH_MOST)
        eval_end(e, ENDING_LIMIT, 0);
    e->cells = mine;
    eval_block(e, fn->u.fn.body);
    e->cells = callers;
    e->depth--;
}

/* Binds payload by place and runs the clause that answers; what nobody answers goes on. */
static enum eval_next answer(struct eval *e, const struct clause *c, int outcome, const struct eval_value *payload)
{
    for (; c; c = c->next) {
        if (c->kind == CLAUSE_ELSE)
            return eval_block(e, c->body);
        for (const struct clause_outcome *o = c->outcomes; o; o = o->next) {
            if (o->outcome != outcome)
                continue;
            struct eval_value literal = o->literal ? eval_expr(e, o->literal) : (struct eval_value){ 0 };
            if (o->literal && !eval_same(o->literal->type, &literal, &payload[0]))
                continue;
            const struct eval_value *v = payload;
            for (const struct binding *b = o->bindings; b; b = b->next, v++)
                eval_set(e, b->symbol, *v);
            return eval_block(e, c->body);
        }
    }
    return NEXT_GO_ON;
}

static enum eval_next action(struct eval *e, const struct stmt_call *call)
{
    struct eval_value argument = { 0 }, payload[1];
    struct str shown = STR("");
    if (call->args) {
        argument = eval_expr(e, call->args->value);
        shown = eval_text(e, call->args->value->type, &argument);
    }
    if (call->action->flags & ACTION_NO_RETURN)
        eval_end(e, call->args ? ENDING_REFUSED : ENDING_END, argument.num);
    unsigned outcome = world_answer(e->world, str_of(call->action->name), shown, call->action->noutcomes);
    payload[0] = (struct eval_value){ .text = world_payload(e->world) };
    eval_step(e);
    return answer(e, call->clauses, (int)outcome, payload);
}

static enum eval_next call(struct eval *e, const struct stmt_call *call)
{
    struct eval_value payload[8];
    eval_call(e, call->fn, call->args);
    for (int i = 0; i < 8; i++)
        payload[i] = e->payload[i];
    return answer(e, call->clauses, call->fn->u.fn.kind == FN_OUTCOMES ? e->outcome : -1, payload);
}

static enum eval_next match(struct eval *e, const struct stmt_match *m)
{
    struct eval_value v = eval_expr(e, m->value);
    for (const struct match_arm *arm = m->arms; arm; arm = arm->next) {
        bool taken = !arm->literals;
        for (const struct list_item *l = arm->literals; l && !taken; l = l->next) {
            struct eval_value literal = eval_expr(e, l->value);
            taken = eval_same(l->value->type, &v, &literal);
        }
        if (taken)
            return eval_block(e, arm->body);
    }
    return NEXT_GO_ON;
}

/* Whether a loop is left after a turn; *next is then what its statement tells. */
static bool leaves(enum eval_next *next)
{
    if (*next == NEXT_BREAK) {
        *next = NEXT_GO_ON;
        return true;
    }
    return *next == NEXT_RETURN;
}

static enum eval_next repeat(struct eval *e, const struct stmt_repeat *r)
{
    enum eval_next next = NEXT_GO_ON;
    for (int64_t left = eval_expr(e, r->count).num; left > 0; left--) {
        eval_step(e);
        next = eval_block(e, r->body);
        if (leaves(&next))
            return next;
    }
    return r->other ? eval_block(e, r->other) : NEXT_GO_ON;
}

static enum eval_next each(struct eval *e, const struct stmt_for *f)
{
    struct eval_value list = eval_expr(e, f->list);
    enum eval_next next = NEXT_GO_ON;
    for (uint32_t i = 0; i < list.count; i++) {
        eval_set(e, f->item->symbol, list.items[i]);
        next = eval_block(e, f->body);
        if (leaves(&next))
            return next;
    }
    return NEXT_GO_ON;
}

static enum eval_next loop(struct eval *e, const struct block *body)
{
    for (;;) {
        enum eval_next next = eval_block(e, body);
        if (leaves(&next))
            return next;
    }
}

static enum eval_next leave(struct eval *e, const struct stmt *s)
{
    struct eval_value payload[8] = { { 0 } };
    unsigned n = 0;
    if (s->kind == STMT_OUTCOME) {
        for (const struct arg *a = s->u.outcome.args; a && n < 8; a = a->next)
            payload[n++] = eval_expr(e, a->value);
        for (n = 0; n < 8; n++)
            e->payload[n] = payload[n];
        e->outcome = s->u.outcome.outcome;
    } else if (s->u.value) {
        e->result = eval_expr(e, s->u.value);
    }
    return NEXT_RETURN;
}

static enum eval_next statement(struct eval *e, const struct stmt *s)
{
    switch (s->kind) {
    case STMT_LET:
    case STMT_VAR:
    case STMT_ASSIGN: eval_set(e, s->u.set.symbol, eval_expr(e, s->u.set.value)); return NEXT_GO_ON;
    case STMT_IF:
        if (eval_expr(e, s->u.branch.condition).num)
            return eval_block(e, s->u.branch.then);
        return s->u.branch.other ? eval_block(e, s->u.branch.other) : NEXT_GO_ON;
    case STMT_MATCH: return match(e, &s->u.match);
    case STMT_REPEAT: return repeat(e, &s->u.repeat);
    case STMT_FOR: return each(e, &s->u.loop_for);
    case STMT_LOOP: return loop(e, s->u.loop);
    case STMT_BREAK: return NEXT_BREAK;
    case STMT_CONTINUE: return NEXT_CONTINUE;
    case STMT_RETURN:
    case STMT_OUTCOME: return leave(e, s);
    case STMT_ACTION: return action(e, &s->u.call);
    case STMT_CALL: return call(e, &s->u.call);
    case STMT_CONTINUE_WITH:
    case STMT_AGAIN:
    case STMT_BAD: break;
    }
    abort(); /* the generator writes no other */
}

enum eval_next eval_block(struct eval *e, const struct block *b)
{
    enum eval_next next = NEXT_GO_ON;
    for (const struct stmt *s = b->first; s && next == NEXT_GO_ON; s = s->next) {
        eval_step(e);
        next = statement(e, s);
    }
    return next;
}

void evaluate(const struct file *file, struct world *world, unsigned long steps)
{
    struct eval *e = calloc(1, sizeof *e);
    if (!e)
        abort();
    e->world = world;
    e->arena = arena_new();
    e->steps = steps;
    if (!setjmp(e->end)) {
        eval_block(e, file->flow->u.flow.body);
        world_end(world, ENDING_END, 0);
    }
    arena_free(&e->arena);
    free(e);
}
