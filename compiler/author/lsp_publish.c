/* Diagnostics as one types: each open text is compiled as a file of its own and speaks for the files it uses, too. */
#include <stdlib.h>
#include <string.h>

#include "compiler/author/lsp_server.h"

enum { SEVERITY_ERROR = 1, SEVERITY_WARNING = 2 };

static json_t *notes_json(const struct server *s, const struct analysis *a, const struct diag *d)
{
    json_t *list = lsp_array();
    for (const struct diag_note *n = d->notes; n; n = n->next) {
        json_t *note = lsp_object();
        lsp_set(note, "location", analysis_location(s, a, n->span));
        lsp_set(note, "message", lsp_string(n->text));
        lsp_add(list, note);
    }
    return list;
}

static bool is_unused(const struct diag *d)
{
    return d->severity == DIAG_WARNING && str_ends(d->message, "never used");
}

static json_t *diag_json(const struct server *s, const struct analysis *a, const struct diag *d)
{
    json_t *j = lsp_object();
    struct sbuf text = { 0 };
    sbuf_str(&text, d->message);
    if (d->help.len)
        sbuf_fmt(&text, "\nhelp: %.*s", STR_ARG(d->help));
    lsp_set(j, "range", analysis_range(a, d->span));
    lsp_set(j, "severity", lsp_integer(d->severity == DIAG_ERROR ? SEVERITY_ERROR : SEVERITY_WARNING));
    lsp_set_text(j, "source", "flowc");
    lsp_set(j, "message", lsp_string(sbuf_view(&text)));
    if (d->notes)
        lsp_set(j, "relatedInformation", notes_json(s, a, d));
    if (is_unused(d)) {
        json_t *tags = lsp_array();
        lsp_add(tags, lsp_integer(1)); /* DiagnosticTag.Unnecessary: shown faded */
        lsp_set(j, "tags", tags);
    }
    sbuf_free(&text);
    return j;
}

/* Two flows that use one file may say the same of it. */
static void add_once(json_t *list, json_t *d)
{
    const json_t *other;
    size_t i;
    bool there = false;
    json_array_foreach(list, i, other) there = there || json_equal(other, d);
    if (there)
        json_decref(d);
    else
        lsp_add(list, d);
}

static json_t *list_of(json_t *all, const char *uri)
{
    json_t *list = json_object_get(all, uri);
    if (!list) {
        list = lsp_array();
        lsp_set(all, uri, list);
    }
    return list;
}

static void collect(struct server *s, struct document *d, json_t *all)
{
    const struct analysis *a = document_analysis(s, d);
    const struct diags *diags = compile_diags(a->compile);
    for (size_t i = 0; i < diags_count(diags); i++) {
        const struct diag *one = diags_at(diags, i);
        char *uri = server_uri(s, a->paths[one->span.file]);
        json_t *list = list_of(all, uri), *made = diag_json(s, a, one);
        if (strcmp(a->paths[one->span.file], d->path) != 0)
            add_once(list, made);
        else
            lsp_add(list, made);
        free(uri);
    }
}

static void send_list(struct server *s, const char *uri, json_t *list, const struct document *d)
{
    json_t *message = lsp_object(), *params = lsp_object();
    lsp_set_text(params, "uri", uri);
    if (d)
        lsp_set(params, "version", lsp_integer(d->version));
    lsp_set(params, "diagnostics", list ? json_incref(list) : lsp_array());
    lsp_set_text(message, "jsonrpc", "2.0");
    lsp_set_text(message, "method", "textDocument/publishDiagnostics");
    lsp_set(message, "params", params);
    lsp_wire_send(&s->wire, message);
}

/* Files that are not open, or have not changed: only what is new of them. */
static void send_others(struct server *s, const json_t *sent, json_t *all)
{
    const char *uri;
    json_t *list;
    void *next;
    json_object_foreach(all, uri,
                        list) if (!json_object_get(sent, uri) && !json_equal(list, json_object_get(s->published, uri)))
        send_list(s, uri, list, NULL);
    json_object_foreach_safe(s->published, next, uri,
                             list) if (!json_object_get(sent, uri) && !json_object_get(all, uri))
        send_list(s, uri, NULL, NULL);
}

static bool any_changed(const struct server *s)
{
    for (const struct document *d = s->documents; d; d = d->next)
        if (d->changed)
            return true;
    return !s->documents && json_object_size(s->published);
}

void server_publish(struct server *s)
{
    if (!any_changed(s))
        return;
    json_t *all = lsp_object(), *sent = lsp_object();
    for (struct document *d = s->documents; d; d = d->next)
        collect(s, d, all);
    for (struct document *d = s->documents; d; d = d->next) {
        if (!d->changed)
            continue;
        send_list(s, d->uri, json_object_get(all, d->uri), d);
        lsp_set(sent, d->uri, json_true());
        d->changed = false;
    }
    send_others(s, sent, all);
    json_decref(sent);
    json_decref(s->published);
    s->published = all;
}
