/* A flow to begin with: it compiles, is laid out as flowc fmt does it, and its tests pass. Any thread. */
#ifndef COMPILER_AUTHOR_STARTER_H
#define COMPILER_AUTHOR_STARTER_H

#include <stdbool.h>

#include "vm/base/str.h"

/* Can a flow have this name: small letters, digits and _, no keyword? */
bool starter_name_fits(struct str name);

/* The text of NAME.flow. */
void starter_text(struct str name, struct sbuf *out);

#endif
