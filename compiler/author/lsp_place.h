/* What could be written at the cursor, read from the tokens before it: a text that is being typed has no tree yet.
 * One thread; the place owns its arena, and all else of it lives there. */
#ifndef COMPILER_AUTHOR_LSP_PLACE_H
#define COMPILER_AUTHOR_LSP_PLACE_H

#include "compiler/lex.h"
#include "vm/base/vec.h"

enum place_kind {
    PLACE_NONE,
    PLACE_TOP,       /* a declaration */
    PLACE_STATEMENT, /* in a flow or function */
    PLACE_CLAUSE,    /* in the block of `callee` */
    PLACE_OUTCOME,   /* after `on`, or what a test says comes of `callee` */
    PLACE_VALUE,     /* an expression */
    PLACE_OPERATOR,  /* after a value */
    PLACE_ARGUMENT,  /* of `callee`: a value or a label */
    PLACE_LABELLED,  /* the value of `label` of `callee` */
    PLACE_FIELD,     /* after `callee.` */
    PLACE_RETURN,    /* a value, or an outcome of the function `callee` */
    PLACE_FLOW,      /* the name of a flow */
    PLACE_TYPE,
    PLACE_WORDS, /* one of `words` */
    PLACE_EXPECT,
    PLACE_ACTION, /* the name of an action */
    PLACE_USE,    /* the path of a file */
};

enum block_kind { BLOCK_TOP, BLOCK_STATEMENTS, BLOCK_CLAUSES, BLOCK_ARMS, BLOCK_HOURS, BLOCK_TEST, BLOCK_ANSWER };

/* A bracket that is open at the cursor; the outermost stands for the file. */
struct place_frame {
    int bracket; /* enum token_kind; TOKEN_END: the file */
    enum block_kind block;
    bool object;      /* `{ }` of a value */
    size_t open;      /* its token */
    size_t head;      /* the first token of the statement it opened in */
    size_t statement; /* the first token of the statement that is being read in it */
};

struct place_local {
    struct str name;
    uint32_t offset;
    size_t depth;
};

struct lsp_place {
    struct arena *arena;
    struct names *names;
    struct diags *diags;
    struct tokens tokens;
    size_t count; /* tokens before the cursor, without the word that is being typed */
    VEC(struct place_frame) frames;
    VEC(struct place_local) locals;
    enum place_kind kind;
    struct str callee, label;
    bool callee_is_fn, parenthesised;
    bool by_place;            /* PLACE_ARGUMENT: nothing stands before it */
    const char *const *words; /* ends with NULL */
    uint32_t word_start;      /* where the word that is being typed begins */
    struct str around;        /* the function or flow */
};

void place_read(struct lsp_place *p, struct str text, uint32_t offset);
void place_free(struct lsp_place *p);
/* Does the block around the cursor have a clause for that outcome, or the call an argument of that label? */
bool place_has_outcome(const struct lsp_place *p, struct str outcome);
bool place_has_label(const struct lsp_place *p, struct str label);

/* ---- for lsp_place*.c ---- */
void place_scan(struct lsp_place *p);   /* fills frames and locals */
void place_decide(struct lsp_place *p); /* fills kind and what belongs to it */
static inline int place_kind_at(const struct lsp_place *p, size_t i)
{
    return i < p->count ? p->tokens.items[i].kind : TOKEN_END;
}
struct str place_word_at(const struct lsp_place *p, size_t i); /* empty when it is no word */

#endif
