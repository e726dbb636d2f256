/* Messages of the base protocol on two descriptors: headers, an empty line, JSON. One thread.
 * The wire owns its buffer; the descriptors are borrowed. */
#ifndef COMPILER_AUTHOR_LSP_WIRE_H
#define COMPILER_AUTHOR_LSP_WIRE_H

#include <jansson.h>
#include <stdbool.h>

#include "vm/base/str.h"

enum { LSP_MESSAGE_MAX = 256 << 20 }; /* bytes; a longer one ends the conversation */

struct lsp_wire {
    int in, out;
    struct sbuf read; /* what has come */
    size_t taken;     /* how much of it is done with */
};

enum lsp_read {
    LSP_READ_MESSAGE, /* *out is the caller's */
    LSP_READ_NOTHING, /* nothing whole has come yet; only without wait */
    LSP_READ_BAD,     /* it was no JSON, or its header could not be read; it is passed over */
    LSP_READ_END,
};

/* wait: blocks until a message is there or the input ends. */
enum lsp_read lsp_wire_read(struct lsp_wire *w, bool wait, json_t **out);
/* Takes the message over. What cannot be written is lost: the other side is gone, which reading will tell. */
void lsp_wire_send(struct lsp_wire *w, json_t *message);
void lsp_wire_free(struct lsp_wire *w);

#endif
