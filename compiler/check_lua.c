/* Functions in Lua: what they may be given and give. */
#include "compiler/check_context.h"

static bool crosses(const struct check_type *t)
{
    return type_is_bad(t) || (type_crosses(t->slot) && t != T(CONNECTION));
}

static void want_crossing(struct check *c, const struct check_type *type, struct span at)
{
    if (crosses(type))
        return;
    struct diag *d = diag_error(c->diags, at, "%s cannot be given to Lua, nor come from it", type->article);
    diag_help(d, "these can: int, bool, text, duration, moment, json, list of text");
}

static unsigned check_params(struct check *c, struct param *params)
{
    unsigned n = 0;
    for (struct param *p = params; p; p = p->next, n++)
        if (p->type)
            want_crossing(c, p->symbol->type, p->type->span);
    return n;
}

static void check_count(struct check *c, unsigned n, struct span at)
{
    if (n > IMAGE_LUA_VALUES)
        diag_error(c->diags, at, "at most %d values go to Lua or come from it", IMAGE_LUA_VALUES);
}

/* What Lua gives comes from outside (rule 31). */
static void check_outcomes(struct check *c, struct decl_fn *fn)
{
    unsigned i = 0;
    for (struct fn_outcome *o = fn->outcomes; o && i < fn->info->outcomes->count; o = o->next, i++) {
        struct outcome_info *info = &fn->info->outcomes->items[i];
        check_count(c, check_params(c, o->payload), o->span);
        for (unsigned k = 0; k < info->npayload; k++)
            quals_seed(c, &info->cells[k], QUAL_OUTSIDE, o->span);
    }
}

void check_declare_lua(struct check *c, struct decl *d)
{
    struct decl_fn *fn = &d->u.fn;
    fn->info->falls = PATH_DRY; /* it comes back, and does not wait */
    check_count(c, check_params(c, fn->params), fn->head);
    if (fn->kind == FN_VALUE) {
        if (fn->result)
            want_crossing(c, fn->info->result, fn->result->span);
        quals_seed(c, &fn->info->cell, QUAL_OUTSIDE, fn->head);
    } else if (fn->kind == FN_OUTCOMES) {
        check_outcomes(c, fn);
    } else if (!fn->has_mistakes) {
        struct diag *e = diag_error(c->diags, fn->head, "a function in Lua gives a value or ends in outcomes");
        diag_help(e, "say which: '-> int', or '-> done(price: int) | failed(why: text)'");
    }
}
