/* What the parts of the language server share, for lsp*.c only. One thread.
 * The server owns its documents; a document owns its text and, until a text it depends on changes, its analysis. */
#ifndef COMPILER_AUTHOR_LSP_SERVER_H
#define COMPILER_AUTHOR_LSP_SERVER_H

#include "compiler/author/lsp_json.h"
#include "compiler/author/lsp_wire.h"
#include "compiler/compile.h"

/* A text compiled as the first of its files, with what belongs to its places. */
struct analysis {
    struct compile *compile;
    struct lsp_lines *lines; /* by source, each read when first asked for */
    char **paths;            /* by source, clean; the prelude's is "prelude.flow" */
};

struct document {
    char *uri; /* as the editor wrote it */
    char *path;
    json_int_t version;
    struct sbuf text;
    struct lsp_lines lines;
    struct analysis *analysis; /* NULL: to be made anew */
    bool changed;              /* since its diagnostics were sent */
    struct document *next;
};

enum lsp_state { LSP_NEW, LSP_RUNNING, LSP_SHUT_DOWN };

struct server {
    struct lsp_wire wire;
    enum lsp_state state;
    bool over;
    bool snippets; /* the editor knows completions with places to fill in */
    struct document *documents;
    json_t *published;    /* URI: its diagnostics as last sent, when there were any */
    json_t *inbox;        /* messages that have come and are not answered */
    struct sbuf *folders; /* of the workspace: paths */
    size_t nfolders;
};

/* Why a request has no result. */
struct failure {
    int code;            /* 0: it has one */
    const char *message; /* static */
};

enum {
    LSP_PARSE_ERROR = -32700,
    LSP_INVALID_REQUEST = -32600,
    LSP_UNKNOWN_METHOD = -32601,
    LSP_INVALID_PARAMS = -32602,
    LSP_NOT_INITIALIZED = -32002,
    LSP_CANCELLED = -32800,
    LSP_FAILED = -32803,
};

/* ---- lsp_document.c ---- */
struct document *document_by_path(const struct server *s, const char *path);
/* The document that a request's textDocument names; NULL when it is not open, which is written into f. */
struct document *document_of(const struct server *s, const json_t *params, struct failure *f);
void document_open(struct server *s, const json_t *params);
void document_change(struct server *s, const json_t *params);
void document_close(struct server *s, const json_t *params);
void documents_stale(struct server *s); /* files on the disk may have changed */
void documents_free(struct server *s);

/* ---- lsp_analysis.c ---- */
const struct analysis *document_analysis(struct server *s, struct document *d); /* never NULL */
/* Of a file that need not be open. NULL when it cannot be read. Free it with analysis_free(). */
struct analysis *analysis_of_file(struct server *s, const char *path);
void analysis_free(struct analysis **a);
bool analysis_has(const struct analysis *a, const char *path); /* is that file one of its sources? */
json_t *analysis_range(const struct analysis *a, struct span span);
json_t *analysis_location(const struct server *s, const struct analysis *a, struct span span);
char *server_uri(const struct server *s, const char *path); /* the editor's own when it is open; free() it */

/* Sends the diagnostics of changed documents, and of whatever files they changed for. */
void server_publish(struct server *s);

/* ---- answers to requests, each by its name in the protocol; the result is the caller's, and
 * NULL stands for null ---- */
json_t *lsp_initialize(struct server *s, const json_t *params, struct failure *f);
json_t *lsp_completion(struct server *s, const json_t *params, struct failure *f);
json_t *lsp_hover(struct server *s, const json_t *params, struct failure *f);
json_t *lsp_definition(struct server *s, const json_t *params, struct failure *f);
json_t *lsp_references(struct server *s, const json_t *params, struct failure *f);
json_t *lsp_highlights(struct server *s, const json_t *params, struct failure *f);
json_t *lsp_prepare_rename(struct server *s, const json_t *params, struct failure *f);
json_t *lsp_rename(struct server *s, const json_t *params, struct failure *f);
json_t *lsp_formatting(struct server *s, const json_t *params, struct failure *f);
json_t *lsp_symbols(struct server *s, const json_t *params, struct failure *f);
json_t *lsp_lenses(struct server *s, const json_t *params, struct failure *f);

#endif
