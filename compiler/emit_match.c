/* match: a table of texts, or comparisons one after another. */
#include "compiler/emit_state.h"

enum { TABLE_MAX = 250 };

static unsigned count_literals(const struct stmt_match *m)
{
    unsigned n = 0;
    for (const struct match_arm *arm = m->arms; arm; arm = arm->next)
        for (const struct list_item *l = arm->literals; l; l = l->next)
            n++;
    return n;
}

static void emit_table(struct emit *e, const struct stmt_match *m, unsigned value, struct label *arms)
{
    struct str texts[TABLE_MAX];
    struct label *to[TABLE_MAX];
    unsigned n = 0, i = 0;
    for (const struct match_arm *arm = m->arms; arm; arm = arm->next, i++)
        for (const struct list_item *l = arm->literals; l; l = l->next, n++) {
            const_text(e->arena, l->value, &texts[n]);
            to[n] = &arms[i];
        }
    code_switch(&e->code, value, (int)pool_texts(e, texts, n), to, n);
}

static void emit_compare(struct emit *e, unsigned value, const struct expr *literal, struct label *to)
{
    struct const_value v;
    bool text = literal->type->slot == TYPE_TEXT;
    const_eval(e->arena, literal, &v);
    if (!text && v.num >= INT8_MIN && v.num <= INT8_MAX) {
        code_jump2(&e->code, OP_JEQI, value, (uint8_t)v.num, to);
        return;
    }
    unsigned k = code_slot(&e->code, literal->type->slot);
    emit_const(e, &v, k);
    if (text) {
        unsigned same = code_slot(&e->code, TYPE_BOOL);
        code_op3(&e->code, OP_TEQ, same, value, k);
        code_jump1(&e->code, OP_JT, same, to);
        code_release(&e->code, same, 1);
    } else {
        code_jump2(&e->code, OP_JEQ, value, k, to);
    }
    code_release(&e->code, k, 1);
}

static void emit_chain(struct emit *e, const struct stmt_match *m, unsigned value, struct label *arms)
{
    unsigned i = 0;
    for (const struct match_arm *arm = m->arms; arm; arm = arm->next, i++)
        for (const struct list_item *l = arm->literals; l; l = l->next)
            emit_compare(e, value, l->value, &arms[i]);
}

static unsigned count_arms(const struct stmt_match *m)
{
    unsigned n = 0;
    for (const struct match_arm *arm = m->arms; arm; arm = arm->next)
        n++;
    return n;
}

void emit_match(struct emit *e, const struct stmt_match *m)
{
    unsigned n = count_arms(m), i = 0, literals = count_literals(m);
    struct label *arms = ARENA_ARRAY(e->arena, struct label, n + 1), end = LABEL_NEW;
    struct operand value = emit_operand(e, m->value);
    if (m->value->type->slot == TYPE_TEXT && literals && literals <= TABLE_MAX)
        emit_table(e, m, value.slot, arms);
    else
        emit_chain(e, m, value.slot, arms);
    done(e, value);
    for (const struct match_arm *arm = m->arms; arm; arm = arm->next, i++) /* what no arm takes goes to else */
        if (!arm->literals)
            break;
    code_jump(&e->code, i < n ? &arms[i] : &end);
    i = 0;
    for (const struct match_arm *arm = m->arms; arm; arm = arm->next, i++) {
        code_place(&e->code, &arms[i]);
        emit_block(e, arm->body);
        code_jump(&e->code, &end);
    }
    code_place(&e->code, &end);
}
