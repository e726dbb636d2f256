/* Places in a text: bytes here, lines and UTF-16 code units in the protocol. Any thread, one at a time an object. */
#ifndef COMPILER_AUTHOR_LSP_TEXT_H
#define COMPILER_AUTHOR_LSP_TEXT_H

#include <stdint.h>

#include "vm/base/str.h"
#include "vm/base/vec.h"

/* Where lines begin. A line ends with \n, \r\n or \r, as the protocol says. */
struct lsp_lines {
    uint32_t *items;
    size_t len, cap;
};

/* Both count from 0. */
struct lsp_position {
    uint32_t line;
    uint32_t character; /* UTF-16 code units from the line's start */
};

/* Reads a text anew; free with vec_free(). */
void lsp_lines_read(struct lsp_lines *lines, struct str text);
/* The byte of a position. Beyond a line's end it is that end, beyond the text the text's end; never within a character.
 */
uint32_t lsp_offset(const struct lsp_lines *lines, struct str text, struct lsp_position at);
struct lsp_position lsp_position(const struct lsp_lines *lines, struct str text, uint32_t offset);

#endif
