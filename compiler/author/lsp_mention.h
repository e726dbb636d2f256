/* What each word of a checked file means: the base of hover, definition, references and rename. One thread at a time.
 * Mentions point into the tree of the analysis they were read from, and live no longer than it. */
#ifndef COMPILER_AUTHOR_LSP_MENTION_H
#define COMPILER_AUTHOR_LSP_MENTION_H

#include "compiler/ast_decl.h"
#include "compiler/check_scope.h"
#include "stdlib/catalog/catalog.h"
#include "vm/base/vec.h"

struct analysis;

enum mention_kind {
    MENTION_VALUE,      /* symbol: a variable, parameter, constant, hours, … */
    MENTION_FN,         /* decl */
    MENTION_FN_OUTCOME, /* decl, of: its outcome */
    MENTION_FLOW,       /* decl; NULL: a flow of another file, by its name in `word` */
    MENTION_ACTION,     /* row */
    MENTION_LABEL,      /* row, index: its argument */
    MENTION_OUTCOME,    /* row, index */
    MENTION_BUILTIN,    /* index: enum builtin */
    MENTION_FIELD,      /* expr: the EXPR_FIELD */
    MENTION_CALL,       /* the value `call` */
    MENTION_FILE,       /* decl: the `use` */
};

struct mention {
    enum mention_kind kind;
    struct span span;
    struct span home; /* where it was named; len 0: nowhere */
    const struct name *word;
    const struct symbol *symbol;
    const struct decl *decl;
    const struct fn_outcome *of;
    const struct action_row *row;
    const struct expr *expr;
    int index;
};

struct mentions {
    struct mention *items;
    size_t len, cap;
};

/* Adds all mentions of one file of a compilation, in no order. Free with vec_free(). */
void mentions_read(struct mentions *out, const struct file *file);
/* The one at a byte of the file, or that ends there; NULL when there is none. */
const struct mention *mentions_at(const struct mentions *all, uint32_t offset);
/* Do they mean the same thing? */
bool mention_same(const struct mention *a, const struct mention *b);

/* ---- for lsp_mention*.c ---- */
void mentions_of_expr(struct mentions *out, const struct expr *e);
/* Arguments of an action (row) or of a function (fn); both NULL: neither is known. */
void mentions_of_args(struct mentions *out, const struct arg *args, const struct action_row *row,
                      const struct decl *fn);
void mentions_of_block(struct mentions *out, const struct block *b, const struct decl *around);
void mentions_of_steps(struct mentions *out, const struct test_step *steps);
void mention_symbol(struct mentions *out, struct span span, const struct symbol *symbol);
void mention_fn(struct mentions *out, struct word word, const struct decl *fn);
void mention_row(struct mentions *out, enum mention_kind kind, struct word word, const struct action_row *row,
                 int index);

#endif
