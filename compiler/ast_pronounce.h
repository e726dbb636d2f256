/* How names are said. See ast.h for memory and threads. */
#ifndef COMPILER_AST_PRONOUNCE_H
#define COMPILER_AST_PRONOUNCE_H

#include "compiler/ast.h"

/* A name and its spelling for a voice. */
struct pronounce_item {
    struct literal word, said;
    struct pronounce_item *next;
};

#endif
