/* Threads for work that may block (database, files, speech). Jobs go in by a bounded queue and come back to the loop.
 */
#ifndef SIPFRONT_LOOP_WORKERS_H
#define SIPFRONT_LOOP_WORKERS_H

#include "sipfront/loop/loop.h"

struct workers;

/* n threads over one queue of at most `most` waiting jobs. With n = 1 jobs run in order. name is for logs and the
 * thread's name. */
enum err workers_new(struct workers **out, struct loop *l, const char *name, unsigned n, unsigned most) MUST_USE;
/* Finishes all jobs in the queue, joins the threads; done functions of the last jobs still run when the loop does. */
void workers_free(struct workers **w);

/* Loop thread: run(job) on a worker, then done(job) on the loop (done may be NULL). ERR_BUSY when the queue is full,
 * or w is NULL (the last done functions, after workers_free(), may still ask): nothing happens then. */
enum err workers_submit(struct workers *w, void (*run)(void *job), void (*done)(void *job), void *job) MUST_USE;
unsigned workers_waiting(const struct workers *w);

#endif
