/* Timers of the loop: a binary heap behind one timerfd on the monotonic clock, so that a set wall clock moves none of
 * them. Loop thread. Owns every timer that has not fired. Private to sipfront/loop. */
#ifndef SIPFRONT_LOOP_TIMERS_H
#define SIPFRONT_LOOP_TIMERS_H

#include "vm/base/err.h"
#include "vm/run/clock.h"

struct timers;

enum err timers_new(struct timers **out) MUST_USE;
/* Timers that are still running are freed and never fire. */
void timers_free(struct timers **t);

/* Readable when timers_fire() has something to do. Owned by the timers. */
int timers_fd(const struct timers *t);
/* Fires what is due, and nothing that was started meanwhile. */
void timers_fire(struct timers *t);

const struct clock *timers_clock(struct timers *t);

#endif
