/* Wrong PINs of conferences, counted by room and caller over all calls: who guesses is not let try for a while.
 * Pure but for its table; loop thread. Times are of any one clock, in ms. In memory: a restart forgets. */
#ifndef SIPFRONT_CALL_GUESSES_H
#define SIPFRONT_CALL_GUESSES_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/base/str.h"

struct guesses;

/* Five wrong ones in a row shut the caller out for 10 minutes, each further one for twice as long, up to a day. */
enum { GUESSES_FREE = 5, GUESSES_SHUT_MS = 10 * 60 * 1000, GUESSES_SHUT_MOST_MS = 24 * 3600 * 1000 };
enum { GUESSES_KEPT = 512 }; /* rooms and callers; beyond that the one that has rested longest is forgotten */

/* Callers who are unknown are one, "". */
struct guess {
    struct str room, caller;
};

struct guesses *guesses_new(void);
void guesses_free(struct guesses **g);
bool guesses_shut(const struct guesses *g, const struct guess *by, int64_t now_ms);
/* How long it shuts the caller out from now, 0: it may try again. */
int64_t guesses_wrong(struct guesses *g, const struct guess *by, int64_t now_ms);
void guesses_right(struct guesses *g, const struct guess *by);

#endif
