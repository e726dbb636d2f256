/* The port keeps the line; here are the key that leaves it, and the permits of who is rung. */
#include <stdlib.h>

#include "stdlib/actions.h"
#include "stdlib/dial_rank.h"
#include "stdlib/permit.h"

enum {
    RING_MS = 20 * 1000,
    RING_MAX_MS = 3600 * 1000,
    WAIT_MS = 10 * 60 * 1000,
    WAIT_MAX_MS = 12 * 3600 * 1000,
    EVERY_MS = 30 * 1000,
    EVERY_LEAST_MS = 5000,
    TALK_MS = 4 * 3600 * 1000,
    MOST = 20,
    MOST_MAX = 1000,
    GRACE_MS = 100, /* for the port to report a talk that the caller's hangup has ended */
};

struct queue {
    struct running base;
    struct call_op *op;
    struct clock_timer *grace;
    bool talks;
    struct str *agents; /* those that a permit covers */
    unsigned count;
};

static void on_done(enum queue_outcome how, const struct dial_end *talk, void *owner)
{
    static const unsigned outcomes[] = { [QUEUE_SERVED] = OUT_queue_served,
                                         [QUEUE_LEFT] = OUT_queue_left,
                                         [QUEUE_TIMEOUT] = OUT_queue_timeout,
                                         [QUEUE_FULL] = OUT_queue_full,
                                         [QUEUE_NO_AGENTS] = OUT_queue_no_agents };
    struct queue *q = owner;
    struct vm_value payload[2];
    q->op = NULL;
    if (talk) {
        payload[0] = value_num(TYPE_DURATION, talk->talk_ms);
        payload[1] = value_text(dial_by_text(talk->by));
    }
    action_complete(&q->base, outcomes[how], talk ? payload : NULL);
}

static bool may_ring(unsigned agent, const struct queue_lines *with, int *line, void *owner)
{
    const struct queue *q = owner;
    struct permit_ask ask = { .im = action_image(&q->base),
                              .port = action_port(&q->base),
                              .outside = arg_num(&q->base, ARG_NO_queue_outside, 0) != 0,
                              .lines = with->lines,
                              .nlines = with->count };
    return permit_leg(&ask, q->agents[agent], line) == PERMIT_GIVEN;
}

static void on_joined(void *owner) { ((struct queue *)owner)->talks = true; }

static int64_t every_ms(const struct running *r)
{
    int64_t ms = arg_num_in(r, ARG_NO_queue_every, EVERY_MS, 0, WAIT_MAX_MS);
    return ms && ms < EVERY_LEAST_MS ? EVERY_LEAST_MS : ms;
}

static void enter(struct queue *q)
{
    static const struct vm_sound hold = { SOUND_FILE, { "hold", 4 } };
    struct running *r = &q->base;
    const struct call_port *port = action_port(r);
    struct vm_sound *music;
    unsigned nmusic = arg_sounds(r, ARG_NO_queue_music, &music);
    struct queue_request rq = {
        .name = arg_text(r, ARG_NO_queue_name, ""),
        .agents = q->agents,
        .count = q->count,
        .all = arg_num(r, ARG_NO_queue_all, 0) != 0,
        .ring_ms = arg_num_in(r, ARG_NO_queue_ring, RING_MS, 1000, RING_MAX_MS),
        .wait_ms = arg_num_in(r, ARG_NO_queue_for, WAIT_MS, 1000, WAIT_MAX_MS),
        .talk_ms = TALK_MS,
        .every_ms = every_ms(r),
        .most = (unsigned)arg_num_in(r, ARG_NO_queue_most, MOST, 1, MOST_MAX),
        .words = arg_text(r, ARG_NO_queue_announce, "You are number * in the queue."),
        .music = arg_given(r, ARG_NO_queue_music) ? music : &hold,
        .nmusic = arg_given(r, ARG_NO_queue_music) ? nmusic : 1,
        .image = action_image(r),
        .may_ring = may_ring,
        .joined = on_joined,
    };
    q->op = port->queue(port->self, &rq, on_done, q);
    free(music);
}

static void start(struct running *r)
{
    struct queue *q = (struct queue *)r;
    bool outside = arg_num(r, ARG_NO_queue_outside, 0) != 0;
    unsigned n = arg_count(r, ARG_NO_queue_agents);
    q->agents = calloc(n + 1, sizeof *q->agents);
    for (unsigned i = 0; q->agents && i < n; i++) {
        struct str agent = arg_item(r, ARG_NO_queue_agents, i);
        if (permit_dial(action_image(r), agent, outside))
            q->agents[q->count++] = agent;
    }
    if (q->count)
        enter(q);
    else
        action_complete(r, OUT_queue_no_agents, NULL);
}

/* Keys pressed in a talk are for the agent. */
static void digit(struct running *r)
{
    struct queue *q = (struct queue *)r;
    bool leaves = !q->talks && q->op && digits_find(action_digits(r), arg_text(r, ARG_NO_queue_exit, "#")) >= 0;
    digits_clear(action_digits(r));
    if (!leaves)
        return;
    action_stop_op(r, &q->op);
    action_complete(r, OUT_queue_left, NULL);
}

static void on_grace_over(void *owner)
{
    struct queue *q = owner;
    q->grace = NULL;
    action_abandon(&q->base);
}

/* The port reports a talk as ended by the caller; who waits leaves the line at once, so that nobody is rung for him. */
static void hangup(struct running *r)
{
    struct queue *q = (struct queue *)r;
    if (q->talks)
        q->grace = action_timer(r, GRACE_MS, on_grace_over, q);
    else
        action_abandon(r);
}

static void stop(struct running *r)
{
    struct queue *q = (struct queue *)r;
    action_stop_op(r, &q->op);
    action_stop_timer(r, &q->grace);
    free(q->agents);
}

static bool offered(const struct call_port *port) { return port->queue != NULL; }

const struct action_ops queue_ops = {
    .size = sizeof(struct queue), .offered = offered, .start = start, .digit = digit, .hangup = hangup, .stop = stop
};
