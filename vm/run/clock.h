/* The clock port: time and timers as the VM's host gives them, real in the server, virtual in the simulator. Loop
 * thread. */
#ifndef VM_RUN_CLOCK_H
#define VM_RUN_CLOCK_H

#include <stdint.h>

struct clock_timer; /* opaque to all but the clock */

struct clock {
    int64_t (*mono_ms)(void *self); /* never goes back */
    int64_t (*wall_ms)(void *self); /* since 1970-01-01T00:00:00Z */
    /* Calls fire(owner) once after ms (>= 0) milliseconds, never from inside start. Never NULL. */
    struct clock_timer *(*start)(void *self, int64_t ms, void (*fire)(void *owner), void *owner);
    /* Stops it: fire does not come any more. Sets *t to NULL; accepts a pointer to NULL. A fired timer is already gone:
     * its owner sets its pointer to NULL first thing in fire. */
    void (*stop)(void *self, struct clock_timer **t);
    void *self;
};

static inline int64_t clock_mono(const struct clock *c) { return c->mono_ms(c->self); }
static inline int64_t clock_wall(const struct clock *c) { return c->wall_ms(c->self); }
static inline struct clock_timer *clock_start(const struct clock *c, int64_t ms, void (*fire)(void *), void *owner)
{
    return c->start(c->self, ms, fire, owner);
}
static inline void clock_stop(const struct clock *c, struct clock_timer **t) { c->stop(c->self, t); }

#endif
