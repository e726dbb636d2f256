#include "stdlib/sim/sim_clock.h"

#include <stdlib.h>

#include "vm/base/vec.h"

struct clock_timer {
    int64_t due;
    uint64_t order; /* of its start */
    size_t place;   /* in the heap */
    void (*fire)(void *owner);
    void *owner;
};

struct sim_clock {
    struct clock port;
    int64_t now, wall;
    uint64_t started;
    VEC(struct clock_timer *) heap; /* the earliest first */
};

static bool earlier(const struct clock_timer *a, const struct clock_timer *b)
{
    return a->due < b->due || (a->due == b->due && a->order < b->order);
}

static void put(struct sim_clock *c, size_t place, struct clock_timer *t)
{
    c->heap.items[place] = t;
    t->place = place;
}

static void rise(struct sim_clock *c, struct clock_timer *t)
{
    size_t i = t->place;
    for (; i > 0 && earlier(t, c->heap.items[(i - 1) / 2]); i = (i - 1) / 2)
        put(c, i, c->heap.items[(i - 1) / 2]);
    put(c, i, t);
}

static void sink(struct sim_clock *c, struct clock_timer *t)
{
    size_t i = t->place;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child + 1 < c->heap.len && earlier(c->heap.items[child + 1], c->heap.items[child]))
            child++;
        if (child >= c->heap.len || !earlier(c->heap.items[child], t))
            break;
        put(c, i, c->heap.items[child]);
        i = child;
    }
    put(c, i, t);
}

static void take_out(struct sim_clock *c, struct clock_timer *t)
{
    struct clock_timer *last = vec_pop(&c->heap);
    if (last == t)
        return;
    put(c, t->place, last);
    rise(c, last);
    sink(c, last);
}

static int64_t mono_ms(void *self) { return ((struct sim_clock *)self)->now; }

static int64_t wall_ms(void *self)
{
    struct sim_clock *c = self;
    return c->wall + c->now;
}

static struct clock_timer *start(void *self, int64_t ms, void (*fire)(void *owner), void *owner)
{
    struct sim_clock *c = self;
    struct clock_timer *t = calloc(1, sizeof *t);
    if (!t)
        abort();
    *t = (struct clock_timer){ .due = c->now + ms, .order = c->started++, .fire = fire, .owner = owner };
    vec_push(&c->heap, t);
    t->place = c->heap.len - 1;
    rise(c, t);
    return t;
}

static void stop(void *self, struct clock_timer **t)
{
    if (!*t)
        return;
    take_out(self, *t);
    free(*t);
    *t = NULL;
}

struct sim_clock *sim_clock_new(int64_t wall)
{
    struct sim_clock *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    c->wall = wall;
    c->port = (struct clock){ .mono_ms = mono_ms, .wall_ms = wall_ms, .start = start, .stop = stop, .self = c };
    return c;
}

void sim_clock_free(struct sim_clock **c)
{
    if (!c || !*c)
        return;
    for (size_t i = 0; i < (*c)->heap.len; i++)
        free((*c)->heap.items[i]);
    vec_free(&(*c)->heap);
    free(*c);
    *c = NULL;
}

const struct clock *sim_clock_port(struct sim_clock *c) { return &c->port; }

bool sim_clock_step(struct sim_clock *c)
{
    if (c->heap.len == 0)
        return false;
    struct clock_timer gone = *c->heap.items[0], *first = c->heap.items[0];
    take_out(c, first);
    free(first);
    c->now = gone.due;
    gone.fire(gone.owner);
    return true;
}

int64_t sim_clock_next(const struct sim_clock *c) { return c->heap.len ? c->heap.items[0]->due : INT64_MAX; }

void sim_clock_run_to(struct sim_clock *c, int64_t mono)
{
    while (sim_clock_next(c) <= mono)
        sim_clock_step(c);
    if (c->now < mono)
        c->now = mono;
}
