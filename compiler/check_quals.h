/* Where values come from: the qualifiers `outside` and `secret` flow from expressions into variables, parameters and
 * results until nothing changes; then each place that refuses one is judged. One thread at a time; memory is the
 * check's. */
#ifndef COMPILER_CHECK_QUALS_H
#define COMPILER_CHECK_QUALS_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler/source.h"

enum { QUAL_OUTSIDE = 1, QUAL_SECRET = 2, QUAL_ALL = 3 };

struct action_row;
struct arg;
struct check;
struct expr;
struct name;
struct qual_edge;

/* Whatever carries a value from one expression to another: a variable, a parameter, a result, a payload. */
struct cell {
    uint8_t quals;
    bool queued;
    const struct name *name; /* NULL: it has none */
    struct span came[2];     /* where it became outside, secret; len 0: it began so */
    struct qual_edge *out;
    struct cell *next_queued;
};

struct sink;

/* The value of e reaches the cell. */
void quals_flow(struct check *c, struct cell *to, const struct expr *e);
/* All that reaches one cell reaches the other, through that place. */
void quals_join(struct check *c, struct cell *to, struct cell *from, struct span at);
/* The cell has these qualifiers from the start; `at` is what gives them. */
void quals_seed(struct check *c, struct cell *to, uint8_t quals, struct span at);
/* The value's qualifiers are written into it; the argument of the action must not have the qualifiers its row refuses,
 * and needs the permits its row asks for. row NULL: of a function in Lua, which takes no secret. */
void quals_sink(struct check *c, const struct action_row *row, unsigned index, struct arg *arg);
/* Spreads everything, then judges the sinks. Call once, when all is checked. */
void quals_finish(struct check *c);

#endif
