/* A program as it grows: what its parts share. Private to the generator. */
#ifndef TESTS_FUZZ_DIFFERENTIAL_GROW_H
#define TESTS_FUZZ_DIFFERENTIAL_GROW_H

#include <stdbool.h>

#include "tests/fuzz/differential/program.h"

enum grow_type { GROW_INT, GROW_BOOL, GROW_TEXT, GROW_DURATION, GROW_CAUSE, GROW_INTS, GROW_TEXTS, GROW_TYPES };

enum { GROW_VARS = 64, GROW_FNS = 6, GROW_PARAMS = 3, GROW_OUTCOMES = 3, GROW_MOST = 6000 };

struct grow_var {
    enum grow_type type;
    unsigned number; /* its name is v<number> */
    bool may_change;
};

enum grow_kind { GROW_VALUE, GROW_DEEP, GROW_PLAIN, GROW_ENDS };

/* A function that what follows may call. */
struct grow_fn {
    enum grow_kind kind;
    enum grow_type result, params[GROW_PARAMS];
    unsigned nparams;
    unsigned noutcomes; /* GROW_ENDS: outcome k has k payloads of payload[] */
    enum grow_type payload[GROW_OUTCOMES];
};

struct grow {
    struct str choices;
    size_t at;
    struct sbuf *out;
    unsigned indent;
    struct grow_var vars[GROW_VARS];
    unsigned nvars, nconsts, named; /* the first names are constants of the file */
    struct grow_fn fns[GROW_FNS];
    unsigned nfns;
    const struct grow_fn *inside; /* NULL: the flow */
    unsigned loops;               /* that `break` may leave here */
};

unsigned grow_choose(struct grow *g, unsigned below);
/* A line of its own, indented. */
void grow_line(struct grow *g, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The beginning of a line that expressions follow. */
void grow_begin(struct grow *g, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* A new name; it stands for a value once grow_name() was called. */
unsigned grow_number(struct grow *g);
void grow_name(struct grow *g, enum grow_type type, unsigned number, bool may_change);
const char *grow_type_text(enum grow_type type);

void grow_literal(struct grow *g, enum grow_type type);
void grow_expr(struct grow *g, enum grow_type type, unsigned depth);
/* (a, b) for a call of that function. */
void grow_args(struct grow *g, const struct grow_fn *f, unsigned depth);

/* A block's statements, some of them. */
void grow_block(struct grow *g, unsigned depth);

#endif
