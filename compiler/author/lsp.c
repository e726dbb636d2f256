/* The server's loop: what has come is read whole before it is answered, so that a request that was cancelled meanwhile
 * is not worked on, and diagnostics are made once for all that was typed. */
#include "compiler/author/lsp.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/author/lsp_server.h"

static void send_reply(struct server *s, const json_t *id, const char *key, json_t *value)
{
    json_t *message = lsp_object();
    lsp_set_text(message, "jsonrpc", "2.0");
    lsp_set(message, "id", id ? json_deep_copy(id) : json_null());
    lsp_set(message, key, value);
    lsp_wire_send(&s->wire, message);
}

static void send_failure(struct server *s, const json_t *id, int code, const char *text)
{
    json_t *error = lsp_object();
    lsp_set(error, "code", lsp_integer(code));
    lsp_set_text(error, "message", text);
    send_reply(s, id, "error", error);
}

static json_t *on_shutdown(struct server *s, const json_t *params, struct failure *f)
{
    (void)params, (void)f;
    s->state = LSP_SHUT_DOWN;
    return json_null();
}

static void on_files_changed(struct server *s, const json_t *params)
{
    (void)params;
    documents_stale(s);
}

static void on_exit_notice(struct server *s, const json_t *params)
{
    (void)params;
    s->over = true;
}

static const struct request {
    const char *method;
    json_t *(*answer)(struct server *s, const json_t *params, struct failure *f);
} requests[] = {
    { "initialize", lsp_initialize },
    { "shutdown", on_shutdown },
    { "textDocument/completion", lsp_completion },
    { "textDocument/hover", lsp_hover },
    { "textDocument/definition", lsp_definition },
    { "textDocument/references", lsp_references },
    { "textDocument/documentHighlight", lsp_highlights },
    { "textDocument/prepareRename", lsp_prepare_rename },
    { "textDocument/rename", lsp_rename },
    { "textDocument/formatting", lsp_formatting },
    { "textDocument/documentSymbol", lsp_symbols },
    { "textDocument/codeLens", lsp_lenses },
};

static const struct notice {
    const char *method;
    void (*take)(struct server *s, const json_t *params);
} notices[] = {
    { "exit", on_exit_notice },
    { "textDocument/didOpen", document_open },
    { "textDocument/didChange", document_change },
    { "textDocument/didClose", document_close },
    { "textDocument/didSave", on_files_changed },
    { "workspace/didChangeWatchedFiles", on_files_changed },
};

/* What the protocol allows before `initialize` and after `shutdown`. NULL: it is allowed. */
static const char *refusal(const struct server *s, const char *method, int *code)
{
    bool first = !strcmp(method, "initialize");
    *code = s->state == LSP_NEW ? LSP_NOT_INITIALIZED : LSP_INVALID_REQUEST;
    if (s->state == LSP_NEW)
        return first ? NULL : "the first request is 'initialize'";
    if (s->state == LSP_SHUT_DOWN)
        return "the server is shut down";
    return first ? "'initialize' came already" : NULL;
}

static const struct request *request_find(const char *method)
{
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        if (!strcmp(requests[i].method, method))
            return &requests[i];
    return NULL;
}

static void on_request(struct server *s, const json_t *id, const char *method, const json_t *params)
{
    struct failure f = { 0 };
    const char *refused = refusal(s, method, &f.code);
    const struct request *r = request_find(method);
    if (refused) {
        send_failure(s, id, f.code, refused);
        return;
    }
    if (!r) {
        send_failure(s, id, LSP_UNKNOWN_METHOD, "no such method");
        return;
    }
    f.code = 0;
    json_t *result = r->answer(s, params, &f);
    if (!f.code) {
        send_reply(s, id, "result", result ? result : json_null());
        return;
    }
    send_failure(s, id, f.code, f.message);
    json_decref(result);
}

static void on_notice(struct server *s, const char *method, const json_t *params)
{
    if (s->state != LSP_RUNNING && strcmp(method, "exit") != 0)
        return;
    for (size_t i = 0; i < sizeof notices / sizeof *notices; i++)
        if (!strcmp(notices[i].method, method))
            notices[i].take(s, params);
}

static void on_message(struct server *s, const json_t *message)
{
    const json_t *id = json_object_get(message, "id"), *params = json_object_get(message, "params");
    const char *method = json_string_value(json_object_get(message, "method"));
    bool answer = json_object_get(message, "result") || json_object_get(message, "error");
    if (method && id && (json_is_string(id) || json_is_number(id)))
        on_request(s, id, method, params);
    else if (method && !id)
        on_notice(s, method, params);
    else if (!answer)
        send_failure(s, NULL, LSP_INVALID_REQUEST, "this is no request");
}

/* A request still in the inbox is answered at once and taken out; one that was answered is too late to cancel. */
static void cancel(struct server *s, const json_t *id)
{
    const json_t *message;
    size_t i;
    json_array_foreach(s->inbox, i, message)
    {
        if (!json_equal(json_object_get(message, "id"), id) || !json_object_get(message, "method"))
            continue;
        send_failure(s, id, LSP_CANCELLED, "the request was cancelled");
        lsp_must(json_array_remove(s->inbox, i) == 0);
        return;
    }
}

static void receive(struct server *s, json_t *message)
{
    const json_t *id = json_object_get(json_object_get(message, "params"), "id");
    const char *method = json_string_value(json_object_get(message, "method"));
    if (method && id && !strcmp(method, "$/cancelRequest")) {
        cancel(s, id);
        json_decref(message);
    } else {
        lsp_add(s->inbox, message);
    }
}

/* Reads all that is there; wait: at least one message. false: the input is over. */
static bool read_inbox(struct server *s, bool wait)
{
    for (;;) {
        json_t *message = NULL;
        switch (lsp_wire_read(&s->wire, wait, &message)) {
        case LSP_READ_MESSAGE: receive(s, message); break;
        case LSP_READ_BAD: send_failure(s, NULL, LSP_PARSE_ERROR, "this is no message"); break;
        case LSP_READ_NOTHING: return true;
        case LSP_READ_END: return false;
        }
        wait = false;
    }
}

static void answer_first(struct server *s)
{
    json_t *message = json_incref(json_array_get(s->inbox, 0));
    lsp_must(json_array_remove(s->inbox, 0) == 0);
    on_message(s, message);
    json_decref(message);
}

static void serve(struct server *s)
{
    bool open = true;
    while (!s->over && (open || json_array_size(s->inbox))) {
        if (!json_array_size(s->inbox))
            server_publish(s);
        if (open)
            open = read_inbox(s, !json_array_size(s->inbox));
        if (json_array_size(s->inbox))
            answer_first(s);
    }
}

int lsp_serve(int in, int out)
{
    struct server s = { .wire = { .in = in, .out = out }, .inbox = lsp_array(), .published = lsp_object() };
    serve(&s);
    documents_free(&s);
    for (size_t i = 0; i < s.nfolders; i++)
        sbuf_free(&s.folders[i]);
    free(s.folders);
    json_decref(s.inbox);
    json_decref(s.published);
    lsp_wire_free(&s.wire);
    return s.state == LSP_SHUT_DOWN ? 0 : 1;
}
