/* The loop thread: sofia-sip's su_root, timers as the VM's clock port, and work handed back from other threads.
 * Everything that belongs to a call (sofia, VMs, router, the directory's memory) lives on this thread; it never blocks.
 */
#ifndef SIPFRONT_LOOP_LOOP_H
#define SIPFRONT_LOOP_LOOP_H

#include "vm/base/err.h"
#include "vm/run/clock.h"

struct loop;

/* Makes the loop of the calling thread, which runs it later. su_init() and su_root_threading(root, 0) are done here. */
enum err loop_new(struct loop **out) MUST_USE;
void loop_free(struct loop **l); /* after loop_run() has returned and every thread that posts is joined */

/* Runs until loop_stop(). */
void loop_run(struct loop *l);
/* Runs what is posted and has not run, and what that posts: for closing, after loop_run() has returned and the threads
 * that could still post are joined, so that nothing on its way back is lost. Before what it points to is freed. */
void loop_drain(struct loop *l);
/* Any thread, and signal handlers (only writes to a descriptor). */
void loop_stop(struct loop *l);

/* Any thread: runs fn(arg) on the loop, in the order of posting by one thread. Never blocks, never fails short of
 * memory (which ends the process); the poster bounds what it posts. */
void loop_post(struct loop *l, void (*fn)(void *arg), void *arg);
/* As loop_post(), for what nobody waits for: the loop is not waked, fn runs in its next turn. */
void loop_leave(struct loop *l, void (*fn)(void *arg), void *arg);

/* How late timers were: what else the loop did at their time. Loop thread. */
struct loop_lag {
    uint64_t turns;   /* in which timers were due, since the start */
    int64_t late_ms;  /* their first timers, added up */
    int64_t worst_ms; /* of the last 10 to 20 s */
};
void loop_lag(const struct loop *l, struct loop_lag *out);

/* The loop's clock: mono_ms is cached a turn of the loop at most, timers fire on the loop. */
const struct clock *loop_clock(struct loop *l);
/* The su_root_t of sofia, for sipfront/sip. */
void *loop_root(struct loop *l);

#endif
