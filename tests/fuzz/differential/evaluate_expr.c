/* Values. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/check_builtin.h"
#include "tests/fuzz/differential/eval.h"

static struct eval_value of_num(int64_t n) { return (struct eval_value){ .num = n }; }
static struct eval_value of_text(struct str s) { return (struct eval_value){ .text = s }; }

static struct eval_value name_value(struct eval *e, const struct expr *x)
{
    if (!x->symbol) /* a cause's name */
        return of_num(cause_status(x->u.name.name->text.p));
    for (const struct eval_cell *c = e->cells; c; c = c->next)
        if (c->symbol == x->symbol)
            return c->value;
    return eval_expr(e, x->symbol->decl->u.value); /* a constant */
}

static int64_t arithmetic(struct eval *e, enum expr_op op, int64_t a, int64_t b)
{
    __int128 n;
    if ((op == OPER_DIVIDE || op == OPER_REMAINDER) && b == 0)
        eval_end(e, ENDING_DIVISION, 0);
    switch (op) {
    case OPER_ADD: n = (__int128)a + b; break;
    case OPER_SUBTRACT: n = (__int128)a - b; break;
    case OPER_MULTIPLY: n = (__int128)a * b; break;
    case OPER_DIVIDE: n = (__int128)a / b; break;
    default: n = (__int128)a % b; break;
    }
    if (n > INT64_MAX || n < INT64_MIN)
        eval_end(e, ENDING_OVERFLOW, 0);
    return (int64_t)n;
}

static int compare(const struct check_type *type, const struct eval_value *a, const struct eval_value *b)
{
    if (type->slot != TYPE_TEXT)
        return (a->num > b->num) - (a->num < b->num);
    return str_cmp(a->text, b->text);
}

bool eval_same(const struct check_type *type, const struct eval_value *a, const struct eval_value *b)
{
    return compare(type, a, b) == 0;
}

static size_t char_size(struct str s)
{
    size_t n = 1;
    while (n < s.len && ((unsigned char)s.p[n] & 0xc0) == 0x80)
        n++;
    return n;
}

static struct str behind(struct str s, size_t n) { return (struct str){ s.p + n, s.len - n }; }

/* By trying all there is; patterns here are short. Ranges as "[0-5]". */
static bool matches(struct str pattern, struct str text)
{
    if (!pattern.len || !pattern.p)
        return !text.len;
    if (pattern.p[0] == '*') {
        if (matches(behind(pattern, 1), text))
            return true;
        return text.len && matches(pattern, behind(text, char_size(text)));
    }
    if (!text.len)
        return false;
    if (pattern.p[0] == '?')
        return matches(behind(pattern, 1), behind(text, char_size(text)));
    if (pattern.p[0] == '[')
        return text.p[0] >= pattern.p[1] && text.p[0] <= pattern.p[3] && matches(behind(pattern, 5), behind(text, 1));
    return pattern.p[0] == text.p[0] && matches(behind(pattern, 1), behind(text, 1));
}

static bool member(const struct check_type *element, const struct eval_value *v, const struct eval_value *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (eval_same(element, v, &list->items[i]))
            return true;
    return false;
}

static struct eval_value relation(const struct expr *x, const struct eval_value *a, const struct eval_value *b)
{
    const struct check_type *type = x->u.op.left->type;
    int c = x->u.op.op == OPER_IN || x->u.op.op == OPER_MATCHES ? 0 : compare(type, a, b);
    switch (x->u.op.op) {
    case OPER_EQUAL: return of_num(c == 0);
    case OPER_NOT_EQUAL: return of_num(c != 0);
    case OPER_LESS: return of_num(c < 0);
    case OPER_LESS_EQUAL: return of_num(c <= 0);
    case OPER_GREATER: return of_num(c > 0);
    case OPER_GREATER_EQUAL: return of_num(c >= 0);
    case OPER_IN: return of_num(member(type, a, b));
    default: return of_num(matches(b->text, a->text));
    }
}

static struct eval_value operation(struct eval *e, const struct expr *x)
{
    enum expr_op op = x->u.op.op;
    struct eval_value a = eval_expr(e, x->u.op.left), b;
    if (op == OPER_NOT)
        return of_num(!a.num);
    if (op == OPER_NEGATE)
        return of_num(arithmetic(e, OPER_SUBTRACT, 0, a.num));
    if ((op == OPER_AND && !a.num) || (op == OPER_OR && a.num))
        return a;
    b = eval_expr(e, x->u.op.right);
    if (op == OPER_AND || op == OPER_OR)
        return b;
    return op >= OPER_EQUAL ? relation(x, &a, &b) : of_num(arithmetic(e, op, a.num, b.num));
}

struct str eval_text(struct eval *e, const struct check_type *type, const struct eval_value *v)
{
    char digits[32];
    if (type->slot == TYPE_TEXT)
        return v->text;
    const char *cause = type == T(CAUSE) ? cause_name((int)v->num) : NULL;
    snprintf(digits, sizeof digits, "%" PRId64, v->num);
    struct str s = str_of(cause ? cause : digits);
    return (struct str){ arena_dup(e->arena, s.p, s.len), s.len };
}

