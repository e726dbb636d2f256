/* The language once more, in the plainest way: a walk over the checked tree, without slots, heap or instructions. It
 * shares the parser and the checker with the compiler, and nothing with the emitter, the verifier and the machine. */
#ifndef TESTS_FUZZ_DIFFERENTIAL_EVALUATE_H
#define TESTS_FUZZ_DIFFERENTIAL_EVALUATE_H

#include "compiler/ast_decl.h"
#include "tests/fuzz/differential/world.h"

/* Runs the file's flow in the world, until it ends or has done `steps` of work. */
void evaluate(const struct file *file, struct world *world, unsigned long steps);

#endif
