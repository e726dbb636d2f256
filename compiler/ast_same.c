/* Do two expressions read the same? */
#include "compiler/parse.h"
#include "compiler/ast_expr.h"

static bool items_same(const struct list_item *a, const struct list_item *b)
{
    for (; a && b; a = a->next, b = b->next)
        if (!expr_same(a->value, b->value))
            return false;
    return a == b;
}

static bool args_same(const struct arg *a, const struct arg *b)
{
    for (; a && b; a = a->next, b = b->next)
        if (a->label.name != b->label.name || !expr_same(a->value, b->value))
            return false;
    return a == b;
}

static bool parts_same(const struct text_part *a, const struct text_part *b)
{
    for (; a && b; a = a->next, b = b->next)
        if (!str_eq(a->text, b->text) || !expr_same(a->expr, b->expr))
            return false;
    return a == b;
}

static bool objects_same(const struct object_item *a, const struct object_item *b)
{
    for (; a && b; a = a->next, b = b->next)
        if (!str_eq(a->key.text, b->key.text) || !expr_same(a->value, b->value))
            return false;
    return a == b;
}

static bool types_same(const struct type_ref *a, const struct type_ref *b)
{
    for (; a && b; a = a->element, b = b->element)
        if (a->name != b->name)
            return false;
    return a == b;
}

static bool dates_same(struct date a, struct date b)
{
    return a.year == b.year && a.month == b.month && a.day == b.day;
}

bool expr_same(const struct expr *a, const struct expr *b)
{
    if (!a || !b || a->kind != b->kind)
        return a == b;
    switch (a->kind) {
    case EXPR_BAD: return false;
    case EXPR_INT:
    case EXPR_DURATION: return a->u.integer == b->u.integer;
    case EXPR_BOOL: return a->u.boolean == b->u.boolean;
    case EXPR_TEXT: return str_eq(a->u.text, b->u.text);
    case EXPR_JOIN: return parts_same(a->u.parts, b->u.parts);
    case EXPR_DATE: return dates_same(a->u.date, b->u.date);
    case EXPR_NAME: return a->u.name.name == b->u.name.name;
    case EXPR_FIELD: return a->u.field.name.name == b->u.field.name.name && expr_same(a->u.field.base, b->u.field.base);
    case EXPR_INDEX:
        return expr_same(a->u.index.base, b->u.index.base) && expr_same(a->u.index.index, b->u.index.index) &&
               expr_same(a->u.index.other, b->u.index.other);
    case EXPR_AS:
        return expr_same(a->u.as.base, b->u.as.base) && types_same(a->u.as.type, b->u.as.type) &&
               expr_same(a->u.as.other, b->u.as.other);
    case EXPR_UNARY:
    case EXPR_BINARY:
        return a->u.op.op == b->u.op.op && expr_same(a->u.op.left, b->u.op.left) &&
               expr_same(a->u.op.right, b->u.op.right);
    case EXPR_CALL: return a->u.call.name.name == b->u.call.name.name && args_same(a->u.call.args, b->u.call.args);
    case EXPR_LIST: return items_same(a->u.items, b->u.items);
    case EXPR_OBJECT: return objects_same(a->u.object, b->u.object);
    }
    return false;
}
