/* The manual of an action as text. */
#include "compiler/author/doc.h"

#include <string.h>

#include "compiler/author/doc_table.h"

enum { FLAGS_END = 1 << 8, TYPE_WIDTH = 20, DEFAULT_WIDTH = 14, OUTCOME_WIDTH = 26, LIKE_EDITS = 2 };

static void put_paragraph(struct str text, unsigned width, struct sbuf *out)
{
    const struct doc_table t = { .count = 1, .width = width };
    if (text.len)
        doc_table_row(&t, (struct str[DOC_COLUMNS_MAX]){ text }, out);
}

static void put_flags(const struct action_row *row, unsigned width, struct sbuf *out)
{
    const struct doc_table t = { .count = 2, .widths = { 1 }, .width = width };
    for (unsigned flag = 1; flag < FLAGS_END; flag <<= 1) {
        struct str text = str_of(action_flag_text(row->flags & flag));
        if (text.len)
            doc_table_row(&t, (struct str[DOC_COLUMNS_MAX]){ STR("-"), text }, out);
    }
}

/* ---- arguments ---- */

static void put_rules(const struct action_arg *a, struct sbuf *out)
{
    const char *gap = " (";
    for (unsigned flag = 1; flag < FLAGS_END; flag <<= 1)
        if (*arg_flag_text(a->flags & flag)) {
            sbuf_fmt(out, "%s%s", gap, arg_flag_text(a->flags & flag));
            gap = ", ";
        }
    sbuf_cstr(out, *gap == ',' ? ")" : "");
}

static struct str default_of(const struct action_arg *a)
{
    return a->flags & ARG_REQUIRED ? STR("required") : str_of(a->fallback);
}

static void put_args(const struct action_row *row, unsigned width, struct sbuf *out)
{
    struct doc_table t = { .count = 4, .width = width };
    if (!row->nargs)
        return;
    for (unsigned i = 0; i < row->nargs; i++) {
        if (!action_shows_arg(row, i))
            continue;
        doc_table_widen(&t, 0, str_of(row->args[i].label), TYPE_WIDTH);
        doc_table_widen(&t, 1, str_of(arg_type_text(row->args[i].type)), TYPE_WIDTH);
        doc_table_widen(&t, 2, default_of(&row->args[i]), DEFAULT_WIDTH);
    }
    sbuf_cstr(out, "\nArguments: name, type, default\n");
    for (unsigned i = 0; i < row->nargs; i++) {
        const struct action_arg *a = &row->args[i];
        struct sbuf manual = { 0 };
        if (!action_shows_arg(row, i))
            continue;
        sbuf_cstr(&manual, a->manual);
        put_rules(a, &manual);
        struct str cells[] = { str_of(a->label), str_of(arg_type_text(a->type)), default_of(a), sbuf_view(&manual) };
        doc_table_row(&t, cells, out);
        sbuf_free(&manual);
    }
}

/* ---- outcomes ---- */

static void put_outcome(const struct action_outcome *o, struct sbuf *out)
{
    sbuf_cstr(out, o->name);
    for (unsigned i = 0; i < o->npayload; i++)
        sbuf_fmt(out, "%s%s: %s%s", i ? ", " : "(", o->payload[i].name, arg_type_text(o->payload[i].type),
                 i + 1 == o->npayload ? ")" : "");
}

static void put_outcomes(const struct action_row *row, unsigned width, struct sbuf *out)
{
    struct doc_table t = { .count = 3, .width = width };
    struct sbuf head = { 0 };
    if (!row->noutcomes)
        return;
    for (unsigned i = 0; i < row->noutcomes; i++) {
        if (!action_shows_outcome(row, i))
            continue;
        sbuf_clear(&head);
        put_outcome(&row->outcomes[i], &head);
        doc_table_widen(&t, 0, sbuf_view(&head), OUTCOME_WIDTH);
    }
    t.widths[1] = sizeof "may be left off" - 1;
    sbuf_cstr(out, "\nOutcomes\n");
    for (unsigned i = 0; i < row->noutcomes; i++) {
        const struct action_outcome *o = &row->outcomes[i];
        if (!action_shows_outcome(row, i))
            continue;
        struct str loud = o->flags & OUTCOME_LOUD ? STR("must be handled") : STR("may be left off");
        sbuf_clear(&head);
        put_outcome(o, &head);
        doc_table_row(&t, (struct str[DOC_COLUMNS_MAX]){ sbuf_view(&head), loud, str_of(o->manual) }, out);
    }
    sbuf_free(&head);
}

/* ---- a page ---- */

static void put_example(const struct action_row *row, struct sbuf *out)
{
    struct sbuf text = { 0 };
    bool line_begins = true;
    doc_example(row, &text);
    sbuf_cstr(out, "\nExample\n");
    for (size_t i = 0; i < text.len; i++) {
        if (line_begins)
            sbuf_fmt(out, "%*s", DOC_INDENT, "");
        sbuf_char(out, text.p[i]);
        line_begins = text.p[i] == '\n';
    }
    sbuf_free(&text);
}

void doc_action(const struct action_row *row, unsigned width, struct sbuf *out)
{
    sbuf_fmt(out, "%s\n\n", row->name);
    put_paragraph(str_of(row->brief), width, out);
    put_paragraph(str_of(row->manual), width, out);
    put_flags(row, width, out);
    put_args(row, width, out);
    put_outcomes(row, width, out);
    put_example(row, out);
}

void doc_list(unsigned width, struct sbuf *out)
{
    struct doc_table t = { .count = 2, .width = width };
    for (unsigned i = 0; i < action_count(); i++)
        doc_table_widen(&t, 0, str_of(action_row(i)->name), TYPE_WIDTH);
    for (unsigned i = 0; i < action_count(); i++) {
        const struct action_row *row = action_row(i);
        doc_table_row(&t, (struct str[DOC_COLUMNS_MAX]){ str_of(row->name), str_of(row->brief) }, out);
    }
}

const struct action_row *doc_like(struct str name)
{
    const struct action_row *best = NULL;
    unsigned least = LIKE_EDITS + 1;
    for (unsigned i = 0; i < action_count(); i++) {
        unsigned d = str_distance(name, str_of(action_row(i)->name), LIKE_EDITS);
        if (d < least) {
            least = d;
            best = action_row(i);
        }
    }
    return best;
}
