/* What the action `queue` asks of a call: the part of call_port.h that knows queues. Loop thread; rules as in
 * call_port.h. */
#ifndef STDLIB_QUEUE_PORT_H
#define STDLIB_QUEUE_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/run/action.h"

struct dial_end;

/* Of permits, as in dial_request. */
struct queue_lines {
    const int *lines;
    unsigned count;
};

/* All is copied but the functions, which are called with the request's owner until it has ended or is stopped. */
struct queue_request {
    struct str name;
    const struct str *agents; /* targets, in the order in which they are rung where nothing else decides */
    unsigned count;
    bool all;        /* all who are free are rung at once; else the one who has been idle for the longest */
    int64_t ring_ms; /* of one attempt */
    int64_t wait_ms, talk_ms;
    int64_t every_ms; /* between two announcements; 0: none */
    unsigned most;    /* how many may wait, this one included */
    struct str words; /* the announcement; * stands for the place */
    const struct vm_sound *music;
    unsigned nmusic;
    const struct image *image; /* as in play_request */
    /* Whether an agent, by his place in `agents`, may be rung now, beside others that are counted by these permit
     * lines. *line is set as in dial_request. */
    bool (*may_ring)(unsigned agent, const struct queue_lines *with, int *line, void *owner);
    /* They talk from now on: the caller's hangup ends the request by itself. */
    void (*joined)(void *owner);
};

/* QUEUE_LEFT: a host that knows by itself of the key with which the caller leaves. */
enum queue_outcome { QUEUE_SERVED, QUEUE_LEFT, QUEUE_TIMEOUT, QUEUE_FULL, QUEUE_NO_AGENTS };
/* talk: with QUEUE_SERVED, as of a bridge; else NULL. */
typedef void queue_done_cb(enum queue_outcome how, const struct dial_end *talk, void *owner);

#endif
