/* The words of one compilation, each kept once. One thread at a time. Words live in the arena; the table itself
 * is freed by names_close(). Keywords are in it from the start. */
#ifndef COMPILER_AST_NAME_H
#define COMPILER_AST_NAME_H

#include "compiler/ast.h"

struct names;

struct names *names_new(struct arena *arena); /* never NULL */
void names_close(struct names *set);          /* accepts NULL */

/* The word for a text; made when it is new. Never NULL. The text is copied. */
const struct name *name_intern(struct names *set, struct str text);

/* The word for a text, NULL when nobody has used it. */
const struct name *name_find(const struct names *set, struct str text);

uint32_t names_count(const struct names *set); /* ids are 0 … count - 1 */

/* Is it a word of ast_type.def? */
bool name_is_type(const struct name *name);

#endif
