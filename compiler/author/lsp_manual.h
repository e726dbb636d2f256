/* What a word means, as Markdown for hover and completion. Any thread; everything is added to the buffer. */
#ifndef COMPILER_AUTHOR_LSP_MANUAL_H
#define COMPILER_AUTHOR_LSP_MANUAL_H

#include "compiler/author/lsp_mention.h"
#include "compiler/author/lsp_server.h"

void manual_action(struct sbuf *out, const struct action_row *row);
void manual_arg(struct sbuf *out, const struct action_row *row, unsigned index);
void manual_outcome(struct sbuf *out, const struct action_row *row, unsigned index);
/* "matched(digits, …)": an outcome with the names of its payload. */
void manual_outcome_head(struct sbuf *out, const struct action_outcome *o);

/* The line that declares a function, and the comment above it. */
void manual_fn(struct sbuf *out, const struct analysis *a, const struct decl *fn);
void manual_symbol(struct sbuf *out, const struct analysis *a, const struct symbol *s);

/* The language's own functions and fields: NULL when there is no such one. */
struct manual_entry {
    const char *name, *head, *text;
};
const struct manual_entry *manual_builtins(size_t *count);
const struct manual_entry *manual_call_fields(size_t *count);
const struct manual_entry *manual_connection_fields(size_t *count);
const struct manual_entry *manual_find(const struct manual_entry *list, size_t count, struct str name);

#endif
