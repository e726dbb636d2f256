/* Action statements: the word, its arguments, and what each of them accepts. */
#include <stdio.h>
#include <string.h>

#include "compiler/check_context.h"
#include "compiler/check_keys.h"

static const struct check_type *arg_wants(enum arg_type type)
{
    switch (type) {
    case ARG_INT: return T(INT);
    case ARG_BOOL: return T(BOOL);
    case ARG_DURATION: return T(DURATION);
    case ARG_MOMENT: return T(MOMENT);
    case ARG_JSON: return T(JSON);
    case ARG_SOUND: return T(SOUND);
    case ARG_LIST_TEXT: return T(LIST_TEXT);
    case ARG_TEXT:
    case ARG_SPEECH:
    case ARG_BOX:
    case ARG_FILE: return T(TEXT);
    case ARG_TARGETS:
    case ARG_SOUNDS:
    case ARG_BARGE:
    case ARG_CAUSE_OR_CODE: return NULL; /* several */
    }
    return NULL;
}

static bool is_digits(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!memchr("0123456789*#ABCD", s.p[i], 16))
            return false;
    return s.len > 0;
}

static bool check_targets(struct check *c, struct expr *e, const char *who)
{
    const struct check_type *t = check_expr(c, e, T(LIST_TEXT));
    if (type_is_textual(t) || t == T(LIST_TEXT))
        return true;
    return check_mismatch(c, e, who, "a text or a list of text");
}

static bool check_sounds(struct check *c, struct expr *e, const char *who)
{
    const struct check_type *t = check_expr(c, e, T(LIST_SOUND));
    struct const_value v;
    bool files = t == T(LIST_TEXT) && (e->kind == EXPR_LIST || const_eval(c->arena, e, &v));
    if (type_is_textual(t) || t == T(SOUND) || t == T(LIST_SOUND) || files) {
        check_files_there(c, e);
        return true;
    }
    return check_mismatch(c, e, who, "a file's name, a sound, or a list of them");
}

static bool check_barge(struct check *c, struct expr *e, const char *who)
{
    const struct check_type *t = check_expr(c, e, NULL);
    if (t == T(BOOL) || (e->kind == EXPR_TEXT && is_digits(e->u.text)))
        return true;
    if (type_is_bad(t))
        return false;
    diag_error(c->diags, e->span, "%s wants yes, no, or digits", who);
    return false;
}

static bool check_code(struct check *c, struct expr *e, const char *who)
{
    const struct check_type *t = check_expr(c, e, NULL);
    struct const_value v;
    if (t != T(INT) && t != T(CAUSE))
        return check_mismatch(c, e, who, "a cause or a code from 400 to 699");
    if (!const_eval(c->arena, e, &v) || (v.num >= 400 && v.num <= 699))
        return true;
    diag_error(c->diags, e->span, "%s wants a code from 400 to 699", who);
    return false;
}

static bool check_value(struct check *c, enum arg_type type, struct expr *e, const char *who)
{
    const struct check_type *want = arg_wants(type);
    if (want)
        return check_wants(c, e, want, who);
    switch (type) {
    case ARG_TARGETS: return check_targets(c, e, who);
    case ARG_SOUNDS: return check_sounds(c, e, who);
    case ARG_BARGE: return check_barge(c, e, who);
    default: return check_code(c, e, who);
    }
}

static bool is_literal(const struct expr *e)
{
    return e->kind == EXPR_BOOL || e->kind == EXPR_TEXT || e->kind == EXPR_INT || e->kind == EXPR_DURATION;
}

/* Counts, keys and patterns that can be judged before the flow runs. */
static void check_range(struct check *c, const struct action_row *row, const struct action_arg *a, const struct expr *e)
{
    static const struct {
        const char *label;
        int64_t least, most;
    } ranges[] = { { "digits", 1, 32 }, { "min", 0, 32 },    { "max", 1, 32 },
                   { "rate", 50, 200 }, { "tries", 1, 100 }, { "loop", 1, 10000 } };
    struct const_value v;
    if (a->type == ARG_TEXT && str_is(str_of(a->label), "valid"))
        check_bad_pattern(c, e->u.text, e->span);
    if (a->type != ARG_INT || !const_eval(c->arena, e, &v))
        return;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (str_is(str_of(a->label), ranges[i].label) && (v.num < ranges[i].least || v.num > ranges[i].most))
            diag_error(c->diags, e->span, "'%s' of %s is from %lld to %lld", a->label, row->name,
                       (long long)ranges[i].least, (long long)ranges[i].most);
}