static struct eval_value joined(struct eval *e, const struct expr *x)
{
    struct sbuf text = { 0 };
    for (const struct text_part *p = x->u.parts; p; p = p->next) {
        if (!p->expr) {
            sbuf_str(&text, p->text);
            continue;
        }
        struct str before = { text.len ? arena_dup(e->arena, text.p, text.len) : "", text.len };
        sbuf_free(&text); /* an end inside the expression must find nothing to free */
        struct eval_value v = eval_expr(e, p->expr);
        sbuf_str(&text, before);
        sbuf_str(&text, eval_text(e, p->expr->type, &v));
    }
    struct str whole = { arena_dup(e->arena, text.len ? text.p : "", text.len), text.len };
    sbuf_free(&text);
    return of_text(whole);
}

static struct eval_value list(struct eval *e, const struct expr *x)
{
    uint32_t n = 0;
    for (const struct list_item *i = x->u.items; i; i = i->next)
        n++;
    struct eval_value *items = ARENA_ARRAY(e->arena, struct eval_value, n + 1);
    n = 0;
    for (const struct list_item *i = x->u.items; i; i = i->next)
        items[n++] = eval_expr(e, i->value);
    return (struct eval_value){ .items = items, .count = n };
}

static struct eval_value element(struct eval *e, const struct expr *x)
{
    struct eval_value of = eval_expr(e, x->u.index.base), at = eval_expr(e, x->u.index.index);
    if (at.num >= 0 && at.num < of.count && of.items)
        return of.items[at.num];
    if (!x->u.index.other)
        eval_end(e, ENDING_INDEX, 0);
    return eval_expr(e, x->u.index.other);
}

/* The whole text as a number: an optional sign, then digits. */
static bool read_int(struct str s, int64_t *out)
{
    size_t at = s.len && s.p && s.p[0] == '-';
    __int128 n = 0;
    if (at == s.len || !s.p)
        return false;
    for (size_t i = at; i < s.len; i++) {
        if (s.p[i] < '0' || s.p[i] > '9' || n > INT64_MAX)
            return false;
        n = n * 10 + (s.p[i] - '0');
    }
    n = at ? -n : n;
    *out = (int64_t)n;
    return n >= INT64_MIN && n <= INT64_MAX;
}

static struct eval_value read_as(struct eval *e, const struct expr *x)
{
    struct eval_value v = eval_expr(e, x->u.as.base);
    int64_t n;
    if (x->type == T(TEXT))
        return v;
    if (x->type == T(INT) && read_int(v.text, &n))
        return of_num(n);
    if (x->type == T(BOOL) && (str_is(v.text, "yes") || str_is(v.text, "true")))
        return of_num(1);
    if (x->type == T(BOOL) && (str_is(v.text, "no") || str_is(v.text, "false")))
        return of_num(0);
    return eval_expr(e, x->u.as.other);
}

static size_t skip(struct str s, int64_t chars)
{
    size_t at = 0;
    while (at < s.len && chars-- > 0)
        at += char_size(behind(s, at));
    return at;
}

static struct eval_value builtin(struct eval *e, const struct expr *x)
{
    struct eval_value v[3] = { { 0 } };
    int64_t chars = 0;
    unsigned n = 0;
    for (const struct arg *a = x->u.call.args; a && n < 3; a = a->next)
        v[n++] = eval_expr(e, a->value);
    if (x->u.call.builtin == BUILTIN_text_part) {
        struct str rest = behind(v[0].text, skip(v[0].text, v[1].num));
        return of_text((struct str){ rest.p, skip(rest, v[2].num) });
    }
    if (x->u.call.builtin != BUILTIN_text_length)
        abort(); /* the generator writes no other */
    for (struct str s = v[0].text; s.len; s = behind(s, char_size(s)))
        chars++;
    return of_num(chars);
}

struct eval_value eval_expr(struct eval *e, const struct expr *x)
{
    eval_step(e);
    switch (x->kind) {
    case EXPR_INT:
    case EXPR_DURATION: return of_num(x->u.integer);
    case EXPR_BOOL: return of_num(x->u.boolean);
    case EXPR_TEXT: return of_text(x->u.text);
    case EXPR_JOIN: return joined(e, x);
    case EXPR_NAME: return name_value(e, x);
    case EXPR_INDEX: return element(e, x);
    case EXPR_AS: return read_as(e, x);
    case EXPR_UNARY:
    case EXPR_BINARY: return operation(e, x);
    case EXPR_LIST: return list(e, x);
    case EXPR_CALL:
        if (!x->u.call.fn)
            return builtin(e, x);
        eval_call(e, x->u.call.fn, x->u.call.args);
        return e->result;
    case EXPR_DATE:
    case EXPR_FIELD:
    case EXPR_OBJECT:
    case EXPR_BAD: break;
    }
    abort(); /* the generator writes no other */
}
