/* What happens around a flow, as both sides of the comparison see it: actions answer by a rule, and what was asked is
 * written down. Plain data, one thread. */
#ifndef TESTS_FUZZ_DIFFERENTIAL_WORLD_H
#define TESTS_FUZZ_DIFFERENTIAL_WORLD_H

#include "vm/base/str.h"

enum ending {
    ENDING_NONE,
    ENDING_END,     /* came to its end */
    ENDING_REFUSED, /* reject */
    ENDING_OVERFLOW,
    ENDING_DIVISION,
    ENDING_INDEX,
    ENDING_LIMIT, /* of fuel, memory, depth or steps: the two sides count differently, so nothing is compared */
};

struct world {
    struct sbuf trace; /* a line an action, the ending last */
    unsigned asked;
    enum ending ending;
};

/* The outcome of the action that is asked for now: its number below noutcomes, in the catalogue's order. */
unsigned world_answer(struct world *w, struct str action, struct str argument, unsigned noutcomes);
/* The text that the outcome of the last action carries. */
struct str world_payload(const struct world *w);
void world_end(struct world *w, enum ending ending, int64_t code);
void world_free(struct world *w);

#endif
