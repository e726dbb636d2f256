/* Completion out of the catalogue: actions, labels, outcomes. */
#include <string.h>

#include "compiler/author/lsp_complete.h"

/* A required argument as something to be filled in. */
static void add_placeholder(struct sbuf *out, const struct action_arg *a, unsigned *stop)
{
    switch (a->type) {
    case ARG_TEXT:
    case ARG_SPEECH:
    case ARG_TARGETS:
    case ARG_SOUND:
    case ARG_SOUNDS:
    case ARG_BOX:
    case ARG_FILE: sbuf_fmt(out, "\"${%u:%s}\"", (*stop)++, a->label); break;
    case ARG_DURATION: sbuf_fmt(out, "${%u:5s}", (*stop)++); break;
    case ARG_CAUSE_OR_CODE: sbuf_fmt(out, "${%u:busy}", (*stop)++); break;
    case ARG_INT:
    case ARG_BOOL:
    case ARG_MOMENT:
    case ARG_JSON:
    case ARG_LIST_TEXT:
    case ARG_BARGE: sbuf_fmt(out, "${%u:%s}", (*stop)++, a->label); break;
    }
}

static void add_required(struct sbuf *out, const struct action_row *row, unsigned *stop)
{
    const char *before = " ";
    for (unsigned i = 0; i < row->nargs; i++) {
        const struct action_arg *a = &row->args[i];
        if (!(a->flags & ARG_REQUIRED) || !action_shows_arg(row, i))
            continue;
        sbuf_cstr(out, before);
        if (!(a->flags & ARG_PLACE))
            sbuf_fmt(out, "%s: ", a->label);
        add_placeholder(out, a, stop);
        before = ", ";
    }
}

void snippet_clause(struct sbuf *out, const char *indent, struct str outcome, unsigned stop)
{
    sbuf_fmt(out, "%son %.*s { $%u }", indent, STR_ARG(outcome), stop);
}

static bool has_loud(const struct action_row *row)
{
    for (unsigned i = 0; i < row->noutcomes; i++)
        if (row->outcomes[i].flags & OUTCOME_LOUD)
            return true;
    return false;
}

/* The action with its clauses for all that must be handled. */
static void add_whole(struct sbuf *out, const struct action_row *row)
{
    unsigned stop = 1;
    sbuf_cstr(out, row->name);
    add_required(out, row, &stop);
    if (!has_loud(row))
        return;
    sbuf_cstr(out, " {");
    if (!strcmp(row->name, "menu"))
        sbuf_fmt(out, "\n\t\"${%u:1}\" { $%u }", stop, stop + 1), stop += 2;
    for (unsigned i = 0; i < row->noutcomes; i++)
        if (row->outcomes[i].flags & OUTCOME_LOUD)
            snippet_clause(out, "\n\t", str_of(row->outcomes[i].name), stop++);
    sbuf_cstr(out, "\n}");
}

void complete_actions(struct completion *c, bool whole)
{
    for (unsigned i = 0; i < action_count(); i++) {
        const struct action_row *row = action_row(i);
        struct sbuf manual = { 0 }, snippet = { 0 };
        manual_action(&manual, row);
        add_whole(&snippet, row);
        complete_add(
            c, &(struct item){ str_of(row->name), ITEM_FUNCTION, row->brief, &manual, whole ? &snippet : NULL, 1 });
        sbuf_free(&manual);
        sbuf_free(&snippet);
    }
}

void complete_action_labels(struct completion *c, const struct action_row *row)
{
    for (unsigned i = 0; i < row->nargs; i++) {
        const struct action_arg *a = &row->args[i];
        struct sbuf manual = { 0 }, snippet = { 0 }, label = { 0 };
        if (!action_shows_arg(row, i) || (a->flags & ARG_PLACE) || place_has_label(&c->place, str_of(a->label)))
            continue;
        manual_arg(&manual, row, i);
        sbuf_fmt(&label, "%s:", a->label);
        sbuf_fmt(&snippet, "%s: $1", a->label);
        complete_add(c,
                     &(struct item){ sbuf_view(&label), ITEM_PROPERTY, arg_type_text(a->type), &manual, &snippet, 2 });
        sbuf_free(&manual);
        sbuf_free(&snippet);
        sbuf_free(&label);
    }
}

static bool is_open(const struct completion *c, const struct action_row *row, unsigned i)
{
    return action_shows_outcome(row, i) && !place_has_outcome(&c->place, str_of(row->outcomes[i].name));
}

void complete_action_outcomes(struct completion *c, const struct action_row *row)
{
    for (unsigned i = 0; i < row->noutcomes; i++) {
        struct sbuf manual = { 0 };
        if (!is_open(c, row, i))
            continue;
        bool loud = row->outcomes[i].flags & OUTCOME_LOUD;
        manual_outcome(&manual, row, i);
        complete_add(c, &(struct item){ str_of(row->outcomes[i].name), ITEM_EVENT, loud ? "must be handled" : NULL,
                                        &manual, NULL, loud ? 1 : 2 });
        sbuf_free(&manual);
    }
}

/* All loud outcomes that have no clause yet, one clause each. */
static void complete_loud(struct completion *c, const struct action_row *row)
{
    struct sbuf snippet = { 0 };
    unsigned stop = 1;
    for (unsigned i = 0; i < row->noutcomes; i++) {
        if (!is_open(c, row, i) || !(row->outcomes[i].flags & OUTCOME_LOUD))
            continue;
        snippet_clause(&snippet, stop > 1 ? "\n" : "", str_of(row->outcomes[i].name), stop);
        stop++;
    }
    if (stop > 1 && c->server->snippets)
        complete_add(c,
                     &(struct item){ STR("on … (all that must be handled)"), ITEM_SNIPPET, NULL, NULL, &snippet, 0 });
    sbuf_free(&snippet);
}

static void complete_clause(struct completion *c, const struct action_row *row, unsigned i)
{
    struct sbuf label = { 0 }, manual = { 0 }, snippet = { 0 };
    bool loud = row->outcomes[i].flags & OUTCOME_LOUD;
    sbuf_fmt(&label, "on %s", row->outcomes[i].name);
    manual_outcome(&manual, row, i);
    snippet_clause(&snippet, "", str_of(row->outcomes[i].name), 1);
    complete_add(c, &(struct item){ sbuf_view(&label), ITEM_EVENT, loud ? "must be handled" : NULL, &manual, &snippet,
                                    loud ? 1 : 2 });
    sbuf_free(&label);
    sbuf_free(&manual);
    sbuf_free(&snippet);
}

void complete_action_clauses(struct completion *c, const struct action_row *row)
{
    complete_loud(c, row);
    for (unsigned i = 0; i < row->noutcomes; i++)
        if (is_open(c, row, i))
            complete_clause(c, row, i);
    complete_word(c, "else", ITEM_KEYWORD, 5);
}
