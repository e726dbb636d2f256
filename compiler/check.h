/* The checker: names, types, outcomes, qualifiers, permits and paths of all files of a compilation. It fills the fields
 * of the syntax tree that are marked so, and reports mistakes. One thread at a time; memory comes from the arena. */
#ifndef COMPILER_CHECK_H
#define COMPILER_CHECK_H

#include "compiler/ast_decl.h"
#include "compiler/ast_name.h"
#include "compiler/diag.h"

struct check_env {
    struct arena *arena;
    struct names *names;
    const struct sources *sources;
    struct diags *diags;
    struct file *files;   /* all of them, the compiled one first, linked by next */
    struct file *prelude; /* the language's own functions, one of them, or NULL */
};

void check_files(const struct check_env *env);

#endif
