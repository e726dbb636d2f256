/* Items of a completion, for lsp_complete*.c only. One thread. */
#ifndef COMPILER_AUTHOR_LSP_COMPLETE_H
#define COMPILER_AUTHOR_LSP_COMPLETE_H

#include "compiler/author/lsp_manual.h"
#include "compiler/author/lsp_place.h"

/* CompletionItemKind of the protocol */
enum item_kind {
    ITEM_FUNCTION = 3,
    ITEM_FIELD = 5,
    ITEM_VARIABLE = 6,
    ITEM_PROPERTY = 10,
    ITEM_KEYWORD = 14,
    ITEM_SNIPPET = 15,
    ITEM_FILE = 17,
    ITEM_CONSTANT = 21,
    ITEM_EVENT = 23,
    ITEM_TYPE = 25,
};

struct completion {
    struct server *server;
    struct document *document;
    const struct analysis *analysis;
    struct lsp_place place;
    json_t *items;
    json_t *range; /* of the word that is being typed */
};

/* What is written: text, or snippet where the editor knows how to fill it in. Borrowed. Smaller rank: further up. */
struct item {
    struct str label;
    enum item_kind kind;
    const char *detail;         /* NULL: none */
    const struct sbuf *manual;  /* Markdown; NULL: none */
    const struct sbuf *snippet; /* NULL: the label */
    int rank;
};

void complete_add(struct completion *c, const struct item *item);
void complete_word(struct completion *c, const char *word, enum item_kind kind, int rank);
void complete_words(struct completion *c, const char *const *words, enum item_kind kind);

/* ---- lsp_complete_action.c: out of the catalogue ---- */
void complete_actions(struct completion *c, bool whole); /* whole: with arguments and outcomes to fill in */
void complete_action_labels(struct completion *c, const struct action_row *row);
void complete_action_outcomes(struct completion *c, const struct action_row *row);
void complete_action_clauses(struct completion *c, const struct action_row *row);
/* ---- lsp_complete_name.c: out of the author's files ---- */
void complete_values(struct completion *c);
void complete_calls(struct completion *c); /* functions that stand as statements */
void complete_fn_labels(struct completion *c, const struct decl *fn);
void complete_fn_outcomes(struct completion *c, const struct decl *fn);
void complete_fn_clauses(struct completion *c, const struct decl *fn);
const struct decl *complete_find_fn(const struct completion *c, struct str name); /* NULL: there is none */
void complete_files(struct completion *c, bool flows); /* names of flows, or paths of files */

/* "\ton NAME {\n\t\t$N\n\t}\n" and the like, for a clause: where its block begins is the editor's to indent. */
void snippet_clause(struct sbuf *out, const char *indent, struct str outcome, unsigned stop);

#endif
