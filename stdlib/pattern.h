/* Patterns of digits and names, as `valid`, menu choices and permits write them: ? one character, * any run, [1-5] one
 * character of a range, \ takes the next literally. A pattern fits the whole text. Pure functions: any thread; time
 * grows with text × pattern. */
#ifndef STDLIB_PATTERN_H
#define STDLIB_PATTERN_H

#include "vm/base/str.h"

enum { PATTERN_MAX = 255 }; /* elements; a longer pattern fits nothing */

struct pattern_fit {
    bool whole;  /* it fits the text */
    bool longer; /* it fits some text that begins with this one and is longer */
};

struct pattern_fit pattern_try(struct str text, struct str pattern);
bool pattern_match(struct str text, struct str pattern);
/* Whether the pattern is plain text: fixed texts win over others. */
bool pattern_is_fixed(struct str pattern);

#endif
