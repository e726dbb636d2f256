#include "compiler/check_builtin.h"

#include <stdio.h>

#include "compiler/check_context.h"

enum { OPTIONAL = 1, HIDDEN = 2, ODD = 4, BUILTIN_ARGS = 3 };

static const struct row {
    const char *name;
    enum check_kind result, args[BUILTIN_ARGS];
    unsigned flags;
} rows[] = {
#define BUILTIN(name, result, a, b, c, flags) { #name, KIND_##result, { KIND_##a, KIND_##b, KIND_##c }, flags },
#include "compiler/check_builtin.def"
#undef BUILTIN
};
enum { ROWS = sizeof rows / sizeof *rows };

static int row_find(struct str name)
{
    for (int i = 0; i < ROWS; i++)
        if (str_is(name, rows[i].name))
            return i;
    return -1;
}

bool check_is_builtin(struct str name) { return row_find(name) >= 0; }

static const struct check_type *wrong_count(struct check *c, const struct expr *e, const struct row *row,
                                            unsigned wanted)
{
    diag_error(c->diags, e->span, "%s() takes %u argument%s", row->name, wanted, wanted == 1 ? "" : "s");
    return T(BAD);
}

static const struct check_type *check_open(struct check *c, struct expr *e)
{
    struct arg *first = e->u.call.args;
    if (!first || (first->next && first->next->next))
        return wrong_count(c, e, &rows[BUILTIN_open], 1);
    if (first->value->kind != EXPR_NAME) {
        diag_error(c->diags, first->value->span, "open() wants the name of hours");
        return T(BAD);
    }
    struct word word = first->value->u.name;
    if (!word.name || !scope_entry(c, word.name)->hours) {
        if (!word.name || c->lost)
            return T(BAD);
        struct diag *d = diag_error(c->diags, word.span, "unknown hours '%.*s'", STR_ARG(word.name->text));
        check_help_near(c, d, NAMES_HOURS, word.name->text);
        return T(BAD);
    }
    first->value->symbol = scope_entry(c, word.name)->hours->symbol;
    first->value->symbol->used = true;
    if (first->next && !check_wants(c, first->next->value, T(MOMENT), "open()"))
        return T(BAD);
    return T(BOOL);
}

void check_report_reveal(struct check *c, const struct expr *e)
{
    diag_error(c->diags, e->span,
               "reveal() stands only in the 'json:' or 'form:' of a 'fetch' to a constant https host");
}

static const struct check_type *check_reveal(struct check *c, struct expr *e)
{
    struct arg *a = e->u.call.args;
    if (!a || a->next)
        return wrong_count(c, e, &rows[BUILTIN_reveal], 1);
    const struct check_type *t = check_expr(c, a->value, NULL);
    c->revealed = e;
    if (!c->may_reveal) {
        check_report_reveal(c, e);
        c->revealed = NULL;
        return T(BAD);
    }
    return t;
}

static const struct check_type *check_plain(struct check *c, struct expr *e, const struct row *row)
{
    unsigned wanted = 0, have = 0;
    bool good = true;
    char who[64];
    snprintf(who, sizeof who, "%s()", row->name);
    while (wanted < BUILTIN_ARGS && row->args[wanted] != KIND_NONE)
        wanted++;
    for (struct arg *a = e->u.call.args; a; a = a->next, have++)
        if (have < wanted && !check_wants(c, a->value, &check_types[row->args[have]], who))
            good = false;
    if (have != wanted)
        return wrong_count(c, e, row, wanted);
    return good ? &check_types[row->result] : T(BAD);
}

const struct check_type *check_builtin(struct check *c, struct expr *e)
{
    int n = row_find(e->u.call.name.name->text);
    if (n < 0 || ((rows[n].flags & HIDDEN) && c->file != c->env->prelude))
        return NULL;
    e->u.call.builtin = n;
    for (struct arg *a = e->u.call.args; a; a = a->next)
        if (a->label.name) {
            diag_error(c->diags, a->label.span, "%s() takes no labels", rows[n].name);
            return T(BAD);
        }
    if (n == BUILTIN_open)
        return check_open(c, e);
    if (n == BUILTIN_reveal)
        return check_reveal(c, e);
    return check_plain(c, e, &rows[n]);
}
