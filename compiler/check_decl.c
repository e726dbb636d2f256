/* Declarations: what each file brings into the name spaces of the compilation, then what stands in it. */
#include <string.h>
#include <unistd.h>

#include "compiler/check_builtin.h"
#include "compiler/check_context.h"

enum { CONST_DEPTH_MAX = 100, PARAMS_MAX = 100, OUTCOMES_MAX = 100 };

static void take_name(struct check *c, struct decl **place, struct decl *d, const char *what)
{
    struct str name = d->name.name->text;
    scope_entry(c, d->name.name)->name = d->name.name;
    if (!*place) {
        *place = d;
        return;
    }
    struct diag *e;
    if (c->env->prelude && (*place)->source == c->env->prelude->source) {
        diag_error(c->diags, d->name.span, "'%.*s' is a function of the language", STR_ARG(name));
        return;
    }
    e = diag_error(c->diags, d->name.span, "there are two %s by the name '%.*s'", what, STR_ARG(name));
    diag_note(e, (*place)->name.span, "the first one");
}

static void declare_value(struct check *c, struct decl *d)
{
    d->symbol = symbol_new(c, SYMBOL_CONST, d->name, T(BAD));
    d->symbol->decl = d;
    d->symbol->poisoned = false;
    scope_add(c, d->symbol);
}

static void declare_hours(struct check *c, struct decl *d)
{
    d->symbol = symbol_new(c, SYMBOL_HOURS, d->name, T(NONE));
    d->symbol->decl = d;
    take_name(c, &scope_entry(c, d->name.name)->hours, d, "hours");
}

static unsigned declare_params(struct check *c, struct param *params)
{
    unsigned n = 0;
    for (struct param *p = params; p; p = p->next, n++)
        p->symbol = symbol_new(c, SYMBOL_PARAM, p->name, check_type_ref(c, p->type));
    return n;
}

static void fill_outcome(struct check *c, struct outcome_info *to, struct fn_outcome *from)
{
    to->name = from->name.name ? from->name.name->text : (struct str){ "", 0 };
    to->loud = !str_is(to->name, "done");
    to->npayload = declare_params(c, from->payload);
    to->payload = ARENA_ARRAY(c->arena, const struct check_type *, to->npayload + 1);
    to->cells = ARENA_ARRAY(c->arena, struct cell, to->npayload + 1);
    unsigned n = 0;
    for (const struct param *p = from->payload; p; p = p->next, n++) {
        to->payload[n] = p->symbol->type;
        to->cells[n].name = p->name.name;
    }
}

static struct outcome_set *declare_outcomes(struct check *c, const struct decl_fn *fn)
{
    struct outcome_set *set = ARENA_NEW(c->arena, struct outcome_set);
    for (const struct fn_outcome *o = fn->outcomes; o; o = o->next)
        set->count++;
    if (set->count > OUTCOMES_MAX) {
        diag_error(c->diags, fn->head, "a function ends in at most %d outcomes", OUTCOMES_MAX);
        set->count = OUTCOMES_MAX;
    }
    set->items = ARENA_ARRAY(c->arena, struct outcome_info, set->count + 1);
    unsigned n = 0;
    for (struct fn_outcome *o = fn->outcomes; n < set->count; o = o->next, n++) {
        fill_outcome(c, &set->items[n], o);
        for (unsigned k = 0; k < n; k++)
            if (o->name.name && str_eq(set->items[k].name, set->items[n].name))
                diag_error(c->diags, o->name.span, "there are two outcomes by the name '%.*s'",
                           STR_ARG(o->name.name->text));
    }
    if (!outcome_set_lay_out(c->arena, set))
        diag_error(c->diags, fn->head, "the outcomes of this function bring too many values");
    return set;
}

static void declare_fn(struct check *c, struct decl *d)
{
    struct decl_fn *fn = &d->u.fn;
    struct fn_info *info = fn->info = ARENA_NEW(c->arena, struct fn_info);
    *info = (struct fn_info){ .decl = d, .result = T(NONE), .nparams = declare_params(c, fn->params) };
    if (info->nparams > PARAMS_MAX)
        diag_error(c->diags, fn->head, "a function has at most %d parameters", PARAMS_MAX);
    if (fn->kind == FN_VALUE)
        info->result = check_type_ref(c, fn->result);
    if (fn->kind == FN_OUTCOMES)
        info->outcomes = declare_outcomes(c, fn);
    if (!d->name.name)
        return;
    if (check_is_builtin(d->name.name->text))
        diag_error(c->diags, d->name.span, "'%.*s' is a function of the language", STR_ARG(d->name.name->text));
    else
        take_name(c, &scope_entry(c, d->name.name)->fn, d, "functions");
}

static void declare_flow(struct check *c, struct decl *d)
{
    struct fn_info *info = d->u.flow.info = ARENA_NEW(c->arena, struct fn_info);
    *info = (struct fn_info){ .decl = d, .result = T(NONE), .is_flow = true };
    if (d->name.name)
        take_name(c, &scope_entry(c, d->name.name)->flow, d, "flows");
}

