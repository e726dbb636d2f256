/* Patterns of the language (matches, valid, permit, menu choices): a pattern fits a whole text. '?' is one character,
 * '*' any run of them, '[1-5]' one of a range, '\' takes the next character literally. The compiler, the machine and
 * the actions all ask here. Any thread; owns nothing. */
#ifndef VM_BASE_GLOB_H
#define VM_BASE_GLOB_H

#include "vm/base/str.h"

struct glob_fit {
    bool whole;  /* it fits the text */
    bool longer; /* it fits some text that begins with this one and is longer */
};

/* Takes at most pattern.len * text.len steps. A '[' that begins no range and a '\' at the end stand for themselves. */
struct glob_fit glob_try(struct str pattern, struct str text);
bool glob_fits(struct str pattern, struct str text);

/* Whether the pattern is plain text: it has no '?', no run and no range. */
bool glob_is_fixed(struct str pattern);

/* The length in bytes of the pattern's first element, 0 when it is a '[' or '\' that is not complete. The pattern is
 * not empty. */
size_t glob_element(struct str pattern);

#endif
