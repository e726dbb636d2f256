/* A call that waits in a queue (waiting.h), and what the queues know of the server's phones. Private to sipfront/call.
 * Loop thread. */
#ifndef SIPFRONT_CALL_QUEUEING_H
#define SIPFRONT_CALL_QUEUEING_H

#include "sipfront/call/call.h"

/* call_port.queue */
struct call_op *call_queue_start(void *self, const struct queue_request *rq, queue_done_cb *done, void *owner);
/* The queues of a server: of its registrations and calls. */
struct waiting *queueing_open(struct server *s);

#endif
