/* Cuts a source text into tokens, all at once. One thread at a time.
 * What cannot be read is reported and becomes TOKEN_BAD; the list always ends with TOKEN_NEWLINE, TOKEN_END.
 * A line's end is a token only where a statement can end: not on empty lines, not after a token that goes on. */
#ifndef COMPILER_LEX_H
#define COMPILER_LEX_H

#include "compiler/parse.h"
#include "compiler/token.h"
#include "vm/base/vec.h"

#define LEX_MAX_NESTED_TEXTS 16 /* texts in `{…}` of texts */

struct tokens {
    struct token *items;
    size_t len, cap;
};

/* Adds the tokens of a file. comments: also TOKEN_COMMENT (for the formatter). Free with vec_free(). */
void lex_file(struct tokens *out, const struct parse_env *env, uint32_t source, bool comments);

#endif
