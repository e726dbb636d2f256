/* Random well-typed flows. Every choice is a byte of the input, and a choice that is missing is 0, the simplest: so a
 * fuzzer can grow a program, and a failing one is made smaller by making its choices fewer. Any thread. */
#ifndef TESTS_FUZZ_DIFFERENTIAL_PROGRAM_H
#define TESTS_FUZZ_DIFFERENTIAL_PROGRAM_H

#include "vm/base/str.h"

/* Adds the text of a file that the compiler accepts. The same choices give the same text. */
void program_make(struct sbuf *out, struct str choices);

#endif
