/* Reads one file into a syntax tree. One thread at a time; the tree lives in the arena.
 * All mistakes of the file go to the diagnostics in one run; what could not be read stands in the tree as *_BAD.
 * Nesting is limited to PARSE_MAX_DEPTH, beyond which a file is refused. */
#ifndef COMPILER_PARSE_H
#define COMPILER_PARSE_H

#include "compiler/ast.h"
#include "compiler/ast_name.h"
#include "compiler/diag.h"

#define PARSE_MAX_DEPTH 200

/* What all stages of one compilation share. Owns nothing. */
struct parse_env {
    struct arena *arena;
    struct names *names;
    struct sources *sources;
    struct diags *diags;
};

/* Never NULL. `source` is an index of env->sources. */
struct file *parse_file(const struct parse_env *env, uint32_t source);

/* Do two expressions read the same? Spans are not compared. For literals in clauses, arms and `expect`. */
bool expr_same(const struct expr *a, const struct expr *b);

#endif
