/* Texts compiled, and the places in them. */
#include <stdlib.h>
#include <string.h>

#include "compiler/author/lsp_path.h"
#include "compiler/author/lsp_server.h"

static bool find_text(void *owner, const char *path, struct str *text)
{
    const struct server *s = owner;
    char *clean = lsp_path_clean(str_of(path));
    const struct document *d = document_by_path(s, clean);
    free(clean);
    if (d)
        *text = sbuf_view(&d->text);
    return d != NULL;
}

static struct analysis *analysis_new(struct compile *c)
{
    struct analysis *a = ARENA_NEW(compile_arena(c), struct analysis);
    uint32_t n = source_count(compile_sources(c));
    a->compile = c;
    a->lines = ARENA_ARRAY(compile_arena(c), struct lsp_lines, n + 1);
    a->paths = ARENA_ARRAY(compile_arena(c), char *, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        char *clean = lsp_path_clean(source_at(compile_sources(c), i)->path);
        a->paths[i] = arena_dup(compile_arena(c), clean, strlen(clean));
        free(clean);
    }
    return a;
}

/* Mistakes are in its diagnostics; a text too large for the compiler has none and no tree. */
static struct analysis *analyse(struct server *s, const char *path, struct str text)
{
    struct compile *c = compile_new();
    compile_set_texts(c, (struct compile_texts){ find_text, s });
    (void)!compile_text(c, path, text, NULL);
    return analysis_new(c);
}

const struct analysis *document_analysis(struct server *s, struct document *d)
{
    if (!d->analysis)
        d->analysis = analyse(s, d->path, sbuf_view(&d->text));
    return d->analysis;
}

struct analysis *analysis_of_file(struct server *s, const char *path)
{
    struct sbuf text = { 0 };
    struct str open;
    struct analysis *a = NULL;
    if (find_text(s, path, &open))
        return analyse(s, path, open);
    if (!sbuf_read_file(&text, path, SOURCE_MAX_BYTES))
        a = analyse(s, path, sbuf_view(&text));
    sbuf_free(&text);
    return a;
}

void analysis_free(struct analysis **a)
{
    if (!*a)
        return;
    struct compile *c = (*a)->compile; /* holds the analysis itself */
    for (uint32_t i = 0; i < source_count(compile_sources(c)); i++)
        vec_free(&(*a)->lines[i]);
    compile_free(&c);
    *a = NULL;
}

bool analysis_has(const struct analysis *a, const char *path)
{
    for (uint32_t i = 0; i < source_count(compile_sources(a->compile)); i++)
        if (!strcmp(a->paths[i], path))
            return true;
    return false;
}

json_t *analysis_range(const struct analysis *a, struct span span)
{
    struct str text = source_at(compile_sources(a->compile), span.file)->text;
    struct lsp_lines *lines = &a->lines[span.file];
    if (!lines->len)
        lsp_lines_read(lines, text);
    return lsp_range_json(lsp_position(lines, text, span.start), lsp_position(lines, text, span.start + span.len));
}

char *server_uri(const struct server *s, const char *path)
{
    const struct document *d = document_by_path(s, path);
    char *uri = d ? strdup(d->uri) : lsp_uri_of_path(str_of(path));
    lsp_must(uri != NULL);
    return uri;
}

json_t *analysis_location(const struct server *s, const struct analysis *a, struct span span)
{
    json_t *j = lsp_object();
    char *uri = server_uri(s, a->paths[span.file]);
    lsp_set_text(j, "uri", uri);
    lsp_set(j, "range", analysis_range(a, span));
    free(uri);
    return j;
}
