/* An example of each action, made from its row. */
#include "compiler/author/doc.h"

#include <ctype.h>
#include <string.h>

static void put_value(struct sbuf *out, const struct action_arg *a)
{
    switch (a->type) {
    case ARG_INT: sbuf_cstr(out, *a->fallback ? a->fallback : "4"); return;
    case ARG_BOOL: sbuf_cstr(out, "yes"); return;
    case ARG_MOMENT: sbuf_cstr(out, "now()"); return;
    case ARG_DURATION: sbuf_cstr(out, *a->fallback ? a->fallback : "2s"); return;
    case ARG_JSON: sbuf_cstr(out, "{ key: \"value\" }"); return;
    case ARG_LIST_TEXT: sbuf_cstr(out, "[\"ann\", \"bob\"]"); return;
    case ARG_SOUND:
    case ARG_SOUNDS: sbuf_cstr(out, "tone(\"ring\")"); return;
    case ARG_SPEECH: sbuf_cstr(out, "\"Welcome.\""); return;
    case ARG_BARGE: sbuf_cstr(out, "yes"); return;
    case ARG_CAUSE_OR_CODE: sbuf_cstr(out, "busy"); return;
    case ARG_TARGETS:
    case ARG_BOX: sbuf_cstr(out, "\"ann\""); return;
    case ARG_FILE: sbuf_cstr(out, "\"music.wav\""); return;
    case ARG_TEXT: break;
    }
    const char *text = a->flags & ARG_FETCHES ? "https://api.example" : a->flags & ARG_DIALS ? "ann" : a->label;
    sbuf_fmt(out, "\"%s\"", text);
}

static bool by_place(const struct action_row *row) { return row->nargs && row->args[0].flags & ARG_PLACE; }

/* What must be given; where nothing must, what has no default; and the first time limit, as the one most often set. */
static bool is_shown(const struct action_row *row, unsigned i, bool *limited)
{
    const struct action_arg *a = &row->args[i];
    bool plain = a->type == ARG_INT || a->type == ARG_TEXT || a->type == ARG_SPEECH;
    if (a->flags & ARG_REQUIRED)
        return a->type != ARG_LIST_TEXT; /* a menu's choices are its block */
    if (a->type == ARG_DURATION && isdigit((unsigned char)a->fallback[0]) && !*limited)
        return *limited = true;
    return !by_place(row) && plain && !*a->fallback && !(a->flags & ARG_LITERAL);
}

static void put_head(const struct action_row *row, struct sbuf *out)
{
    const char *gap = " ";
    bool limited = false;
    sbuf_cstr(out, row->name);
    for (unsigned i = 0; i < row->nargs; i++) {
        if (!is_shown(row, i, &limited))
            continue;
        sbuf_cstr(out, gap);
        if (!(row->args[i].flags & ARG_PLACE))
            sbuf_fmt(out, "%s: ", row->args[i].label);
        put_value(out, &row->args[i]);
        gap = ", ";
    }
}

static void put_clause_head(const struct action_outcome *o, struct sbuf *out)
{
    sbuf_fmt(out, "on %s", o->name);
    for (unsigned i = 0; i < o->npayload; i++)
        sbuf_fmt(out, "%s%s%s", i ? ", " : "(", o->payload[i].name, i + 1 == o->npayload ? ")" : "");
}

/* The widest clause, and whether there are any. */
static size_t widest_clause(const struct action_row *row)
{
    size_t widest = 0;
    struct sbuf head = { 0 };
    for (unsigned i = 0; i < row->noutcomes; i++)
        if (row->outcomes[i].flags & OUTCOME_LOUD) {
            sbuf_clear(&head);
            put_clause_head(&row->outcomes[i], &head);
            widest = head.len > widest ? head.len : widest;
        }
    sbuf_free(&head);
    return widest;
}

static void put_clauses(const struct action_row *row, size_t widest, struct sbuf *out)
{
    for (unsigned i = 0; i < row->noutcomes; i++) {
        const struct action_outcome *o = &row->outcomes[i];
        if (!(o->flags & OUTCOME_LOUD))
            continue;
        sbuf_cstr(out, "    ");
        size_t start = out->len;
        put_clause_head(o, out);
        sbuf_fmt(out, "%*s { log \"%s\" }\n", (int)(widest - (out->len - start)), "", o->name);
    }
}

void doc_example(const struct action_row *row, struct sbuf *out)
{
    size_t widest = widest_clause(row);
    int choices = action_arg_find(row, STR("choices"));
    put_head(row, out);
    if (widest || choices >= 0) {
        sbuf_cstr(out, " {\n");
        if (choices >= 0)
            sbuf_cstr(out, "    \"1\" { say \"One.\" }\n    \"2\" { again }\n");
        put_clauses(row, widest, out);
        sbuf_char(out, '}');
    }
    sbuf_char(out, '\n');
}
