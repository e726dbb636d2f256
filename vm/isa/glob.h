/* Patterns of the language (matches, valid, permit, menu choices): a pattern fits a whole text. '?' is one character,
 * '*' any run of them, '[1-5]' one of a range or set, '\' takes the next character literally. Any thread; owns nothing.
 */
#ifndef VM_ISA_GLOB_H
#define VM_ISA_GLOB_H

#include "vm/base/str.h"

/* Takes at most pattern.len * text.len steps. A '[' that is never closed stands for itself. */
bool glob_fits(struct str pattern, struct str text);

#endif
