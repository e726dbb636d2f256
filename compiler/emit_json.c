/* json made and read. */
#include "compiler/emit_state.h"

static struct operand temp(struct emit *e, enum type type)
{
    return (struct operand){ code_slot(&e->code, type), true };
}

/* A list of texts that is no literal: its elements are added one by one as the flow runs. */
static void emit_copy_list(struct emit *e, const struct expr *x, unsigned dst)
{
    struct code *c = &e->code;
    struct label end = LABEL_NEW;
    struct operand list = emit_operand(e, x), at = temp(e, TYPE_INT), length = temp(e, TYPE_INT);
    struct operand text = temp(e, TYPE_TEXT), item = temp(e, TYPE_JSON);
    code_op1(c, OP_JARR, dst);
    code_op2(c, OP_LENT, length.slot, list.slot);
    emit_number(e, 0, at.slot);
    uint32_t head = code_here(c);
    code_jump2(c, OP_JLE, length.slot, at.slot, &end);
    code_op3(c, OP_ATT, text.slot, list.slot, at.slot);
    code_op2(c, OP_JOFT, item.slot, text.slot);
    code_op2(c, OP_JADD, dst, item.slot);
    code_op3(c, OP_ADDI, at.slot, at.slot, 1);
    code_loop(c, head);
    code_place(c, &end);
    done(e, item);
    done(e, text);
    done(e, length);
    done(e, at);
    done(e, list);
}

void emit_json_into(struct emit *e, const struct expr *x, unsigned dst)
{
    struct operand a;
    if (x->type->slot == TYPE_JSON) {
        emit_into(e, x, dst);
    } else if (x->kind == EXPR_LIST) {
        emit_json_list_into(e, x, dst);
    } else if (type_is_list(x->type)) {
        emit_copy_list(e, x, dst);
    } else {
        a = emit_operand(e, x);
        code_op2(&e->code, x->type->slot == TYPE_TEXT ? OP_JOFT : x->type == T(BOOL) ? OP_JOFB : OP_JOFN, dst, a.slot);
        done(e, a);
    }
}

void emit_json_list_into(struct emit *e, const struct expr *x, unsigned dst)
{
    struct operand item = temp(e, TYPE_JSON);
    code_op1(&e->code, OP_JARR, dst);
    for (const struct list_item *i = x->u.items; i; i = i->next) {
        emit_json_into(e, i->value, item.slot);
        code_op2(&e->code, OP_JADD, dst, item.slot);
    }
    done(e, item);
}

void emit_object_into(struct emit *e, const struct expr *x, unsigned dst)
{
    struct operand value = temp(e, TYPE_JSON);
    code_op1(&e->code, OP_JOBJ, dst);
    for (const struct object_item *i = x->u.object; i; i = i->next) {
        emit_json_into(e, i->value, value.slot);
        struct operand key = emit_text_const(e, i->key.text);
        code_op3(&e->code, OP_JPUT, dst, key.slot, value.slot);
        done(e, key);
    }
    done(e, value);
}

/* ---- as … else ---- */

static void read_json(struct emit *e, const struct expr *x, unsigned dst, struct label *end)
{
    struct operand from = emit_operand(e, x->u.as.base), ok = temp(e, TYPE_BOOL);
    enum type to = x->type->slot;
    enum opcode op = to == TYPE_TEXT ? OP_JTEXT : to == TYPE_INT ? OP_JINT : to == TYPE_BOOL ? OP_JBOOL : OP_JLIST;
    code_op3(&e->code, op, dst, ok.slot, from.slot);
    code_jump1(&e->code, OP_JT, ok.slot, end);
    done(e, ok);
    done(e, from);
}

static void read_int(struct emit *e, const struct expr *x, unsigned dst, struct label *end)
{
    struct operand from = emit_operand(e, x->u.as.base), ok = temp(e, TYPE_BOOL);
    emit_number(e, 0, dst);
    code_op4(&e->code, OP_TINT, dst, ok.slot, (unsigned[]){ from.slot, dst });
    code_jump1(&e->code, OP_JT, ok.slot, end);
    done(e, ok);
    done(e, from);
}

static void read_bool(struct emit *e, const struct expr *x, unsigned dst, struct label *end)
{
    static const struct str words[] = { { "no", 2 }, { "yes", 3 }, { "false", 5 }, { "true", 4 } };
    struct label at[4] = { LABEL_NEW, LABEL_NEW, LABEL_NEW, LABEL_NEW }, none = LABEL_NEW;
    struct label *to[4] = { &at[0], &at[1], &at[0], &at[1] };
    struct operand from = emit_operand(e, x->u.as.base);
    code_switch(&e->code, from.slot, (int)pool_texts(e, words, 4), to, 4);
    code_jump(&e->code, &none);
    for (int64_t value = 0; value < 2; value++) {
        code_place(&e->code, &at[value]);
        emit_number(e, value, dst);
        code_jump(&e->code, end);
    }
    code_place(&e->code, &none);
    done(e, from);
}

void emit_as_into(struct emit *e, const struct expr *x, unsigned dst)
{
    struct label end = LABEL_NEW;
    if (x->u.as.base->type->slot == TYPE_TEXT && x->type == T(TEXT)) {
        emit_into(e, x->u.as.base, dst);
        return;
    }
    if (x->u.as.base->type == T(JSON))
        read_json(e, x, dst, &end);
    else if (x->type == T(INT))
        read_int(e, x, dst, &end);
    else
        read_bool(e, x, dst, &end);
    emit_into(e, x->u.as.other, dst);
    code_place(&e->code, &end);
}
