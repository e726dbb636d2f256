/* Patterns as the compiler needs them: written well, and whether a constant fits one. Any thread. */
#ifndef COMPILER_CHECK_PATTERN_H
#define COMPILER_CHECK_PATTERN_H

#include "vm/base/str.h"

/* The length of the pattern's first element in bytes, 0 when it is not well formed. pattern is not empty. */
size_t pattern_element(struct str pattern);

/* Does the pattern fit the whole text? ? one character, * any run, [1-5] one of a range, \ takes the next as it is. */
bool pattern_fits(struct str pattern, struct str text);

#endif
