/* Something that the caller hears and keys may cut short: what 'say' and 'play' have in common. Loop thread. */
#ifndef STDLIB_HEARING_H
#define STDLIB_HEARING_H

#include "stdlib/running.h"

struct hearing {
    struct running base;
    struct call_op *op;
    struct str barge; /* the keys that cut it short, as a barge argument is passed */
};

/* Plays it, or ends at once when a key that cuts it short was typed ahead. Ends in done, interrupted or failed, which
 * have the same numbers in both actions. */
void hearing_start(struct hearing *h, const struct play_request *rq, struct str barge);
void hearing_digit(struct running *r);
void hearing_stop(struct running *r);

#endif
