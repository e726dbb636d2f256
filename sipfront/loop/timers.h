/* Timers of the loop: a binary heap behind one timerfd on the monotonic clock, so that a set wall clock moves none of
 * them. Before the loop sleeps it fires what is due and sets the descriptor once, and only when a timer has become the
 * soonest: most timers of a call never need a system call. Loop thread. Owns every timer that has not fired. Private to
 * sipfront/loop. */
#ifndef SIPFRONT_LOOP_TIMERS_H
#define SIPFRONT_LOOP_TIMERS_H

#include <stdbool.h>

#include "vm/base/err.h"
#include "vm/run/clock.h"

struct timers;
struct loop_lag;

/* hurry(arg): a timer was started that is sooner than what the descriptor is set to: timers_arm() is to come before the
 * loop sleeps. */
enum err timers_new(struct timers **out, void (*hurry)(void *arg), void *arg) MUST_USE;
/* Timers that are still running are freed and never fire. */
void timers_free(struct timers **t);

/* Readable when something is due; timers_read() then makes it unreadable. Owned by the timers. */
int timers_fd(const struct timers *t);
void timers_read(struct timers *t);
/* Fires what is due, and nothing that was started meanwhile. false: nothing was due. */
bool timers_fire(struct timers *t);
/* Sets the descriptor to the soonest timer, unless it is set to that or sooner. */
void timers_arm(struct timers *t);

void timers_lag(const struct timers *t, struct loop_lag *out); /* loop_lag() of loop.h */

const struct clock *timers_clock(struct timers *t);

#endif
