/* The one layout of a flow. One thread at a time.
 * Line breaks stay where the author put them, at most one empty line in a row; indentation, spaces and the columns of
 * neighbouring clauses, values and comments are the formatter's, but for a column that the author gave to clauses.
 * Formatting a formatted text changes nothing. */
#ifndef COMPILER_AUTHOR_FMT_H
#define COMPILER_AUTHOR_FMT_H

#include "compiler/parse.h"

/* Formats a source of env->sources into out. The file is read first: ERR_SYNTAX when it has mistakes (they are in
 * env->diags, but for those that only the checker can name, and out is unchanged): what cannot be read has no layout.
 */
enum err fmt_source(const struct parse_env *env, uint32_t source, struct sbuf *out) MUST_USE;

#endif
