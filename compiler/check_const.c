#include "compiler/check_const.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compiler/check_scope.h"

/* Longer texts are joined as the flow runs: constants made of constants must not grow without end. */
enum { CONST_TEXT_MAX = 65535 };

static bool known_number(struct const_value *out, const struct check_type *type, int64_t num)
{
    *out = (struct const_value){ .type = type, .num = num };
    return true;
}

static bool arithmetic(enum expr_op op, int64_t a, int64_t b, int64_t *out)
{
    switch (op) {
    case OPER_ADD: return !__builtin_add_overflow(a, b, out);
    case OPER_SUBTRACT: return !__builtin_sub_overflow(a, b, out);
    case OPER_MULTIPLY: return !__builtin_mul_overflow(a, b, out);
    case OPER_DIVIDE: return b != 0 && !(a == INT64_MIN && b == -1) && (*out = a / b, true);
    case OPER_REMAINDER: return b != 0 && b != -1 && (*out = a % b, true);
    default: return false;
    }
}

static bool eval_operation(struct arena *arena, const struct expr *e, struct const_value *out)
{
    struct const_value a, b;
    int64_t n;
    if (!e->u.op.right) {
        if (e->u.op.op != OPER_NEGATE || !const_eval(arena, e->u.op.left, &a) || a.num == INT64_MIN)
            return false;
        return known_number(out, e->type, -a.num);
    }
    if (e->u.op.op < OPER_MULTIPLY || e->u.op.op > OPER_SUBTRACT || e->u.op.left->kind == EXPR_DATE)
        return false;
    if (!const_eval(arena, e->u.op.left, &a) || !const_eval(arena, e->u.op.right, &b))
        return false;
    return arithmetic(e->u.op.op, a.num, b.num, &n) && known_number(out, e->type, n);
}

static bool eval_list(struct arena *arena, const struct expr *e, struct const_value *out)
{
    uint32_t n = 0;
    struct const_value *items;
    if (e->type->slot != TYPE_LIST_TEXT && e->type->slot != TYPE_LIST_NUM)
        return false;
    for (const struct list_item *i = e->u.items; i; i = i->next)
        n++;
    items = ARENA_ARRAY(arena, struct const_value, n + 1);
    n = 0;
    for (const struct list_item *i = e->u.items; i; i = i->next, n++)
        if (!const_eval(arena, i->value, &items[n]))
            return false;
    *out = (struct const_value){ .type = e->type, .items = items, .count = n };
    return true;
}

static void add_piece(struct sbuf *text, const struct const_value *v)
{
    if (v->type->slot == TYPE_TEXT)
        sbuf_str(text, v->text);
    else
        sbuf_fmt(text, "%" PRId64, v->num);
}

static bool eval_join(struct arena *arena, const struct expr *e, struct const_value *out)
{
    struct sbuf text = { 0 };
    struct const_value v;
    bool known = true;
    for (const struct text_part *p = e->u.parts; p && known && text.len <= CONST_TEXT_MAX; p = p->next) {
        if (!p->expr)
            sbuf_str(&text, p->text);
        else if ((known = const_eval(arena, p->expr, &v) && (v.type == T(TEXT) || v.type == T(INT))))
            add_piece(&text, &v);
    }
    known = known && text.len <= CONST_TEXT_MAX;
    if (known) {
        struct str copy = { arena_dup(arena, text.p ? text.p : "", text.len), text.len };
        *out = (struct const_value){ .type = T(TEXT), .text = copy };
    }
    sbuf_free(&text);
    return known;
}

static bool eval_name(const struct expr *e, struct const_value *out)
{
    if (e->symbol && e->symbol->kind == SYMBOL_CONST && e->symbol->state == CONST_DONE && e->symbol->value.type) {
        *out = e->symbol->value;
        return true;
    }
    if (!e->symbol && e->type == T(CAUSE)) {
        const char *name = e->u.name.name->text.p;
        return known_number(out, T(CAUSE), cause_status(name));
    }
    return false;
}

bool const_eval(struct arena *arena, const struct expr *e, struct const_value *out)
{
    if (!e->type || type_is_bad(e->type))
        return false;
    switch (e->kind) {
    case EXPR_INT:
    case EXPR_DURATION: return known_number(out, e->type, e->u.integer);
    case EXPR_BOOL: return known_number(out, e->type, e->u.boolean);
    case EXPR_TEXT: *out = (struct const_value){ .type = T(TEXT), .text = e->u.text }; return true;
    case EXPR_JOIN: return eval_join(arena, e, out);
    case EXPR_NAME: return eval_name(e, out);
    case EXPR_UNARY:
    case EXPR_BINARY: return eval_operation(arena, e, out);
    case EXPR_LIST: return eval_list(arena, e, out);
    case EXPR_DATE:
    case EXPR_FIELD:
    case EXPR_INDEX:
    case EXPR_AS:
    case EXPR_CALL:
    case EXPR_OBJECT:
    case EXPR_BAD: return false;
    }
    return false;
}

bool const_text(struct arena *arena, const struct expr *e, struct str *out)
{
    struct const_value v;
    if (!const_eval(arena, e, &v) || v.type != T(TEXT))
        return false;
    *out = v.text;
    return true;
}

/* The C library knows zones only through TZ. A tool's process has one thread, and gets its own zone back. */
int64_t date_moment(struct date date, struct str zone)
{
    struct tm day = { .tm_year = date.year - 1900, .tm_mon = date.month - 1, .tm_mday = date.day, .tm_isdst = -1 };
    const char *old = getenv("TZ");
    char *kept = old ? strdup(old) : NULL;
    char name[128];
    snprintf(name, sizeof name, ":%.*s", STR_ARG(zone));
    setenv("TZ", zone.len ? name : "UTC0", 1);
    tzset();
    int64_t seconds = mktime(&day);
    if (kept)
        setenv("TZ", kept, 1);
    else
        unsetenv("TZ");
    tzset();
    free(kept);
    return seconds * 1000;
}
