/* The section of test blocks. One thread at a time. */
#ifndef COMPILER_EMIT_TEST_H
#define COMPILER_EMIT_TEST_H

#include "compiler/emit.h"

/* The tests of the compiled file as bytes in the arena (stdlib/catalog/step.h), empty when it has none. Values that a
 * test cannot know are reported. */
struct str emit_test_section(const struct emit_env *env);

#endif
