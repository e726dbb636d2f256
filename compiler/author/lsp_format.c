/* Formatting: the one layout, as the smallest change of whole lines. */
#include "compiler/author/fmt.h"
#include "compiler/author/lsp_server.h"
#include "compiler/ast_name.h"

/* How many bytes both texts have in common at the start, up to a line's start. */
static size_t common_start(struct str a, struct str b)
{
    size_t lines = 0;
    for (size_t i = 0; i < a.len && i < b.len && a.p[i] == b.p[i]; i++)
        if (a.p[i] == '\n')
            lines = i + 1;
    return lines;
}

/* The same at the end, from a line's start on; never into the common start. */
static size_t common_end(struct str a, struct str b, size_t start)
{
    size_t same = 0, lines = 0;
    while (same < a.len - start && same < b.len - start && a.p[a.len - 1 - same] == b.p[b.len - 1 - same]) {
        same++;
        bool begins = a.len - same == start || a.p[a.len - same - 1] == '\n';
        bool begins_too = b.len - same == start || b.p[b.len - same - 1] == '\n';
        if (begins && begins_too)
            lines = same;
    }
    return lines;
}

static json_t *edits_between(const struct document *d, struct str made)
{
    json_t *list = lsp_array();
    struct str old = sbuf_view(&d->text);
    if (str_eq(old, made))
        return list;
    size_t start = common_start(old, made), end = common_end(old, made, start);
    json_t *edit = lsp_object();
    lsp_set(edit, "range",
            lsp_range_json(lsp_position(&d->lines, old, (uint32_t)start),
                           lsp_position(&d->lines, old, (uint32_t)(old.len - end))));
    lsp_set(edit, "newText", lsp_string((struct str){ made.p + start, made.len - start - end }));
    lsp_add(list, edit);
    return list;
}

json_t *lsp_formatting(struct server *s, const json_t *params, struct failure *f)
{
    const struct document *d = document_of(s, params, f);
    struct sbuf made = { 0 };
    uint32_t source, bad;
    json_t *edits = NULL;
    if (!d)
        return NULL;
    struct arena *arena = arena_new();
    struct sources *sources = sources_new(arena);
    struct parse_env env = { arena, names_new(arena), sources, diags_new(arena, sources) };
    if (source_add(sources, d->path, sbuf_view(&d->text), &source, &bad) || fmt_source(&env, source, &made))
        *f = (struct failure){ .code = LSP_FAILED, .message = "a flow with mistakes in its form has no layout" };
    else
        edits = edits_between(d, sbuf_view(&made));
    sbuf_free(&made);
    diags_close(env.diags);
    names_close(env.names);
    arena_free(&arena);
    return edits;
}