static void check_keys(struct check *c, const char *who, const struct expr *e)
{
    if (!e->u.text.len || is_digits(e->u.text))
        return;
    struct diag *d = diag_error(c->diags, e->span, "%s wants keys of a phone", who);
    diag_help(d, "0-9, *, #, A-D; \"\" for none");
}

static void check_arg(struct check *c, const struct action_row *row, unsigned index, struct arg *arg)
{
    const struct action_arg *a = &row->args[index];
    char who[96];
    if (arg->label.name)
        snprintf(who, sizeof who, "'%s' of %s", a->label, row->name);
    else
        snprintf(who, sizeof who, "%s", row->name);
    c->may_reveal = a->flags & ARG_REVEALS;
    bool good = check_value(c, a->type, arg->value, who);
    c->may_reveal = false;
    if (!good)
        return;
    if ((a->flags & ARG_LITERAL) && !is_literal(arg->value)) {
        diag_error(c->diags, arg->value->span, "%s is written out: a literal", who);
        return;
    }
    if (a->type == ARG_TEXT && str_is(str_of(a->label), "until"))
        check_keys(c, who, arg->value);
    check_range(c, row, a, arg->value);
    check_permit(c, row, a, arg->value);
    quals_sink(c, row, index, arg);
}

static const char *near_label(const struct action_row *row, struct str label)
{
    for (unsigned i = 0; i < row->nargs; i++)
        if (action_shows_arg(row, i) && check_is_near(str_of(row->args[i].label), label))
            return row->args[i].label;
    return NULL;
}

static void unknown_label(struct check *c, const struct action_row *row, const struct arg *arg)
{
    struct sbuf all = { 0 };
    const char *near = near_label(row, arg->label.name->text);
    for (unsigned i = 0; i < row->nargs; i++)
        if (action_shows_arg(row, i))
            sbuf_fmt(&all, "%s%s", i ? ", " : "", row->args[i].label);
    struct diag *d =
        diag_error(c->diags, arg->label.span, "%s has no argument '%.*s'", row->name, STR_ARG(arg->label.name->text));
    if (near)
        diag_help(d, "did you mean '%s'? It takes %s", near, all.p);
    else if (all.len)
        diag_help(d, "it takes %s", all.p);
    sbuf_free(&all);
    check_expr(c, arg->value, NULL);
}

static void beyond_place(struct check *c, const struct action_row *row, struct arg *arg)
{
    struct diag *d = diag_error(c->diags, arg->span, "%s takes no %s value without a label", row->name,
                                row->nargs && (row->args[0].flags & ARG_PLACE) ? "further" : "first");
    for (unsigned i = row->nargs; i-- > 0;)
        if (action_shows_arg(row, i)) {
            diag_help(d, "say which argument it is: '%s: …'", row->args[i].label);
            break;
        }
    check_expr(c, arg->value, NULL);
}

static int arg_index(const struct action_row *row, const struct arg *arg, unsigned *place)
{
    int i = -1;
    if (arg->label.name) {
        i = action_arg_find(row, arg->label.name->text);
        return i >= 0 && action_shows_arg(row, (unsigned)i) ? i : -1;
    }
    while (*place < row->nargs && !(row->args[*place].flags & ARG_PLACE))
        (*place)++;
    return *place < row->nargs ? (int)(*place)++ : -1;
}

static void check_missing(struct check *c, const struct action_row *row, const bool *seen, struct span head)
{
    for (unsigned i = 0; i < row->nargs; i++)
        if ((row->args[i].flags & ARG_REQUIRED) && action_shows_arg(row, i) && !seen[i]) {
            diag_error(c->diags, head, "%s needs its %s", row->name, row->args[i].label);
            return;
        }
}

/* A secret goes to a host that the author has written down, and over TLS. */
static bool is_constant_https(struct check *c, const struct expr *url)
{
    struct str text;
    if (!url)
        return false;
    if (const_text(c->arena, url, &text))
        return str_starts(text, "https://");
    if (url->kind != EXPR_JOIN || !url->u.parts || url->u.parts->expr)
        return false;
    text = url->u.parts->text;
    return str_starts(text, "https://") && memchr(text.p + 8, '/', text.len - 8);
}

static void check_revealed(struct check *c, const struct action_row *row, struct arg *first)
{
    struct arg *args[ACTION_ARGS_MAX];
    action_args(row, first, args);
    for (unsigned i = 0; i < row->nargs; i++)
        if ((row->args[i].flags & ARG_FETCHES) && args[i] && is_constant_https(c, args[i]->value))
            return;
    check_report_reveal(c, c->revealed);
}

