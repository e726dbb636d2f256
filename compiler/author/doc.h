/* The manual of an action as text for a terminal, from the catalogue. Any thread. */
#ifndef COMPILER_AUTHOR_DOC_H
#define COMPILER_AUTHOR_DOC_H

#include "stdlib/catalog/catalog.h"

/* A page: what the action does, its arguments and outcomes as tables no wider than width columns, an example. */
void doc_action(const struct action_row *row, unsigned width, struct sbuf *out);

/* All actions, a line each. */
void doc_list(unsigned width, struct sbuf *out);

/* A statement that uses the action: what it must be given, a clause for each outcome that must be handled. It
 * compiles in any flow whose permits allow "https://api.example". */
void doc_example(const struct action_row *row, struct sbuf *out);

/* The action whose name is most like the text; NULL when none is. */
const struct action_row *doc_like(struct str name);

#endif
