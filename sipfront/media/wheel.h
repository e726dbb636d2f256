/* Which stream is due in which millisecond: a ring of 64 slots, so that putting in, taking out and finding the next are
 * a few instructions each. One thread. Borrows its members. */
#ifndef SIPFRONT_MEDIA_WHEEL_H
#define SIPFRONT_MEDIA_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

enum { WHEEL_SLOTS = 64 };

struct wheel_node {
    struct wheel_node *next, **link; /* link NULL: in no wheel */
    int64_t due_ms;
};

struct wheel {
    struct wheel_node *slots[WHEEL_SLOTS];
    uint64_t used; /* a bit a slot that has members */
};

void wheel_put(struct wheel *w, struct wheel_node *n, int64_t due_ms);
void wheel_remove(struct wheel *w, struct wheel_node *n); /* or nothing when it is in none */
/* Takes out one of t's slot that is due by t, NULL when none is left. */
struct wheel_node *wheel_take(struct wheel *w, int64_t t);
/* The first millisecond from t on that may have a member; t + WHEEL_SLOTS when the wheel is empty. */
int64_t wheel_next(const struct wheel *w, int64_t t);

#endif
