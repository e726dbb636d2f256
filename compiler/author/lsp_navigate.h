/* The word under the editor's cursor, with the analysis it was found in. For lsp_*.c only; one thread. */
#ifndef COMPILER_AUTHOR_LSP_NAVIGATE_H
#define COMPILER_AUTHOR_LSP_NAVIGATE_H

#include "compiler/author/lsp_mention.h"
#include "compiler/author/lsp_server.h"

struct cursor {
    struct document *document;
    const struct analysis *analysis; /* the document's */
    struct mentions all;             /* of its own text */
    const struct mention *at;        /* NULL: nothing known stands there */
};

/* false: the request named no open document or no place, which is written into f; nothing to free then. */
bool cursor_read(struct cursor *out, struct server *s, const json_t *params, struct failure *f);
void cursor_free(struct cursor *c);

/* Calls take for each file of the workspace that uses the one at `path`, and for that one itself: an analysis whose
 * sources hold it. Open documents come first. */
void workspace_visit(struct server *s, const char *path, void (*take)(void *owner, const struct analysis *a),
                     void *owner);

/* Where the thing under the cursor is meant, in all files: an object of URI to a list of ranges. It has a home. */
json_t *references_find(struct server *s, const struct cursor *c, bool with_home);
bool mention_is_prelude(const struct cursor *c); /* is it one of the language's own functions? */

#endif
