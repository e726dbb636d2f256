/* What the two files of the evaluator share. Private to it. Memory is the evaluation's arena. */
#ifndef TESTS_FUZZ_DIFFERENTIAL_EVAL_H
#define TESTS_FUZZ_DIFFERENTIAL_EVAL_H

#include <setjmp.h>

#include "compiler/check_scope.h"
#include "tests/fuzz/differential/evaluate.h"
#include "vm/base/arena.h"

struct eval_value {
    int64_t num;
    struct str text;
    const struct eval_value *items; /* of a list */
    uint32_t count;
};

/* A name and what it stands for, in one call of a function. */
struct eval_cell {
    const struct symbol *symbol;
    struct eval_value value;
    struct eval_cell *next;
};

enum eval_next { NEXT_GO_ON, NEXT_BREAK, NEXT_CONTINUE, NEXT_RETURN };

struct eval {
    struct world *world;
    struct arena *arena;
    unsigned long steps;
    struct eval_cell *cells;
    unsigned depth;
    jmp_buf end; /* where faults and ends go */
    /* how the last function came back */
    int outcome;
    struct eval_value result;
    struct eval_value payload[8];
};

_Noreturn void eval_end(struct eval *e, enum ending ending, int64_t code);
void eval_step(struct eval *e);
void eval_set(struct eval *e, const struct symbol *s, struct eval_value v);
struct eval_value eval_expr(struct eval *e, const struct expr *x);
bool eval_same(const struct check_type *type, const struct eval_value *a, const struct eval_value *b);
/* As it stands in a text: only int, text and cause do. */
struct str eval_text(struct eval *e, const struct check_type *type, const struct eval_value *v);
enum eval_next eval_block(struct eval *e, const struct block *b);
/* Calls a function with the values of its arguments. */
void eval_call(struct eval *e, const struct decl *fn, struct arg *args);

#endif
