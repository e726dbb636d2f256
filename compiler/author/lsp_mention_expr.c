/* Mentions in expressions and arguments. */
#include "compiler/author/lsp_mention.h"

static const struct param *param_by_name(const struct decl *fn, const struct name *name)
{
    const struct param *p = fn && fn->kind == DECL_FN ? fn->u.fn.params : NULL;
    while (p && p->name.name != name)
        p = p->next;
    return p;
}

void mentions_of_args(struct mentions *out, const struct arg *args, const struct action_row *row, const struct decl *fn)
{
    for (const struct arg *a = args; a; a = a->next) {
        const struct name *label = a->label.name;
        const struct param *p = label ? param_by_name(fn, label) : NULL;
        if (label && row)
            mention_row(out, MENTION_LABEL, a->label, row, action_arg_find(row, label->text));
        if (p)
            mention_symbol(out, a->label.span, p->symbol);
        mentions_of_expr(out, a->value);
    }
}

static void of_name(struct mentions *out, const struct expr *e)
{
    if (e->symbol)
        mention_symbol(out, e->u.name.span, e->symbol);
    else if (e->u.name.name && e->type == T(CALL))
        vec_push(out, (struct mention){ .kind = MENTION_CALL, .span = e->u.name.span, .word = e->u.name.name });
}

static void of_field(struct mentions *out, const struct expr *e)
{
    mentions_of_expr(out, e->u.field.base);
    if (e->u.field.name.name)
        vec_push(out,
                 (struct mention){
                     .kind = MENTION_FIELD, .span = e->u.field.name.span, .word = e->u.field.name.name, .expr = e });
}

static void of_call(struct mentions *out, const struct expr *e)
{
    const struct expr_call *c = &e->u.call;
    mention_fn(out, c->name, c->fn);
    if (!c->fn && c->name.name && e->type)
        vec_push(
            out,
            (struct mention){
                .kind = MENTION_BUILTIN, .span = c->name.span, .word = c->name.name, .index = c->builtin, .expr = e });
    mentions_of_args(out, c->args, NULL, c->fn);
}

static void of_parts(struct mentions *out, const struct text_part *p)
{
    for (; p; p = p->next)
        mentions_of_expr(out, p->expr);
}

static void of_lists(struct mentions *out, const struct expr *e)
{
    if (e->kind == EXPR_LIST)
        for (const struct list_item *i = e->u.items; i; i = i->next)
            mentions_of_expr(out, i->value);
    if (e->kind == EXPR_OBJECT)
        for (const struct object_item *i = e->u.object; i; i = i->next)
            mentions_of_expr(out, i->value);
}

void mentions_of_expr(struct mentions *out, const struct expr *e)
{
    if (!e)
        return;
    switch (e->kind) {
    case EXPR_JOIN: of_parts(out, e->u.parts); break;
    case EXPR_NAME: of_name(out, e); break;
    case EXPR_FIELD: of_field(out, e); break;
    case EXPR_INDEX:
        mentions_of_expr(out, e->u.index.base);
        mentions_of_expr(out, e->u.index.index);
        mentions_of_expr(out, e->u.index.other);
        break;
    case EXPR_AS:
        mentions_of_expr(out, e->u.as.base);
        mentions_of_expr(out, e->u.as.other);
        break;
    case EXPR_UNARY:
    case EXPR_BINARY:
        mentions_of_expr(out, e->u.op.left);
        mentions_of_expr(out, e->u.op.right);
        break;
    case EXPR_CALL: of_call(out, e); break;
    case EXPR_LIST:
    case EXPR_OBJECT: of_lists(out, e); break;
    case EXPR_BAD:
    case EXPR_INT:
    case EXPR_BOOL:
    case EXPR_TEXT:
    case EXPR_DURATION:
    case EXPR_DATE: break;
    }
}
