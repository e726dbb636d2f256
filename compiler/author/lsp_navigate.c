/* Definition, references and highlights. */
#include "compiler/author/lsp_navigate.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compiler/author/lsp_path.h"

bool cursor_read(struct cursor *out, struct server *s, const json_t *params, struct failure *f)
{
    struct lsp_position at;
    *out = (struct cursor){ .document = document_of(s, params, f) };
    if (!out->document)
        return false;
    if (!lsp_read_position(json_object_get(params, "position"), &at)) {
        *f = (struct failure){ .code = LSP_INVALID_PARAMS, .message = "the request names no position" };
        return false;
    }
    out->analysis = document_analysis(s, out->document);
    mentions_read(&out->all, compile_tree(out->analysis->compile));
    out->at = mentions_at(&out->all, lsp_offset(&out->document->lines, sbuf_view(&out->document->text), at));
    return true;
}

void cursor_free(struct cursor *c) { vec_free(&c->all); }

/* The start of a file, or its flow when it has one. */
static json_t *location_of_file(struct server *s, const char *path)
{
    struct analysis *a = analysis_of_file(s, path);
    const struct file *tree = a ? compile_tree(a->compile) : NULL;
    json_t *j = NULL;
    if (tree)
        j = analysis_location(s, a, tree->flow ? tree->flow->name.span : (struct span){ 0, 0, 0 });
    analysis_free(&a);
    return j;
}

/* `continue with x` means the flow in x.flow beside this one. */
static json_t *location_of_flow(struct server *s, const struct cursor *c)
{
    struct sbuf path = { 0 };
    sbuf_str(&path, lsp_path_folder(str_of(c->document->path)));
    sbuf_fmt(&path, "%.*s.flow", STR_ARG(c->at->word->text));
    json_t *j = location_of_file(s, path.p);
    sbuf_free(&path);
    return j;
}

static json_t *location_of_used(struct server *s, const struct cursor *c)
{
    const struct file *used = c->at->decl->u.use.file;
    return used ? analysis_location(s, c->analysis, (struct span){ used->source, 0, 0 }) : NULL;
}

bool mention_is_prelude(const struct cursor *c)
{
    return !strcmp(c->analysis->paths[c->at->home.file], "prelude.flow");
}

static json_t *location_at(struct server *s, const struct cursor *c)
{
    if (!c->at)
        return NULL;
    if (c->at->kind == MENTION_FILE)
        return location_of_used(s, c);
    if (c->at->kind == MENTION_FLOW && !c->at->home.len)
        return location_of_flow(s, c);
    if (!c->at->home.len || mention_is_prelude(c))
        return NULL;
    return analysis_location(s, c->analysis, c->at->home);
}

json_t *lsp_definition(struct server *s, const json_t *params, struct failure *f)
{
    struct cursor c;
    if (!cursor_read(&c, s, params, f))
        return NULL;
    json_t *j = location_at(s, &c);
    cursor_free(&c);
    return j;
}

json_t *lsp_highlights(struct server *s, const json_t *params, struct failure *f)
{
    struct cursor c;
    json_t *list = lsp_array();
    if (!cursor_read(&c, s, params, f))
        return list;
    for (size_t i = 0; c.at && i < c.all.len; i++) {
        if (!mention_same(&c.all.items[i], c.at))
            continue;
        json_t *one = lsp_object();
        lsp_set(one, "range", analysis_range(c.analysis, c.all.items[i].span));
        lsp_add(list, one);
    }
    cursor_free(&c);
    return list;
}

struct search {
    struct server *server;
    const char *path; /* of the file in which it is named */
    const struct mention *what;
    bool with_home;
    json_t *found; /* URI: list of ranges, each once */
};

static void add_range(json_t *found, const char *uri, json_t *range)
{
    json_t *list = json_object_get(found, uri);
    const json_t *other;
    size_t i;
    if (!list) {
        list = lsp_array();
        lsp_set(found, uri, list);
    }
    json_array_foreach(list, i, other)
    {
        if (!json_equal(other, range))
            continue;
        json_decref(range);
        return;
    }
    lsp_add(list, range);
}

/* The same thing in another analysis: of the same kind, named at the same place of the same file. */
static bool is_meant(const struct search *w, const struct analysis *a, const struct mention *m)
{
    return m->kind == w->what->kind && m->home.len && m->home.start == w->what->home.start &&
           !strcmp(a->paths[m->home.file], w->path);
}

static void search_file(const struct search *w, const struct analysis *a, const struct file *file)
{
    struct mentions all = { 0 };
    char *uri = server_uri(w->server, a->paths[file->source]);
    mentions_read(&all, file);
    for (size_t i = 0; i < all.len; i++) {
        const struct mention *m = &all.items[i];
        bool home = m->span.file == m->home.file && m->span.start == m->home.start;
        if (is_meant(w, a, m) && (w->with_home || !home))
            add_range(w->found, uri, analysis_range(a, m->span));
    }
    vec_free(&all);
    free(uri);
}

static void search_analysis(void *owner, const struct analysis *a)
{
    for (const struct file *file = compile_tree(a->compile); file; file = file->next)
        if (strcmp(a->paths[file->source], "prelude.flow") != 0)
            search_file(owner, a, file);
}

json_t *references_find(struct server *s, const struct cursor *c, bool with_home)
{
    struct search w = { .server = s,
                        .path = c->analysis->paths[c->at->home.file],
                        .what = c->at,
                        .with_home = with_home,
                        .found = lsp_object() };
    workspace_visit(s, w.path, search_analysis, &w);
    return w.found;
}

static json_t *locations_of(json_t *found)
{
    json_t *list = lsp_array(), *ranges, *range;
    const char *uri;
    size_t i;
    json_object_foreach(found, uri, ranges) json_array_foreach(ranges, i, range)
    {
        json_t *one = lsp_object();
        lsp_set_text(one, "uri", uri);
        lsp_set(one, "range", json_incref(range));
        lsp_add(list, one);
    }
    return list;
}

json_t *lsp_references(struct server *s, const json_t *params, struct failure *f)
{
    struct cursor c;
    json_t *list = NULL;
    bool with_home = json_is_true(json_object_get(json_object_get(params, "context"), "includeDeclaration"));
    if (!cursor_read(&c, s, params, f))
        return NULL;
    if (c.at && c.at->home.len && !mention_is_prelude(&c)) {
        json_t *found = references_find(s, &c, with_home);
        list = locations_of(found);
        json_decref(found);
    }
    cursor_free(&c);
    return list;
}
