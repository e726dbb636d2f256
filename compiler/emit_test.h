/* The section of test blocks. */
#ifndef COMPILER_EMIT_TEST_H
#define COMPILER_EMIT_TEST_H

#include "compiler/emit.h"

/* The tests of the compiled file as bytes in the arena, empty when it has none. */
struct str emit_tests(const struct emit_env *env);

#endif
