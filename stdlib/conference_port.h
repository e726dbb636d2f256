/* What `conference` asks of a call: the part of call_port.h that knows rooms where many talk together. Loop thread;
 * rules as in call_port.h. */
#ifndef STDLIB_CONFERENCE_PORT_H
#define STDLIB_CONFERENCE_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/base/str.h"

struct call_op;

struct conference_request {
    struct str name;
    unsigned most; /* members, with this one */
    bool muted;    /* from the start */
    bool tones;    /* the others hear him come and go */
    bool record;   /* all that is said, from now until the last has gone, unless it is recorded already */
};
enum conference_news {
    CONFERENCE_OTHERS, /* so many others are there now; comes again with each change, first as he is in */
    CONFERENCE_FULL,   /* he did not get in: over */
    CONFERENCE_CLOSED, /* it was ended for all: over */
};
typedef void conference_cb(enum conference_news what, unsigned others, void *owner);
/* outcome: its number in the catalogue. */
typedef void conference_played_cb(unsigned outcome, int64_t talk_ms, void *owner);

struct conference_port {
    /* How many are in it now; 0 also when there is none of that name. */
    unsigned (*others)(void *self, struct str name);
    /* Joins, and makes it when nobody is there; the stop function leaves. */
    struct call_op *(*join)(void *self, const struct conference_request *rq, conference_cb *tell, void *owner);
    void (*mute)(struct call_op *op, bool mute);
    /* Whether this caller may try its PIN, and what came of one that was typed: who guesses is shut out for a while,
     * over all its calls. NULL: nobody counts. */
    bool (*may_try)(void *self, struct str name);
    void (*tried)(void *self, struct str name, bool right);
    /* A host without rooms (the simulator) says itself what comes of it; NULL where there are rooms. */
    struct call_op *(*played)(void *self, int64_t max_ms, conference_played_cb *done, void *owner);
};

#endif
