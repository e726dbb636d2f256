/* Expressions: into a slot, or where they are already. */
#include "compiler/emit_state.h"

void done(struct emit *e, struct operand o)
{
    if (o.temp)
        code_release(&e->code, o.slot, 1);
}

static struct operand temp(struct emit *e, enum type type)
{
    return (struct operand){ code_slot(&e->code, type), true };
}

void emit_number(struct emit *e, int64_t n, unsigned dst)
{
    if (n >= INT8_MIN && n <= INT8_MAX)
        code_op2(&e->code, OP_LOADI, dst, (uint8_t)n);
    else
        code_wide(&e->code, OP_LOADK, dst, pool_number(e, n));
}

struct operand emit_text_const(struct emit *e, struct str text)
{
    struct operand o = temp(e, TYPE_TEXT);
    code_wide(&e->code, OP_TEXTK, o.slot, pool_text(e, text));
    return o;
}

void emit_const(struct emit *e, const struct const_value *v, unsigned dst)
{
    switch (v->type->slot) {
    case TYPE_TEXT: code_wide(&e->code, OP_TEXTK, dst, pool_text(e, v->text)); break;
    case TYPE_LIST_TEXT: code_wide(&e->code, OP_LISTTK, dst, pool_list(e, v)); break;
    case TYPE_LIST_NUM: code_wide(&e->code, OP_LISTNK, dst, pool_list(e, v)); break;
    default: emit_number(e, v->num, dst); break;
    }
}

struct operand emit_operand(struct emit *e, const struct expr *x)
{
    if (x->kind == EXPR_NAME && x->symbol && x->symbol->slot >= 0)
        return (struct operand){ (unsigned)x->symbol->slot, false };
    if (x->kind == EXPR_CALL && x->u.call.fn)
        return emit_fn_call(e, x);
    struct operand o = temp(e, x->type->slot);
    emit_into(e, x, o.slot);
    return o;
}

static void emit_name_into(struct emit *e, const struct expr *x, unsigned dst)
{
    const struct symbol *s = x->symbol;
    if (s && s->slot >= 0)
        code_op2(&e->code, OP_MOVE, dst, (unsigned)s->slot);
    else if (s && s->decl)
        emit_into(e, s->decl->u.value, dst); /* a constant that no image can hold: a sound, a date */
}

static const enum opcode numeric[] = {
    [OPER_MULTIPLY] = OP_MUL, [OPER_DIVIDE] = OP_DIV,   [OPER_REMAINDER] = OP_REM,
    [OPER_ADD] = OP_ADD,      [OPER_SUBTRACT] = OP_SUB,
};

/* The instruction for an operation with a small number beside it, and the number that it takes; else OP_COUNT. */
static unsigned with_small(enum expr_op op, int64_t *n)
{
    if (*n <= INT8_MIN || *n > INT8_MAX)
        return OP_COUNT;
    switch (op) {
    case OPER_SUBTRACT: *n = -*n; return OP_ADDI;
    case OPER_ADD: return OP_ADDI;
    case OPER_MULTIPLY: return OP_MULI;
    case OPER_DIVIDE: return *n > 0 ? OP_DIVI : OP_COUNT;
    case OPER_REMAINDER: return *n > 0 ? OP_REMI : OP_COUNT;
    default: return OP_COUNT;
    }
}

/* x + 5, 5 + x, x - 5, x * 5, 5 * x, x / 5, x % 5. */
static bool emit_small(struct emit *e, const struct expr_operation *o, unsigned dst)
{
    struct const_value v;
    const struct expr *side = o->left;
    if (!const_eval(e->arena, o->right, &v)) {
        side = o->right;
        if ((o->op != OPER_ADD && o->op != OPER_MULTIPLY) || !const_eval(e->arena, o->left, &v))
            return false;
    }
    unsigned op = with_small(o->op, &v.num);
    if (op == OP_COUNT)
        return false;
    struct operand a = emit_operand(e, side);
    code_op3(&e->code, (enum opcode)op, dst, a.slot, (uint8_t)v.num);
    done(e, a);
    return true;
}

