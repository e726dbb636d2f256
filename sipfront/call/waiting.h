/* The queues of the server: who waits in which order, and which agent is rung for whom. Private to sipfront/call but
 * for what the console lists. Loop thread; pure but for the clock. Knows nothing of SIP: what it has to know of the
 * agents it asks its port, and whoever waits is told through events.
 *
 *   in line --ring--> rung for --waiter_answered--> talking --waiter_leave-->
 *      ^                 | waiter_unanswered: its agents rest for a while
 *      +-----------------+
 *
 * An agent is rung for one at a time: when he is reachable, not engaged and not resting. Of several the one is taken
 * who has been idle for the longest, by the end of his last talk from this queue. Nothing is polled: waiting_changed()
 * tells when an agent may have become free, and all that follows from it happens a turn of the loop later. */
#ifndef SIPFRONT_CALL_WAITING_H
#define SIPFRONT_CALL_WAITING_H

#include <stdbool.h>

#include "vm/base/str.h"
#include "vm/run/clock.h"

struct waiting; /* all queues */
struct waiter;  /* somebody in one of them, from waiting_enter() to waiter_leave() */

enum { WAITING_REST_MS = 5000 }; /* until an agent who has not answered is rung again */

struct waiting_port {
    const struct clock *clock;
    bool (*reachable)(const char *user, void *owner); /* a phone of his is there */
    bool (*engaged)(const char *user, void *owner);   /* one of his phones is in a call, or is rung */
    void *owner;
};

struct waiting *waiting_new(const struct waiting_port *port); /* never NULL */
void waiting_free(struct waiting **w); /* when nobody waits any more; accepts a pointer to NULL */

/* What the one who waits is told. None of them may call waiter_leave(). */
struct waiter_events {
    /* Those of its agents, by their places in its list, are to be rung for it, beside those that are. */
    void (*ring)(const unsigned *agents, unsigned n, void *owner);
    /* What rings for `from`, who leaves, rings for this one from now on; false when it cannot. */
    bool (*take_over)(void *from, void *owner);
    /* None of its agents is reachable any more. Once. */
    void (*deserted)(void *owner);
};

struct waiter_params {
    struct str name;          /* of the queue */
    const struct str *agents; /* in the order in which they are taken where they are equal; copied */
    unsigned count;
    unsigned most;     /* how many may wait, this one included */
    bool all;          /* all agents who are free are rung at once */
    const char *label; /* for listings; borrowed as long as it waits */
    const struct waiter_events *events;
    void *owner;
};
enum waiting_answer { WAITING_TAKEN, WAITING_FULL, WAITING_NO_AGENTS };
/* *out is set when it is taken: it stands last. */
enum waiting_answer waiting_enter(struct waiting *w, const struct waiter_params *p, struct waiter **out);

void *waiter_owner(const struct waiter *w);
unsigned waiter_place(const struct waiter *w); /* 1 is the next */
/* What was rung for it has ended without an answer. */
void waiter_unanswered(struct waiter *w);
/* That agent has answered and talks with it: it stands in the line no more. Another user: the agent's phone has
 * forwarded the call to him. */
void waiter_answered(struct waiter *w, const char *user);
/* Who is to have an agent that is rung for w and has answered: the first in line, w itself when nobody before it can.
 */
struct waiter *waiter_first(struct waiter *w);
/* What is rung for one is rung for the other. */
void waiter_exchange(struct waiter *a, struct waiter *b);
/* Its place is empty, whatever it was doing. Sets *w to NULL; accepts a pointer to NULL. */
void waiter_leave(struct waiter **w);

/* A call of this user's phones, or a registration, has begun or ended. */
void waiting_changed(struct waiting *w, const char *user);

/* ---- for the console ---- */

struct waiting_agent {
    const char *user, *state; /* free, ringing, talking, resting, engaged, offline */
    int64_t idle_ms;          /* since his last talk; -1: none yet */
};
struct waiting_queue {
    const char *name;
    unsigned waiting, talking;
    const char *const *calls; /* the labels of those who wait, in their order */
    int64_t longest_ms;       /* that one of them has waited; 0: nobody does */
    const struct waiting_agent *agents;
    unsigned nagents;
};
/* In the order of their names; borrowed while each() runs. */
void waiting_each(struct waiting *w, void (*each)(const struct waiting_queue *q, void *arg), void *arg);

struct server;
void server_each_queue(struct server *s, void (*each)(const struct waiting_queue *q, void *arg), void *arg);

#endif
