#include "compiler/check_context.h"
#include "compiler/check_keys.h"

static const char *const signs[] = {
    [OPER_NEGATE] = "-",         [OPER_NOT] = "not",       [OPER_MULTIPLY] = "*",
    [OPER_DIVIDE] = "/",         [OPER_REMAINDER] = "%",   [OPER_ADD] = "+",
    [OPER_SUBTRACT] = "-",       [OPER_EQUAL] = "==",      [OPER_NOT_EQUAL] = "!=",
    [OPER_LESS] = "<",           [OPER_LESS_EQUAL] = "<=", [OPER_GREATER] = ">",
    [OPER_GREATER_EQUAL] = ">=", [OPER_IN] = "in",         [OPER_MATCHES] = "matches",
    [OPER_AND] = "and",          [OPER_OR] = "or",
};

/* What the arithmetic operators take and give. */
static const struct {
    enum expr_op op;
    enum check_kind left, right, result;
} rows[] = {
    { OPER_ADD, KIND_INT, KIND_INT, KIND_INT },
    { OPER_ADD, KIND_DURATION, KIND_DURATION, KIND_DURATION },
    { OPER_ADD, KIND_MOMENT, KIND_DURATION, KIND_MOMENT },
    { OPER_ADD, KIND_DURATION, KIND_MOMENT, KIND_MOMENT },
    { OPER_SUBTRACT, KIND_INT, KIND_INT, KIND_INT },
    { OPER_SUBTRACT, KIND_DURATION, KIND_DURATION, KIND_DURATION },
    { OPER_SUBTRACT, KIND_MOMENT, KIND_DURATION, KIND_MOMENT },
    { OPER_SUBTRACT, KIND_MOMENT, KIND_MOMENT, KIND_DURATION },
    { OPER_MULTIPLY, KIND_INT, KIND_INT, KIND_INT },
    { OPER_MULTIPLY, KIND_DURATION, KIND_INT, KIND_DURATION },
    { OPER_MULTIPLY, KIND_INT, KIND_DURATION, KIND_DURATION },
    { OPER_DIVIDE, KIND_INT, KIND_INT, KIND_INT },
    { OPER_DIVIDE, KIND_DURATION, KIND_INT, KIND_DURATION },
    { OPER_REMAINDER, KIND_INT, KIND_INT, KIND_INT },
};

static const struct check_type *arithmetic(struct check *c, const struct expr *e, const struct check_type *a,
                                           const struct check_type *b)
{
    const struct expr_operation *o = &e->u.op;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].op == o->op && rows[i].left == a->kind && rows[i].right == b->kind)
            return &check_types[rows[i].result];
    struct diag *d =
        diag_error(c->diags, e->span, "%s and %s do not go together with '%s'", a->article, b->article, signs[o->op]);
    if (o->op == OPER_ADD && (type_is_textual(a) || type_is_textual(b)))
        diag_help(d, "values are joined inside a text: \"{a}{b}\"");
    return T(BAD);
}

static bool has_equality(const struct check_type *t) { return t->kind >= KIND_INT && t->kind <= KIND_TEXT; }
static bool has_order(const struct check_type *t)
{
    return t == T(INT) || t == T(DURATION) || t == T(MOMENT) || t == T(TEXT);
}

static const struct check_type *as_text(const struct check_type *t) { return type_is_textual(t) ? T(TEXT) : t; }

static const struct check_type *comparison(struct check *c, const struct expr *e, const struct check_type *a,
                                           const struct check_type *b)
{
    bool order = e->u.op.op >= OPER_LESS;
    a = as_text(a);
    b = as_text(b);
    if (a != b) {
        diag_error(c->diags, e->span, "%s and %s cannot be compared", a->article, b->article);
        return T(BAD);
    }
    if (order ? has_order(a) : has_equality(a))
        return T(BOOL);
    struct diag *d = diag_error(c->diags, e->span, "%s cannot be compared with '%s'", a->article, signs[e->u.op.op]);
    if (a == T(JSON))
        diag_help(d, "say what it is expected to be: 'as text else \"\"'");
    return T(BAD);
}

static const struct check_type *membership(struct check *c, const struct expr *e, const struct check_type *a,
                                           const struct check_type *b)
{
    if (!type_is_list(b) || b == T(LIST_SOUND)) {
        check_mismatch(c, e->u.op.right, "'in'", "a list");
        return T(BAD);
    }
    if (b == T(EMPTY)) {
        diag_error(c->diags, e->u.op.right->span, "nothing is in an empty list");
        return T(BAD);
    }
    if (type_fits(a, b->element))
        return T(BOOL);
    diag_error(c->diags, e->span, "%s cannot be in %s", a->article, b->article);
    return T(BAD);
}

static const struct check_type *pattern(struct check *c, const struct expr *e, const struct check_type *a,
                                        const struct check_type *b)
{
    struct str text;
    if (!type_is_textual(a))
        return check_mismatch(c, e->u.op.left, "'matches'", "a text"), T(BAD);
    if (!type_is_textual(b))
        return check_mismatch(c, e->u.op.right, "'matches'", "a pattern as text"), T(BAD);
    if (const_text(c->arena, e->u.op.right, &text) && check_bad_pattern(c, text, e->u.op.right->span))
        return T(BAD);
    return T(BOOL);
}

static const struct check_type *unary(struct check *c, const struct expr *e)
{
    struct expr *side = e->u.op.left;
    if (e->u.op.op == OPER_NOT)
        return check_wants(c, side, T(BOOL), "'not'") ? T(BOOL) : T(BAD);
    const struct check_type *t = check_expr(c, side, NULL);
    if (t == T(INT) || t == T(DURATION) || type_is_bad(t))
        return t;
    check_mismatch(c, side, "'-'", "a number");
    return T(BAD);
}

static const struct check_type *logic(struct check *c, const struct expr *e)
{
    const char *who = e->u.op.op == OPER_AND ? "'and'" : "'or'";
    bool left = check_wants(c, e->u.op.left, T(BOOL), who);
    bool right = check_wants(c, e->u.op.right, T(BOOL), who);
    return left && right ? T(BOOL) : T(BAD);
}

const struct check_type *check_operation(struct check *c, struct expr *e)
{
    enum expr_op op = e->u.op.op;
    if (!e->u.op.right)
        return unary(c, e);
    if (op == OPER_AND || op == OPER_OR)
        return logic(c, e);
    const struct check_type *a = check_expr(c, e->u.op.left, NULL);
    const struct check_type *b = check_expr(c, e->u.op.right, op == OPER_IN ? type_list_of(a) : NULL);
    if (type_is_bad(a) || type_is_bad(b))
        return T(BAD);
    check_keys_compared(c, e);
    if (op == OPER_IN)
        return membership(c, e, a, b);
    if (op == OPER_MATCHES)
        return pattern(c, e, a, b);
    return op >= OPER_EQUAL ? comparison(c, e, a, b) : arithmetic(c, e, a, b);
}
