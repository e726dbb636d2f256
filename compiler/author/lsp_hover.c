/* Hover: the manual of the word under the cursor. */
#include "compiler/author/lsp_manual.h"
#include "compiler/author/lsp_navigate.h"

static void add_entry(struct sbuf *out, const struct manual_entry *e)
{
    if (e)
        sbuf_fmt(out, "```flow\n%s\n```\n%s\n", e->head, e->text);
}

static void add_builtin(struct sbuf *out, struct str name)
{
    size_t n;
    const struct manual_entry *list = manual_builtins(&n);
    add_entry(out, manual_find(list, n, name));
}

static void add_field(struct sbuf *out, const struct expr *e)
{
    size_t n = 0;
    const struct check_type *of = e->u.field.base->type;
    const struct manual_entry *list = of == T(CALL)         ? manual_call_fields(&n)
                                      : of == T(CONNECTION) ? manual_connection_fields(&n)
                                                            : NULL;
    const struct manual_entry *entry = manual_find(list, n, e->u.field.name.name->text);
    if (entry)
        add_entry(out, entry);
    else if (of == T(JSON))
        sbuf_cstr(out, "A part of a json value; `as TYPE else …` reads it.");
}

static void add_outcome(struct sbuf *out, const struct cursor *c)
{
    const struct sources *sources = compile_sources(c->analysis->compile);
    sbuf_fmt(out, "```flow\non %.*s\n```\nAn outcome of `%.*s`.\n", STR_ARG(source_text(sources, c->at->of->span)),
             STR_ARG(c->at->decl->name.name->text));
}

static void add_manual(struct sbuf *out, const struct cursor *c)
{
    const struct mention *m = c->at;
    switch (m->kind) {
    case MENTION_VALUE: manual_symbol(out, c->analysis, m->symbol); break;
    case MENTION_FN: manual_fn(out, c->analysis, m->decl); break;
    case MENTION_FN_OUTCOME: add_outcome(out, c); break;
    case MENTION_FLOW:
        if (m->decl)
            manual_fn(out, c->analysis, m->decl);
        else
            sbuf_fmt(out, "The flow in `%.*s.flow`; it takes the call over.", STR_ARG(m->word->text));
        break;
    case MENTION_ACTION: manual_action(out, m->row); break;
    case MENTION_LABEL: manual_arg(out, m->row, (unsigned)m->index); break;
    case MENTION_OUTCOME: manual_outcome(out, m->row, (unsigned)m->index); break;
    case MENTION_BUILTIN: add_builtin(out, m->word->text); break;
    case MENTION_FIELD: add_field(out, m->expr); break;
    case MENTION_CALL: sbuf_cstr(out, "The call: `from`, `from_name`, `to`, `id`, `dialed`."); break;
    case MENTION_FILE:
        if (m->decl->u.use.file)
            sbuf_fmt(out, "`%s`", c->analysis->paths[m->decl->u.use.file->source]);
        break;
    }
}

json_t *lsp_hover(struct server *s, const json_t *params, struct failure *f)
{
    struct cursor c;
    struct sbuf text = { 0 };
    json_t *j = NULL;
    if (!cursor_read(&c, s, params, f))
        return NULL;
    if (c.at)
        add_manual(&text, &c);
    if (text.len) {
        json_t *contents = lsp_object();
        j = lsp_object();
        lsp_set_text(contents, "kind", "markdown");
        lsp_set(contents, "value", lsp_string(sbuf_view(&text)));
        lsp_set(j, "contents", contents);
        lsp_set(j, "range", analysis_range(c.analysis, c.at->span));
    }
    cursor_free(&c);
    sbuf_free(&text);
    return j;
}
