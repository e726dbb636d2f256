/* Text in columns, for doc*.c only. */
#ifndef COMPILER_AUTHOR_DOC_TABLE_H
#define COMPILER_AUTHOR_DOC_TABLE_H

#include "vm/base/str.h"

enum { DOC_COLUMNS_MAX = 4, DOC_INDENT = 2, DOC_GAP = 2 };

/* Widths of the columns; the last takes what is left of `width`. */
struct doc_table {
    unsigned count;
    unsigned widths[DOC_COLUMNS_MAX];
    unsigned width;
};

/* A column becomes as wide as a cell wants, but no wider than max. */
void doc_table_widen(struct doc_table *t, unsigned column, struct str cell, unsigned max);
/* A row; what does not fit its column goes on below. */
void doc_table_row(const struct doc_table *t, const struct str cells[DOC_COLUMNS_MAX], struct sbuf *out);

#endif
