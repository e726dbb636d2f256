/* Texts as the editor has them. */
#include <stdlib.h>
#include <string.h>

#include "compiler/author/lsp_path.h"
#include "compiler/author/lsp_server.h"

struct document *document_by_path(const struct server *s, const char *path)
{
    struct document *d = s->documents;
    while (d && strcmp(d->path, path) != 0)
        d = d->next;
    return d;
}

static struct document *by_uri(const struct server *s, const json_t *params)
{
    struct str uri = lsp_read_text(json_object_get(params, "textDocument"), "uri");
    char *path = lsp_path_of_uri(uri);
    struct document *d = document_by_path(s, path);
    free(path);
    return d;
}

struct document *document_of(const struct server *s, const json_t *params, struct failure *f)
{
    struct document *d = by_uri(s, params);
    if (!d)
        *f = (struct failure){ .code = LSP_INVALID_PARAMS, .message = "no such document is open" };
    return d;
}

/* Whatever was made of that text is made anew when it is asked for. */
static void make_stale(struct server *s, const char *path)
{
    for (struct document *d = s->documents; d; d = d->next) {
        if (path && strcmp(d->path, path) != 0 && d->analysis && !analysis_has(d->analysis, path))
            continue;
        analysis_free(&d->analysis);
        d->changed = true;
    }
}

void documents_stale(struct server *s) { make_stale(s, NULL); }

static void read_version(struct document *d, const json_t *params)
{
    d->version = json_integer_value(json_object_get(json_object_get(params, "textDocument"), "version"));
}

static void set_text(struct document *d, struct str text)
{
    sbuf_clear(&d->text);
    sbuf_str(&d->text, text);
    lsp_lines_read(&d->lines, text);
}

static struct document *document_new(struct str uri)
{
    struct document *d = calloc(1, sizeof *d);
    lsp_must(d != NULL);
    d->uri = strndup(uri.p ? uri.p : "", uri.len);
    lsp_must(d->uri != NULL);
    d->path = lsp_path_of_uri(uri);
    return d;
}

void document_open(struct server *s, const json_t *params)
{
    const json_t *item = json_object_get(params, "textDocument");
    struct str uri = lsp_read_text(item, "uri");
    if (!uri.len || !json_is_string(json_object_get(item, "text")))
        return;
    struct document *d = by_uri(s, params);
    if (!d) {
        d = document_new(uri);
        d->next = s->documents;
        s->documents = d;
    }
    read_version(d, params);
    set_text(d, lsp_read_text(item, "text"));
    documents_stale(s); /* a file that could not be read may be this one */
}

/* Replaces a range of the text, or all of it when none is given. */
static void apply_change(struct document *d, const json_t *change)
{
    const json_t *range = json_object_get(change, "range");
    struct str text = lsp_read_text(change, "text"), old = sbuf_view(&d->text);
    struct lsp_position from, to;
    struct sbuf made = { 0 };
    if (!json_is_string(json_object_get(change, "text")))
        return;
    if (!range) {
        set_text(d, text);
        return;
    }
    if (!lsp_read_position(json_object_get(range, "start"), &from) ||
        !lsp_read_position(json_object_get(range, "end"), &to))
        return;
    uint32_t start = lsp_offset(&d->lines, old, from), end = lsp_offset(&d->lines, old, to);
    if (end < start)
        end = start;
    sbuf_add(&made, old.p, start);
    sbuf_str(&made, text);
    sbuf_add(&made, old.p + end, old.len - end);
    sbuf_free(&d->text);
    d->text = made;
    lsp_lines_read(&d->lines, sbuf_view(&d->text));
}

void document_change(struct server *s, const json_t *params)
{
    struct document *d = by_uri(s, params);
    const json_t *change;
    size_t i;
    if (!d)
        return;
    read_version(d, params);
    json_array_foreach(json_object_get(params, "contentChanges"), i, change) apply_change(d, change);
    make_stale(s, d->path);
}

static void document_free(struct document *d)
{
    analysis_free(&d->analysis);
    sbuf_free(&d->text);
    vec_free(&d->lines);
    free(d->uri);
    free(d->path);
    free(d);
}

void document_close(struct server *s, const json_t *params)
{
    struct document *d = by_uri(s, params);
    if (!d)
        return;
    struct document **link = &s->documents;
    while (*link != d)
        link = &(*link)->next;
    *link = d->next;
    document_free(d);
    documents_stale(s); /* from now on the file counts */
}

void documents_free(struct server *s)
{
    while (s->documents) {
        struct document *d = s->documents;
        s->documents = d->next;
        document_free(d);
    }
}
