/* From checked trees to an image. One thread at a time. Everything of the image lives in the arena and refers to the
 * sources. */
#ifndef COMPILER_EMIT_H
#define COMPILER_EMIT_H

#include "compiler/ast_decl.h"
#include "compiler/diag.h"
#include "vm/isa/image.h"

struct emit_env {
    struct arena *arena;
    const struct sources *sources;
    struct diags *diags;        /* what is too big for an image is reported here */
    const struct file *files;   /* the compiled one first; it has a flow */
    const struct file *prelude; /* one of them, or NULL: its text is everybody's and not kept in images */
};

/* Never NULL; of no use when the diagnostics hold errors. The same trees give the same image. */
const struct image *emit_image(const struct emit_env *env);

#endif
