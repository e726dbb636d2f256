/* The queue of digits that the caller has typed and no action has taken yet (type-ahead). Loop thread; a plain value.
 */
#ifndef STDLIB_DIGITS_H
#define STDLIB_DIGITS_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/base/str.h"

enum { DIGITS_MAX = 32 };

struct digits {
    char queue[DIGITS_MAX]; /* oldest first */
    uint8_t count;
    uint16_t swallow; /* ending keys, a bit each: one is dropped if it is the next to come before swallow_until */
    int64_t swallow_until;
};

/* Whether it is a key of a telephone: 0-9 * # A-D. */
bool digit_is_key(char key);
/* key is one. false when it is dropped: the queue is full, or it is the key to swallow. */
bool digits_put(struct digits *d, char key, int64_t now_ms);
/* The oldest; false when there is none. */
bool digits_take(struct digits *d, char *key);
/* The place of the first key that is among these, -1 when there is none. BARGE_ANY_KEY stands for all. */
int digits_find(const struct digits *d, struct str keys);
char digits_take_at(struct digits *d, int place);
void digits_clear(struct digits *d);
/* The entry before is full: drops one of these keys where it comes next, waiting already or within for_ms. */
void digits_swallow(struct digits *d, struct str keys, int64_t now_ms, int64_t for_ms);

/* What a barge argument holds when any key will do. */
#define BARGE_ANY_KEY STR("*any")
/* Whether the key is among these; BARGE_ANY_KEY stands for all. */
bool keys_hold(struct str keys, char key);

#endif
