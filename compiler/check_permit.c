/* Permits: what the flow may dial and fetch. Constants are judged here, everything else as the flow runs. */
#include "compiler/check_context.h"
#include "vm/base/cover.h"

struct permit_line {
    const struct decl_permit *permit;
    struct permit_line *next;
};

void check_find_permits(struct check *c)
{
    for (const struct decl *d = c->env->files->first; d; d = d->next) {
        if (d->kind != DECL_PERMIT)
            continue;
        struct permit_line **lines = &c->permits[d->u.permit.kind == PERMIT_FETCH];
        struct permit_line *line = ARENA_NEW(c->arena, struct permit_line);
        *line = (struct permit_line){ &d->u.permit, *lines };
        *lines = line;
    }
}

bool check_has_permit(const struct check *c, enum permit_kind kind)
{
    if (!c->env->files->flow)
        return true; /* a module: the flow that uses it brings the permits */
    return c->permits[kind == PERMIT_FETCH] != NULL;
}

static bool permitted(const struct check *c, enum permit_kind kind, struct str text)
{
    if (!c->env->files->flow)
        return true;
    for (const struct permit_line *line = c->permits[kind == PERMIT_FETCH]; line; line = line->next)
        for (const struct permit_item *i = line->permit->items; i; i = i->next)
            if (!i->connections &&
                (kind == PERMIT_FETCH ? cover_fetch(i->pattern.text, text) : cover_dial(i->pattern.text, text)))
                return true;
    return false;
}

static void check_constant(struct check *c, bool dials, struct str text, struct span at)
{
    enum permit_kind kind = dials ? PERMIT_DIAL : PERMIT_FETCH;
    if ((dials && !cover_is_abroad(text)) || permitted(c, kind, text))
        return;
    struct diag *d =
        diag_error(c->diags, at, "no 'permit %s' covers \"%.*s\"", dials ? "dial" : "fetch", STR_ARG(text));
    diag_help(d, "say so before the flow: permit %s \"%.*s\"", dials ? "dial" : "fetch", STR_ARG(text));
}

/* The constant text that an address begins with. */
static struct str constant_start(const struct expr *e)
{
    if (e->kind == EXPR_JOIN && e->u.parts && !e->u.parts->expr)
        return e->u.parts->text;
    return (struct str){ NULL, 0 };
}

static void check_address(struct check *c, const struct expr *e)
{
    struct str start = constant_start(e);
    if (start.len || check_has_permit(c, PERMIT_FETCH))
        return;
    struct diag *d = diag_error(c->diags, e->span, "this flow has no 'permit fetch', so it may ask nobody");
    diag_help(d, "say whom it may ask, before the flow: permit fetch \"https://crm.example\"");
}

void check_permit(struct check *c, const struct action_row *row, const struct action_arg *a, const struct expr *e)
{
    struct const_value v;
    bool dials = a->flags & ARG_DIALS;
    (void)row;
    if (!(a->flags & (ARG_DIALS | ARG_FETCHES)))
        return;
    if (!const_eval(c->arena, e, &v)) {
        if (!dials)
            check_address(c, e);
        else if (e->kind == EXPR_LIST)
            for (const struct list_item *i = e->u.items; i; i = i->next)
                check_permit(c, row, a, i->value);
        return;
    }
    if (v.type == T(TEXT))
        check_constant(c, dials, v.text, e->span);
    for (uint32_t i = 0; i < v.count; i++)
        check_constant(c, dials, v.items[i].text, e->span);
}