/* How many digits: one way to say it, and one that can come true. */
static void check_counts(struct check *c, const struct action_row *row, struct arg *first)
{
    struct arg *args[ACTION_ARGS_MAX];
    struct const_value least, most;
    int digits = action_arg_find(row, STR("digits"));
    if (digits < 0 || !str_is(str_of(row->name), "gather"))
        return;
    action_args(row, first, args);
    struct arg *min = args[action_arg_find(row, STR("min"))], *max = args[action_arg_find(row, STR("max"))];
    if (args[digits] && (min || max))
        diag_error(c->diags, (min ? min : max)->span, "gather takes either 'digits', or 'min' and 'max'");
    else if (min && max && min->value->type == T(INT) && max->value->type == T(INT) &&
             const_eval(c->arena, min->value, &least) && const_eval(c->arena, max->value, &most) &&
             least.num > most.num)
        diag_error(c->diags, min->span, "'min' is more than 'max', so no digits can match");
    else
        check_gather_valid(c, row, first);
}

void check_action_args(struct check *c, const struct action_row *row, struct arg *args, struct span head)
{
    bool seen[ACTION_ARGS_MAX] = { false };
    unsigned place = 0;
    for (struct arg *arg = args; arg; arg = arg->next) {
        int i = arg_index(row, arg, &place);
        if (i < 0) {
            if (arg->label.name)
                unknown_label(c, row, arg);
            else
                beyond_place(c, row, arg);
            return;
        }
        if (seen[i]) { /* by place and by label: the parser knows of labels alone */
            diag_error(c->diags, arg->span, "'%s' is given twice", row->args[i].label);
            check_expr(c, arg->value, NULL);
            continue;
        }
        seen[i] = true;
        check_arg(c, row, (unsigned)i, arg);
    }
    check_counts(c, row, args);
    check_ring(c, row, args);
    if (c->revealed)
        check_revealed(c, row, args);
    c->revealed = NULL;
    if (head.len) /* else arguments were lost */
        check_missing(c, row, seen, head);
}

static void unknown_action(struct check *c, const struct stmt *s)
{
    struct str name = s->u.call.name.name->text;
    struct diag *d = diag_error(c->diags, s->u.call.name.span, "unknown action '%.*s'", STR_ARG(name));
    const char *near = check_near_action(name);
    if (scope_entry(c, s->u.call.name.name)->fn)
        diag_help(d, "a function is called with parentheses: '%.*s(…)'", STR_ARG(name));
    else if (scope_find(c, s->u.call.name.name))
        diag_help(d, "'=' gives a value: '%.*s = …'", STR_ARG(name));
    else if (check_habit_action(name))
        diag_help(d, "%s", check_habit_action(name));
    else if (near)
        diag_help(d, "did you mean '%s'?", near);
}

const struct outcome_set *check_action_set(struct check *c, const struct action_row *row)
{
    struct outcome_set **set = &c->action_sets[action_id_of(row)];
    if (!*set)
        *set = outcome_set_of_action(c->arena, row);
    return *set;
}

void check_action_stmt(struct check *c, struct stmt *s)
{
    struct stmt_call *call = &s->u.call;
    if (!call->name.name)
        return;
    call->action = action_find(call->name.name->text);
    if (!call->action) {
        unknown_action(c, s);
        return;
    }
    if (c->fn->decl->kind == DECL_FN && c->fn->decl->u.fn.kind == FN_VALUE)
        diag_error(c->diags, call->name.span, "a function that gives a value contains no action");
    check_action_args(c, call->action, call->args, call->has_mistakes ? (struct span){ 0 } : call->head);
    check_clauses(c, s, check_action_set(c, call->action));
}

void check_call_stmt(struct check *c, struct stmt *s)
{
    struct stmt_call *call = &s->u.call;
    struct decl *fn = check_find_fn(c, call->name);
    if (!fn) {
        for (struct arg *a = call->args; a; a = a->next)
            check_expr(c, a->value, NULL);
        return;
    }
    call->fn = fn;
    check_fn_args(c, fn, call->args, call->has_mistakes ? (struct span){ 0 } : call->head);
    if (fn->u.fn.kind == FN_VALUE) {
        diag_error(c->diags, call->head, "the value of %.*s() is not used", STR_ARG(fn->name.name->text));
        return;
    }
    if (c->fn->decl->kind == DECL_FN && c->fn->decl->u.fn.kind == FN_VALUE)
        diag_error(c->diags, call->name.span, "a function that gives a value contains no action");
    if (!fn->u.fn.has_mistakes)
        check_clauses(c, s, fn->u.fn.info->outcomes);
}
