/* Calls of functions: who is meant, and whether the arguments fit its parameters. */
#include <stdio.h>

#include "compiler/check_context.h"

struct decl *check_find_fn(struct check *c, struct word name)
{
    if (!name.name)
        return NULL;
    struct decl *fn = scope_entry(c, name.name)->fn;
    if (fn) {
        fn->u.fn.info->used = true;
        return fn;
    }
    if (c->lost)
        return NULL;
    struct str text = name.name->text;
    struct diag *d = diag_error(c->diags, name.span, "unknown function '%.*s'", STR_ARG(text));
    if (action_find(text))
        diag_help(d, "an action takes no parentheses: '%.*s …'", STR_ARG(text));
    else
        check_help_near(c, d, NAMES_FNS, text);
    return NULL;
}

static struct param *param_for(struct check *c, struct decl *fn, const struct arg *a, struct param **place)
{
    struct str name = fn->name.name->text;
    struct param *p = *place;
    if (!a->label.name) {
        if (!p && fn->u.fn.has_mistakes)
            return NULL;
        if (!p)
            diag_error(c->diags, a->span, "%.*s() takes no more than %u argument%s", STR_ARG(name),
                       fn->u.fn.info->nparams, fn->u.fn.info->nparams == 1 ? "" : "s");
        else
            *place = p->next;
        return p;
    }
    bool placed = true;
    for (p = fn->u.fn.params; p; p = p->next) {
        placed &= p != *place;
        if (p->name.name == a->label.name && placed)
            diag_error(c->diags, a->span, "'%.*s' is given twice", STR_ARG(p->name.name->text));
        if (p->name.name == a->label.name)
            return p;
    }
    if (!fn->u.fn.has_mistakes)
        diag_error(c->diags, a->label.span, "%.*s() has no parameter '%.*s'", STR_ARG(name),
                   STR_ARG(a->label.name->text));
    return NULL;
}

/* digits(12) is as good as digits("12"): the emitter makes a text of it. */
static bool takes_number(const struct check *c, const struct decl *fn, const struct param *p)
{
    return c->env->prelude && fn->source == c->env->prelude->source && p->symbol->type == T(TEXT);
}

static void check_fn_arg(struct check *c, const struct decl *fn, struct param *p, struct arg *a)
{
    char who[96];
    if (!p->symbol) {
        check_expr(c, a->value, NULL);
        return;
    }
    snprintf(who, sizeof who, "'%.*s'", STR_ARG(p->name.name->text));
    bool fits = (takes_number(c, fn, p) && check_expr(c, a->value, NULL) == T(INT)) ||
                check_wants(c, a->value, p->symbol->type, who);
    if (fits && fn->u.fn.lua)
        quals_sink(c, NULL, 0, a);
    else if (fits)
        quals_flow(c, &p->symbol->cell, a->value);
}

static void report_missing(struct check *c, const struct decl *fn, struct arg **given, struct span head)
{
    unsigned i = 0;
    for (const struct param *p = fn->u.fn.params; p; p = p->next, i++)
        if (!given[i]) {
            diag_error(c->diags, head, "%.*s() needs '%.*s'", STR_ARG(fn->name.name->text),
                       STR_ARG(p->name.name->text));
            return;
        }
}

void check_fn_args(struct check *c, struct decl *fn, struct arg *args, struct span head)
{
    struct arg **given = ARENA_ARRAY(c->arena, struct arg *, fn->u.fn.info->nparams + 1);
    struct param *place = fn->u.fn.params;
    bool good = true;
    for (struct arg *a = args; a; a = a->next) {
        struct param *p = param_for(c, fn, a, &place);
        if (p)
            check_fn_arg(c, fn, p, a);
        else
            good = false;
    }
    fn_args(&fn->u.fn, args, given);
    if (good && head.len && !fn->u.fn.has_mistakes)
        report_missing(c, fn, given, head);
}

static void check_lost_args(struct check *c, const struct expr *e)
{
    for (struct arg *a = e->u.call.args; a; a = a->next)
        check_expr(c, a->value, NULL);
}

const struct check_type *check_call_expr(struct check *c, struct expr *e)
{
    if (!e->u.call.name.name)
        return T(BAD);
    const struct check_type *built = check_builtin(c, e);
    if (built)
        return built;
    struct decl *fn = check_find_fn(c, e->u.call.name);
    if (!fn) {
        check_lost_args(c, e);
        return T(BAD);
    }
    check_fn_args(c, fn, e->u.call.args, e->span);
    if (fn->u.fn.kind != FN_VALUE) {
        struct diag *d = diag_error(c->diags, e->span, "%.*s() gives no value", STR_ARG(fn->name.name->text));
        diag_help(d, "it is called as a statement, on a line of its own");
        return T(BAD);
    }
    e->u.call.fn = fn;
    return fn->u.fn.info->result;
}
