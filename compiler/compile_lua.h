/* Files in Lua as a compilation sees them. Private to the compiler. */
#ifndef COMPILER_COMPILE_LUA_H
#define COMPILER_COMPILE_LUA_H

#include "compiler/ast_decl.h"
#include "compiler/diag.h"

/* Looks into the file of an `extern lua` that is among the sources, when the command has a way to (compile.h), and
 * reports what is wrong with it. */
void compile_look_lua(struct arena *arena, const struct sources *sources, struct diags *diags, const struct decl *d);

#endif
