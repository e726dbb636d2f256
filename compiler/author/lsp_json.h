/* JSON as the server writes it. Any thread. Running out of memory ends the process, as in vm/base/arena.h; so no
 * function here gives NULL, and every result is the caller's. */
#ifndef COMPILER_AUTHOR_LSP_JSON_H
#define COMPILER_AUTHOR_LSP_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "compiler/author/lsp_text.h"

/* Aborts when it is not so. */
static inline void lsp_must(bool ok)
{
    if (ok)
        return;
    fputs("out of memory\n", stderr);
    abort();
}

json_t *lsp_string(struct str s);
json_t *lsp_object(void);
json_t *lsp_array(void);
json_t *lsp_integer(long long n);
/* These take value over. */
void lsp_set(json_t *object, const char *key, json_t *value);
void lsp_set_text(json_t *object, const char *key, const char *text);
void lsp_add(json_t *array, json_t *value);

json_t *lsp_position_json(struct lsp_position at);
json_t *lsp_range_json(struct lsp_position from, struct lsp_position to);

/* Reading, of values of any kind: NULL, "" and false where there is no such thing. */
bool lsp_read_position(const json_t *j, struct lsp_position *out);
struct str lsp_read_text(const json_t *j, const char *key);

#endif
