/* Clauses: one jump by the outcome's number, then the blocks one after another. */
#include "compiler/emit_state.h"

enum { OUTCOMES_MAX = 128 };

/* Where each outcome goes on. */
struct ways {
    const struct outcome_set *set;
    unsigned base;
    struct label *blocks;             /* by clause, in their order */
    struct label tests[OUTCOMES_MAX]; /* of outcomes with literal clauses */
    struct label *to[OUTCOMES_MAX];
    bool literal[OUTCOMES_MAX];
    struct label end;
};

static void find_ways(const struct stmt *s, struct ways *w)
{
    struct label *other = &w->end;
    unsigned n = 0;
    for (const struct clause *k = s->u.call.clauses; k; k = k->next, n++)
        if (k->kind == CLAUSE_ELSE)
            other = &w->blocks[n];
    for (unsigned i = 0; i < w->set->count; i++)
        w->to[i] = other;
    n = 0;
    for (const struct clause *k = s->u.call.clauses; k; k = k->next, n++)
        for (const struct clause_outcome *o = k->outcomes; o; o = o->next)
            if (o->literal)
                w->literal[o->outcome] = true;
            else
                w->to[o->outcome] = &w->blocks[n];
}

/* Nothing is compared where all outcomes go on alike, or all but one. */
static void emit_ways(struct emit *e, struct ways *w)
{
    struct label *to[OUTCOMES_MAX];
    unsigned odd = 0, count = w->set->count;
    for (unsigned i = 0; i < count; i++) {
        to[i] = w->literal[i] ? &w->tests[i] : w->to[i];
        if (to[i] != &w->end)
            odd++;
    }
    if (!odd)
        return;
    if (odd > 1 || count == 1) {
        code_switch(&e->code, w->base, -1, to, count);
        return;
    }
    for (unsigned i = 0; i < count; i++)
        if (to[i] != &w->end)
            code_jump2(&e->code, OP_JEQI, w->base, i, to[i]);
}

static void emit_test(struct emit *e, const struct ways *w, const struct clause_outcome *o, struct label *to)
{
    unsigned have = w->base + w->set->items[o->outcome].slots[0];
    struct operand want = emit_operand(e, o->literal);
    if (o->literal->type->slot == TYPE_TEXT) {
        unsigned same = code_slot(&e->code, TYPE_BOOL);
        code_op3(&e->code, OP_TEQ, same, have, want.slot);
        code_jump1(&e->code, OP_JT, same, to);
        code_release(&e->code, same, 1);
    } else {
        code_jump2(&e->code, OP_JEQ, have, want.slot, to);
    }
    done(e, want);
}

static void emit_tests(struct emit *e, const struct stmt *s, struct ways *w, int outcome)
{
    unsigned n = 0;
    code_place(&e->code, &w->tests[outcome]);
    for (const struct clause *k = s->u.call.clauses; k; k = k->next, n++)
        for (const struct clause_outcome *o = k->outcomes; o; o = o->next)
            if (o->literal && o->outcome == outcome)
                emit_test(e, w, o, &w->blocks[n]);
    code_jump(&e->code, w->to[outcome]);
}

void emit_clause_body(struct emit *e, const struct clause *clause, const struct outcome_set *set, unsigned base)
{
    const struct clause_outcome *o = clause->outcomes;
    unsigned n = 0;
    for (const struct binding *b = o ? o->bindings : NULL; b; b = b->next, n++)
        b->symbol->slot = (int)(base + set->items[o->outcome].slots[n]);
    emit_block(e, clause->body);
}

static unsigned count_clauses(const struct stmt *s)
{
    unsigned n = 0;
    for (const struct clause *k = s->u.call.clauses; k; k = k->next)
        n++;
    return n;
}

void emit_clauses(struct emit *e, const struct stmt *s, const struct outcome_set *set, unsigned base)
{
    unsigned n = count_clauses(s);
    if (!n)
        return;
    struct ways w = { .set = set, .base = base, .blocks = ARENA_ARRAY(e->arena, struct label, n) };
    find_ways(s, &w);
    emit_ways(e, &w);
    code_jump(&e->code, &w.end);
    for (unsigned i = 0; i < set->count; i++)
        if (w.literal[i])
            emit_tests(e, s, &w, (int)i);
    n = 0;
    for (const struct clause *k = s->u.call.clauses; k; k = k->next, n++) {
        code_place(&e->code, &w.blocks[n]);
        emit_clause_body(e, k, set, base);
        code_jump(&e->code, &w.end);
    }
    code_place(&e->code, &w.end);
}
