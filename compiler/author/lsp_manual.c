/* The manual of actions, from the catalogue, and of what an author has named. */
#include "compiler/author/lsp_manual.h"

void manual_outcome_head(struct sbuf *out, const struct action_outcome *o)
{
    sbuf_cstr(out, o->name);
    for (unsigned i = 0; i < o->npayload; i++)
        sbuf_fmt(out, "%s%s", i ? ", " : "(", o->payload[i].name);
    if (o->npayload)
        sbuf_char(out, ')');
}

static void add_args(struct sbuf *out, const struct action_row *row)
{
    for (unsigned i = 0; i < row->nargs; i++) {
        const struct action_arg *a = &row->args[i];
        if (!action_shows_arg(row, i))
            continue;
        sbuf_fmt(out, "\n- `%s` — %s", a->label, arg_type_text(a->type));
        if (a->flags & ARG_REQUIRED)
            sbuf_cstr(out, ", required");
        else if (*a->fallback)
            sbuf_fmt(out, ", default %s", a->fallback);
        sbuf_fmt(out, ". %s", a->manual);
    }
}

static void add_outcomes(struct sbuf *out, const struct action_row *row)
{
    for (unsigned i = 0; i < row->noutcomes; i++) {
        const struct action_outcome *o = &row->outcomes[i];
        if (!action_shows_outcome(row, i))
            continue;
        sbuf_cstr(out, "\n- `on ");
        manual_outcome_head(out, o);
        sbuf_fmt(out, "`%s — %s", o->flags & OUTCOME_LOUD ? " **must be handled**" : "", o->manual);
    }
}

void manual_action(struct sbuf *out, const struct action_row *row)
{
    sbuf_fmt(out, "**%s** — %s\n\n%s\n", row->name, row->brief, row->manual);
    if (row->nargs) {
        sbuf_cstr(out, "\nArguments:\n");
        add_args(out, row);
        sbuf_char(out, '\n');
    }
    if (row->flags & ACTION_NO_RETURN)
        sbuf_cstr(out, "\nNever comes back: nothing after it runs.\n");
    else if (row->noutcomes) {
        sbuf_cstr(out, "\nOutcomes:\n");
        add_outcomes(out, row);
        sbuf_char(out, '\n');
    }
}

void manual_arg(struct sbuf *out, const struct action_row *row, unsigned index)
{
    const struct action_arg *a = &row->args[index];
    sbuf_fmt(out, "`%s:` of **%s** — %s", a->label, row->name, arg_type_text(a->type));
    if (a->flags & ARG_REQUIRED)
        sbuf_cstr(out, ", required");
    sbuf_fmt(out, "\n\n%s\n", a->manual);
    if (*a->fallback)
        sbuf_fmt(out, "\nDefault: `%s`\n", a->fallback);
}

void manual_outcome(struct sbuf *out, const struct action_row *row, unsigned index)
{
    const struct action_outcome *o = &row->outcomes[index];
    sbuf_cstr(out, "`on ");
    manual_outcome_head(out, o);
    sbuf_fmt(out, "` of **%s**%s\n\n%s\n", row->name, o->flags & OUTCOME_LOUD ? " — must be handled" : "", o->manual);
    for (unsigned i = 0; i < o->npayload; i++)
        sbuf_fmt(out, "\n- `%s` — %s%s", o->payload[i].name, arg_type_text(o->payload[i].type),
                 o->payload[i].flags & PAYLOAD_IS_OUTSIDE ? ", `outside`" : "");
}

/* A line without its indent: functions in Lua are declared inside a block. */
static struct str line_at(const struct sources *sources, struct span at, uint32_t line)
{
    struct str text = source_line(sources, at.file, line);
    while (text.len && (*text.p == ' ' || *text.p == '\t'))
        text = (struct str){ text.p + 1, text.len - 1 };
    return text;
}

/* The comment lines right above a place, without their signs. */
static void add_comment_above(struct sbuf *out, const struct sources *sources, struct span at)
{
    uint32_t last = source_place(sources, at.file, at.start).line, first = last;
    while (first > 1 && str_starts(line_at(sources, at, first - 1), "#"))
        first--;
    for (uint32_t line = first; line < last; line++) {
        struct str text = line_at(sources, at, line);
        size_t skip = str_starts(text, "# ") ? 2 : 1;
        sbuf_fmt(out, "%.*s\n", (int)(text.len - skip), text.p + skip);
    }
}

void manual_fn(struct sbuf *out, const struct analysis *a, const struct decl *fn)
{
    const struct sources *sources = compile_sources(a->compile);
    struct span head = fn->kind == DECL_FN ? fn->u.fn.head : fn->name.span;
    sbuf_fmt(out, "```flow\n%s%.*s\n```\n", fn->kind == DECL_FN ? "" : "flow ", STR_ARG(source_text(sources, head)));
    add_comment_above(out, sources, fn->span);
}

static void add_quals(struct sbuf *out, uint8_t quals)
{
    if (quals & QUAL_OUTSIDE)
        sbuf_cstr(out, "\n`outside`: it came from the caller or another system.\n");
    if (quals & QUAL_SECRET)
        sbuf_cstr(out, "\n`secret`: it reaches no log, trace or recording.\n");
}

static const char *kind_text(const struct symbol *s)
{
    static const char *const texts[] = { "let", "var", "parameter", "value", "const", "hours" };
    return texts[s->kind];
}

void manual_symbol(struct sbuf *out, const struct analysis *a, const struct symbol *s)
{
    const struct sources *sources = compile_sources(a->compile);
    bool typed = s->type && s->kind != SYMBOL_HOURS && !type_is_bad(s->type);
    sbuf_fmt(out, "```flow\n%s %.*s%s%s\n```\n", kind_text(s), STR_ARG(s->word.name->text), typed ? ": " : "",
             typed ? s->type->text : "");
    add_quals(out, s->cell.quals);
    if (!s->decl)
        return;
    add_comment_above(out, sources, s->decl->span);
    sbuf_fmt(out, "\n```flow\n%.*s\n```\n", STR_ARG(source_text(sources, s->decl->span)));
}
