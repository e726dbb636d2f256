/* A flow that runs behind an action: `voicemail` and `mailbox` are rows of the catalogue, and what they do is written
 * in the flow language, so that an author can replace it. The inner flow is a machine of its own for the same call: it
 * gets the caller's keys and hangup, and its prompts are heard; when it comes to its end the call goes on with the
 * action's outcome. Loop thread. The action owns it; private to stdlib. */
#ifndef STDLIB_BEHIND_H
#define STDLIB_BEHIND_H

#include "stdlib/running.h"

struct behind {
    struct running *r;
    struct flow_run *run; /* NULL: none runs */
    /* The inner flow is over; FLOW_DONE when it came to its end. Not from inside behind_start(). */
    void (*over)(enum flow_end how, struct running *r);
};

/* false: the host has no such flow, or cannot run it. The action then does without. */
bool behind_start(struct behind *b, struct running *r, const char *flow,
                  void (*over)(enum flow_end how, struct running *r));
/* Hands on what the caller has typed. */
void behind_digits(struct behind *b);
void behind_hangup(struct behind *b);
void behind_stop(struct behind *b);

#endif