void check_declare(struct check *c, struct file *f)
{
    for (struct decl *d = f->first; d; d = d->next) {
        if (d->kind == DECL_FN)
            declare_fn(c, d);
        else if (d->kind == DECL_FLOW)
            declare_flow(c, d);
        else if (d->kind == DECL_CONST && d->name.name)
            declare_value(c, d);
        else if (d->kind == DECL_HOURS && d->name.name)
            declare_hours(c, d);
        else if (d->kind == DECL_EXTERN)
            for (struct decl *fn = d->u.lua.fns; fn; fn = fn->next) {
                declare_fn(c, fn);
                check_declare_lua(c, fn);
            }
    }
}

/* Sounds and dates have no constant in an image: they are made anew at each use. */
static bool is_known(const struct expr *e)
{
    if (e->kind == EXPR_DATE || e->kind == EXPR_TEXT)
        return true;
    if (e->kind == EXPR_LIST) {
        for (const struct list_item *i = e->u.items; i; i = i->next)
            if (!is_known(i->value))
                return false;
        return true;
    }
    return e->kind == EXPR_CALL && !e->u.call.fn && e->type == T(SOUND) && is_known(e->u.call.args->value);
}

static void evaluate(struct check *c, struct symbol *s)
{
    struct expr *value = s->decl->u.value;
    s->type = check_expr(c, value, NULL);
    if (s->type == T(EMPTY)) {
        diag_error(c->diags, value->span, "nothing says what this empty list would hold");
        s->type = T(BAD);
    }
    if (type_is_bad(s->type) || const_eval(c->arena, value, &s->value) || is_known(value))
        return;
    diag_error(c->diags, value->span, "a constant is known before the call: this is not");
    s->type = T(BAD);
}

void check_const(struct check *c, struct symbol *s)
{
    if (s->state == CONST_DONE)
        return;
    if (s->state == CONST_BUSY || c->const_depth == CONST_DEPTH_MAX) {
        diag_error(c->diags, s->word.span,
                   s->state == CONST_BUSY ? "this constant needs itself" : "this constant needs too many others");
        s->type = T(BAD);
        return;
    }
    s->state = CONST_BUSY;
    c->const_depth++;
    evaluate(c, s);
    c->const_depth--;
    s->state = CONST_DONE;
}

static void check_hours(struct check *c, const struct decl *d)
{
    const struct literal *zone = &d->u.hours.zone;
    char path[160] = "/usr/share/zoneinfo/";
    if (!zone->span.len) {
        diag_help(diag_error(c->diags, d->name.span, "these hours have no zone"), "add 'zone \"Europe/Warsaw\"'");
        return;
    }
    size_t base = strlen(path);
    if (zone->text.len && zone->text.len < sizeof path - base && !memmem(zone->text.p, zone->text.len, "..", 2)) {
        memcpy(path + base, zone->text.p, zone->text.len);
        if (access(path, R_OK) == 0 || access("/usr/share/zoneinfo", F_OK) != 0) {
            check_clock(c, &d->u.hours);
            return;
        }
    }
    diag_error(c->diags, zone->span, "unknown zone \"%.*s\"", STR_ARG(zone->text));
}

static void check_fn(struct check *c, struct decl *d)
{
    struct decl_fn *fn = &d->u.fn;
    struct symbol *mark = scope_open(c);
    c->fn = fn->info;
    for (struct param *p = fn->params; p; p = p->next) {
        scope_add(c, p->symbol);
        p->symbol->used |= !fn->body;
    }
    if (fn->body)
        check_block_here(c, fn->body);
    scope_close(c, mark);
}

static void check_flow(struct check *c, struct decl *d)
{
    struct symbol *mark = scope_open(c);
    c->fn = d->u.flow.info;
    c->top_depth = c->depth;
    check_block_here(c, d->u.flow.body);
    c->top_depth = 0;
    if (d->u.flow.on_hangup)
        check_block(c, d->u.flow.on_hangup);
    scope_close(c, mark);
}

static void check_at_most(struct check *c, const struct decl *d)
{
    struct expr *n = d->u.permit.at_most;
    struct const_value v;
    if (n && check_wants(c, n, T(INT), "'at most'") && (!const_eval(c->arena, n, &v) || v.num < 1 || v.num > 1000000))
        diag_error(c->diags, n->span, "'at most' wants a number from 1 on that is known before the call");
    for (const struct permit_item *i = d->u.permit.items; i; i = i->next)
        check_bad_pattern(c, i->pattern.text, i->pattern.span);
}

static void check_decl(struct check *c, struct decl *d)
{
    c->decl = d;
    c->loops = 0;
    c->in_choice = false;
    switch (d->kind) {
    case DECL_FN: check_fn(c, d); break;
    case DECL_FLOW: check_flow(c, d); break;
    case DECL_HOURS: check_hours(c, d); break;
    case DECL_PERMIT: check_at_most(c, d); break;
    case DECL_TEST: check_tests(c, d); break;
    case DECL_CONST:
        if (d->symbol)
            check_const(c, d->symbol);
        break;
    case DECL_BAD:
    case DECL_USE:
    case DECL_LANGUAGE:
    case DECL_PRONOUNCE:
    case DECL_EXTERN: break;
    }
    c->fn = NULL;
}

void check_bodies(struct check *c, struct file *f)
{
    c->file = f;
    for (struct decl *d = f->first; d; d = d->next)
        check_decl(c, d);
}
