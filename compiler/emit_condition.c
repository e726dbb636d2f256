/* Bools that decide where to go on: no bool is made where a jump can compare. */
#include "compiler/emit_state.h"

static bool small(struct emit *e, const struct expr *x, int64_t *n)
{
    struct const_value v;
    if (!const_eval(e->arena, x, &v) || v.num <= INT8_MIN || v.num >= INT8_MAX)
        return false;
    *n = v.num;
    return true;
}

static enum expr_op opposite(enum expr_op op)
{
    switch (op) {
    case OPER_EQUAL: return OPER_NOT_EQUAL;
    case OPER_NOT_EQUAL: return OPER_EQUAL;
    case OPER_LESS: return OPER_GREATER_EQUAL;
    case OPER_LESS_EQUAL: return OPER_GREATER;
    case OPER_GREATER: return OPER_LESS_EQUAL;
    default: return OPER_LESS;
    }
}

static void branch_small(struct emit *e, enum expr_op op, const struct expr *left, int64_t n, struct label *to)
{
    struct operand a = emit_operand(e, left);
    struct code *c = &e->code;
    switch (op) {
    case OPER_EQUAL: code_jump2(c, OP_JEQI, a.slot, (uint8_t)n, to); break;
    case OPER_NOT_EQUAL: code_jump2(c, OP_JNEI, a.slot, (uint8_t)n, to); break;
    case OPER_LESS: code_jump2(c, OP_JLTI, a.slot, (uint8_t)n, to); break;
    case OPER_LESS_EQUAL: code_jump2(c, OP_JLTI, a.slot, (uint8_t)(n + 1), to); break;
    case OPER_GREATER: code_jump2(c, OP_JGEI, a.slot, (uint8_t)(n + 1), to); break;
    default: code_jump2(c, OP_JGEI, a.slot, (uint8_t)n, to); break;
    }
    done(e, a);
}

static void branch_numbers(struct emit *e, enum expr_op op, const struct expr_operation *o, struct label *to)
{
    int64_t n;
    struct code *c = &e->code;
    if (small(e, o->right, &n)) {
        branch_small(e, op, o->left, n, to);
        return;
    }
    struct operand a = emit_operand(e, o->left), b = emit_operand(e, o->right);
    switch (op) {
    case OPER_EQUAL: code_jump2(c, OP_JEQ, a.slot, b.slot, to); break;
    case OPER_NOT_EQUAL: code_jump2(c, OP_JNE, a.slot, b.slot, to); break;
    case OPER_LESS: code_jump2(c, OP_JLT, a.slot, b.slot, to); break;
    case OPER_LESS_EQUAL: code_jump2(c, OP_JLE, a.slot, b.slot, to); break;
    case OPER_GREATER: code_jump2(c, OP_JLT, b.slot, a.slot, to); break;
    default: code_jump2(c, OP_JLE, b.slot, a.slot, to); break;
    }
    done(e, b);
    done(e, a);
}

static void branch_both(struct emit *e, const struct expr_operation *o, bool when, struct label *to)
{
    bool at_once = (o->op == OPER_OR) == when; /* the left side alone can decide to go */
    struct label skip = LABEL_NEW;
    emit_branch(e, o->left, at_once ? when : !when, at_once ? to : &skip);
    emit_branch(e, o->right, when, to);
    code_place(&e->code, &skip);
}

static bool compares_numbers(const struct expr *x)
{
    return x->kind == EXPR_BINARY && x->u.op.op >= OPER_EQUAL && x->u.op.op <= OPER_GREATER_EQUAL &&
           !type_is_ref(x->u.op.left->type->slot);
}

void emit_branch(struct emit *e, const struct expr *x, bool when, struct label *to)
{
    if (x->kind == EXPR_BOOL) {
        if (x->u.boolean == when)
            code_jump(&e->code, to);
    } else if (x->kind == EXPR_UNARY) {
        emit_branch(e, x->u.op.left, !when, to);
    } else if (x->kind == EXPR_BINARY && (x->u.op.op == OPER_AND || x->u.op.op == OPER_OR)) {
        branch_both(e, &x->u.op, when, to);
    } else if (compares_numbers(x)) {
        branch_numbers(e, when ? x->u.op.op : opposite(x->u.op.op), &x->u.op, to);
    } else {
        struct operand a = emit_operand(e, x);
        code_jump1(&e->code, when ? OP_JT : OP_JF_, a.slot, to);
        done(e, a);
    }
}
