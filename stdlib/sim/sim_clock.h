/* A clock that stands still until it is told to go on: time jumps from timer to timer, so an hour's call takes no time.
 * One thread. Owns its timers. Timers due at the same moment fire in the order in which they were started. */
#ifndef STDLIB_SIM_SIM_CLOCK_H
#define STDLIB_SIM_SIM_CLOCK_H

#include <stdbool.h>

#include "vm/run/clock.h"

struct sim_clock;

/* mono_ms begins at 0. Never NULL. */
struct sim_clock *sim_clock_new(int64_t wall_ms);
void sim_clock_free(struct sim_clock **c); /* accepts NULL and a pointer to NULL; timers left are dropped */

/* Lives as long as the clock. */
const struct clock *sim_clock_port(struct sim_clock *c);

/* Goes on to the next timer and fires it; false when there is none. */
bool sim_clock_step(struct sim_clock *c);
/* When the next timer is due, INT64_MAX when there is none. */
int64_t sim_clock_next(const struct sim_clock *c);
/* Fires all that is due until then, and stands there. */
void sim_clock_run_to(struct sim_clock *c, int64_t mono_ms);

#endif
