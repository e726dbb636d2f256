/* One program run by the machine and by the evaluator. One thread. */
#ifndef TESTS_FUZZ_DIFFERENTIAL_COMPARE_H
#define TESTS_FUZZ_DIFFERENTIAL_COMPARE_H

#include "vm/base/str.h"

enum verdict {
    VERDICT_SAME,
    VERDICT_LIMIT,   /* one of them came to a limit that the other counts differently */
    VERDICT_REFUSED, /* the compiler refused it: the generator is wrong */
    VERDICT_DIFFERS,
};

/* Makes the program of these choices, runs it both ways; report gets the program and what was seen. */
enum verdict compare_choices(struct str choices, struct sbuf *report);

/* The same for a program as text. */
enum verdict compare_text(struct str text, struct sbuf *report);

/* Fewer and smaller choices with the same verdict, as far as can be found. *choices is changed in place. */
void compare_shrink(struct sbuf *choices, enum verdict verdict);

#endif
