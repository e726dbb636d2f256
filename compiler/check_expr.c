#include <string.h>

#include "compiler/check_context.h"

bool check_mismatch(struct check *c, const struct expr *e, const char *who, const char *wanted)
{
    if (type_is_bad(e->type))
        return false;
    struct diag *d = diag_error(c->diags, e->span, "%s wants %s, not %s", who, wanted, e->type->article);
    if (e->kind == EXPR_INT && strcmp(wanted, "a duration") == 0)
        diag_help(d, "say the unit: '%llds' is seconds", (long long)e->u.integer);
    if (e->type == T(INT) && strcmp(wanted, "a text") == 0)
        diag_help(d, "put it into a text: \"{…}\"");
    if (e->type == T(INT) && strcmp(wanted, "a bool") == 0)
        diag_help(d, "write 'yes' or 'no'");
    if (e->type == T(JSON))
        diag_help(d, "say what it is expected to be: 'as text else \"\"'");
    return false;
}

static const struct check_type *check_json_value(struct check *c, struct expr *e);

bool check_wants(struct check *c, struct expr *e, const struct check_type *want, const char *who)
{
    const struct check_type *have = check_expr(c, e, want);
    if (want == T(JSON) && have != T(JSON))
        return check_json_value(c, e) != T(BAD);
    if (!type_fits(have, want))
        return check_mismatch(c, e, who, want->article);
    if (have == T(EMPTY))
        e->type = want;
    return !type_is_bad(have);
}

static const struct check_type *unknown_name(struct check *c, struct word word)
{
    struct str name = word.name->text;
    if (c->lost)
        return T(BAD);
    struct diag *d = diag_error(c->diags, word.span, "unknown name '%.*s'", STR_ARG(name));
    if (scope_entry(c, word.name)->fn)
        diag_help(d, "a function is called with parentheses: '%.*s(…)'", STR_ARG(name));
    else if (scope_entry(c, word.name)->hours)
        diag_help(d, "hours are asked by open(): 'open(%.*s)'", STR_ARG(name));
    else if (check_habit_value(name))
        diag_help(d, "%s", check_habit_value(name));
    else
        check_help_near(c, d, NAMES_VALUES, name);
    return T(BAD);
}

static const struct check_type *check_name(struct check *c, struct expr *e)
{
    const struct word word = e->u.name;
    if (!word.name)
        return T(BAD);
    e->symbol = scope_find(c, word.name);
    if (e->symbol) {
        if (e->symbol->kind == SYMBOL_CONST)
            check_const(c, e->symbol);
        return e->symbol->type;
    }
    if (str_is(word.name->text, "call"))
        return T(CALL);
    if (cause_status(word.name->text.p))
        return T(CAUSE);
    return unknown_name(c, word);
}

/* A piece of a text has to be something that can be read out as it is. */
static bool check_piece(struct check *c, struct expr *e)
{
    const struct check_type *t = check_expr(c, e, NULL);
    if (type_is_textual(t) || t == T(INT) || t == T(CAUSE))
        return true;
    if (type_is_bad(t))
        return false;
    struct diag *d = diag_error(c->diags, e->span, "%s cannot stand in a text as it is", t->article);
    if (t == T(MOMENT))
        diag_help(d, "say which part: date(…) or time(…)");
    if (t == T(JSON))
        diag_help(d, "say what it is expected to be: 'as text else \"\"'");
    return false;
}

static const struct check_type *check_join(struct check *c, struct expr *e)
{
    bool good = true;
    for (struct text_part *p = e->u.parts; p; p = p->next)
        if (p->expr && !check_piece(c, p->expr))
            good = false;
    return good ? T(TEXT) : T(BAD);
}

/* The type of a list of both, NULL when they do not go together. */
static const struct check_type *mix(const struct check_type *a, const struct check_type *b)
{
    if (a == b)
        return a;
    if (type_is_textual(a) && type_is_textual(b))
        return T(TEXT);
    if ((a == T(SOUND) && type_is_textual(b)) || (b == T(SOUND) && type_is_textual(a)))
        return T(SOUND);
    return NULL;
}

static const struct check_type *check_json_items(struct check *c, struct expr *e)
{
    const struct check_type *result = T(JSON);
    for (struct list_item *i = e->u.items; i; i = i->next)
        if (!check_wants(c, i->value, T(JSON), "json"))
            result = T(BAD);
    return result;
}

static const struct check_type *check_list(struct check *c, struct expr *e, const struct check_type *want)
{
    const struct check_type *all = NULL;
    if (want == T(JSON))
        return check_json_items(c, e);
    for (struct list_item *i = e->u.items; i; i = i->next) {
        const struct check_type *t = check_expr(c, i->value, want ? want->element : NULL);
        if (type_is_bad(t) || (all && type_is_bad(all))) {
            all = T(BAD);
            continue;
        }
        if (!all) {
            all = t;
            continue;
        }
        const struct check_type *both = mix(all, t);
        if (!both)
            diag_error(c->diags, i->value->span, "the values of a list have one type, and this is %s among %s",
                       t->article, all->text);
        all = both ? both : T(BAD);
    }
    if (!all)
        return want && type_is_list(want) ? want : T(EMPTY);
    const struct check_type *list = all == T(TEXT) && want == T(LIST_SOUND) ? want : type_list_of(all);
    if (!list)
        diag_error(c->diags, e->span, "a list cannot hold %s", all->article);
    return list ? list : T(BAD);
}

static const struct check_type *check_object(struct check *c, struct expr *e)
{
    const struct check_type *result = T(JSON);
    for (struct object_item *i = e->u.object; i; i = i->next)
        if (!check_wants(c, i->value, T(JSON), "json"))
            result = T(BAD);
    return result;
}

/* What is no json yet but can become one. */
static const struct check_type *check_json_value(struct check *c, struct expr *e)
{
    const struct check_type *t = e->type;
    if (t == T(EMPTY))
        e->type = T(LIST_TEXT);
    if (t == T(INT) || t == T(BOOL) || type_is_textual(t) || t == T(LIST_TEXT) || t == T(EMPTY))
        return t;
    if (!type_is_bad(t))
        diag_error(c->diags, e->span, "%s cannot stand in json", t->article);
    return T(BAD);
}

static const struct check_type *expr_type(struct check *c, struct expr *e, const struct check_type *want)
{
    switch (e->kind) {
    case EXPR_BAD: return T(BAD);
    case EXPR_INT: return T(INT);
    case EXPR_BOOL: return T(BOOL);
    case EXPR_TEXT: return T(TEXT);
    case EXPR_DURATION: return T(DURATION);
    case EXPR_DATE: return T(MOMENT);
    case EXPR_JOIN: return check_join(c, e);
    case EXPR_NAME: return check_name(c, e);
    case EXPR_FIELD: return check_field(c, e);
    case EXPR_INDEX: return check_index(c, e);
    case EXPR_AS: return check_as(c, e);
    case EXPR_UNARY:
    case EXPR_BINARY: return check_operation(c, e);
    case EXPR_CALL: return check_call_expr(c, e);
    case EXPR_LIST: return check_list(c, e, want);
    case EXPR_OBJECT: return check_object(c, e);
    }
    return T(BAD);
}

const struct check_type *check_expr(struct check *c, struct expr *e, const struct check_type *want)
{
    e->type = expr_type(c, e, want);
    return e->type;
}