static void emit_two(struct emit *e, enum opcode op, const struct expr *left, const struct expr *right, unsigned dst)
{
    struct operand a = emit_operand(e, left), b = emit_operand(e, right);
    code_op3(&e->code, op, dst, a.slot, b.slot);
    done(e, b);
    done(e, a);
}

static void emit_comparison(struct emit *e, const struct expr_operation *o, unsigned dst)
{
    bool text = o->left->type->slot == TYPE_TEXT;
    enum opcode less = text ? OP_TLT : OP_LT;
    switch (o->op) {
    case OPER_EQUAL:
    case OPER_NOT_EQUAL: emit_two(e, text ? OP_TEQ : OP_EQ, o->left, o->right, dst); break;
    case OPER_LESS:
    case OPER_GREATER_EQUAL: emit_two(e, less, o->left, o->right, dst); break;
    default: emit_two(e, less, o->right, o->left, dst); break;
    }
    if (o->op == OPER_NOT_EQUAL || o->op == OPER_LESS_EQUAL || o->op == OPER_GREATER_EQUAL)
        code_op2(&e->code, OP_NOT, dst, dst);
}

static void emit_logic(struct emit *e, const struct expr *x, unsigned dst)
{
    struct label no = LABEL_NEW, end = LABEL_NEW;
    emit_branch(e, x, false, &no);
    emit_number(e, 1, dst);
    code_jump(&e->code, &end);
    code_place(&e->code, &no);
    emit_number(e, 0, dst);
    code_place(&e->code, &end);
}

static void emit_binary(struct emit *e, const struct expr *x, unsigned dst)
{
    const struct expr_operation *o = &x->u.op;
    switch (o->op) {
    case OPER_AND:
    case OPER_OR: emit_logic(e, x, dst); break;
    case OPER_IN: emit_two(e, o->right->type->slot == TYPE_LIST_TEXT ? OP_INT : OP_INN, o->left, o->right, dst); break;
    case OPER_MATCHES: emit_two(e, OP_MATCH, o->left, o->right, dst); break;
    case OPER_EQUAL:
    case OPER_NOT_EQUAL:
    case OPER_LESS:
    case OPER_LESS_EQUAL:
    case OPER_GREATER:
    case OPER_GREATER_EQUAL: emit_comparison(e, o, dst); break;
    default:
        if (!emit_small(e, o, dst))
            emit_two(e, numeric[o->op], o->left, o->right, dst);
    }
}

static void emit_unary(struct emit *e, const struct expr *x, unsigned dst)
{
    struct operand a = emit_operand(e, x->u.op.left);
    code_op2(&e->code, x->u.op.op == OPER_NOT ? OP_NOT : OP_NEG, dst, a.slot);
    done(e, a);
}

void emit_into(struct emit *e, const struct expr *x, unsigned dst)
{
    struct const_value v;
    if (x->kind != EXPR_CALL && const_eval(e->arena, x, &v)) {
        emit_const(e, &v, dst);
        return;
    }
    switch (x->kind) {
    case EXPR_NAME: emit_name_into(e, x, dst); break;
    case EXPR_UNARY: emit_unary(e, x, dst); break;
    case EXPR_BINARY: emit_binary(e, x, dst); break;
    case EXPR_JOIN: emit_join_into(e, x, dst); break;
    case EXPR_FIELD: emit_field_into(e, x, dst); break;
    case EXPR_INDEX: emit_index_into(e, x, dst); break;
    case EXPR_AS: emit_as_into(e, x, dst); break;
    case EXPR_CALL: emit_call_into(e, x, dst); break;
    case EXPR_LIST: emit_list_into(e, x, dst); break;
    case EXPR_OBJECT: emit_object_into(e, x, dst); break;
    case EXPR_DATE: emit_number(e, date_moment(x->u.date, e->zone), dst); break;
    case EXPR_BAD:
    case EXPR_INT:
    case EXPR_BOOL:
    case EXPR_TEXT:
    case EXPR_DURATION: break; /* constants all */
    }
}
