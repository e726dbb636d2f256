#include "stdlib/actions.h"

enum { PAUSE_MAX_MS = 12 * 3600 * 1000 };

struct pause_action {
    struct running base;
    struct clock_timer *timer;
};

static void on_over(void *owner)
{
    struct pause_action *p = owner;
    p->timer = NULL;
    action_complete(&p->base, OUT_pause_done, NULL);
}

static void start(struct running *r)
{
    struct pause_action *p = (struct pause_action *)r;
    p->timer = action_timer(r, arg_num_in(r, ARG_NO_pause_time, 0, 0, PAUSE_MAX_MS), on_over, p);
}

static void stop(struct running *r) { action_stop_timer(r, &((struct pause_action *)r)->timer); }

const struct action_ops pause_ops = { .size = sizeof(struct pause_action), .start = start, .stop = stop };
