/* The heap of timers; each knows its place in it, so that stopping one is as cheap as starting it. */
#include "sipfront/loop/timers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "sipfront/loop/loop.h"
#include "vm/base/log.h"
#include "vm/base/vec.h"

enum { WINDOW_MS = 10000 };

struct clock_timer {
    int64_t due_ms;
    uint64_t number; /* order of starting: equal due times fire in it */
    size_t place;    /* in the heap */
    void (*fire)(void *owner);
    void *owner;
};

struct timers {
    struct clock clock;
    int fd;
    int64_t armed_ms; /* what the descriptor is set to, -1: nothing */
    void (*hurry)(void *arg);
    void *hurry_arg;
    uint64_t started;
    struct loop_lag lag;
    int64_t window_ms, worst_before; /* when lag.worst_ms began anew; the worst before that */
    VEC(struct clock_timer *) heap;
};

static int64_t now_ms(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t mono_ms(void *self)
{
    (void)self;
    return now_ms(CLOCK_MONOTONIC);
}

static int64_t wall_ms(void *self)
{
    (void)self;
    return now_ms(CLOCK_REALTIME);
}

static bool sooner(const struct clock_timer *a, const struct clock_timer *b)
{
    return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->number < b->number;
}

static void put(struct timers *t, size_t place, struct clock_timer *timer)
{
    t->heap.items[place] = timer;
    timer->place = place;
}

static void sift_up(struct timers *t, struct clock_timer *timer)
{
    size_t at = timer->place;
    while (at > 0 && sooner(timer, t->heap.items[(at - 1) / 2])) {
        put(t, at, t->heap.items[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    put(t, at, timer);
}

static void sift_down(struct timers *t, struct clock_timer *timer)
{
    size_t at = timer->place;
    for (size_t child = 2 * at + 1; child < t->heap.len; child = 2 * at + 1) {
        if (child + 1 < t->heap.len && sooner(t->heap.items[child + 1], t->heap.items[child]))
            child++;
        if (!sooner(t->heap.items[child], timer))
            break;
        put(t, at, t->heap.items[child]);
        at = child;
    }
    put(t, at, timer);
}

static void take_out(struct timers *t, struct clock_timer *timer)
{
    struct clock_timer *last = vec_pop(&t->heap);
    if (last == timer)
        return;
    put(t, timer->place, last);
    sift_up(t, last);
    sift_down(t, last);
}

/* Whether the descriptor would tell too late of the soonest timer. Too early costs less than a system call for each
 * that is stopped. */
static bool is_late(const struct timers *t)
{
    return t->heap.len && (t->armed_ms < 0 || t->heap.items[0]->due_ms < t->armed_ms);
}

void timers_arm(struct timers *t)
{
    struct itimerspec at = { 0 };
    int64_t due;
    if (!is_late(t))
        return;
    due = t->heap.items[0]->due_ms; /* those already past: at once */
    at.it_value.tv_sec = due / 1000;
    at.it_value.tv_nsec = due % 1000 * 1000000 + 1; /* zero would switch it off */
    if (timerfd_settime(t->fd, TFD_TIMER_ABSTIME, &at, NULL) != 0)
        log_error("loop", "timerfd cannot be set: %s", strerror(errno));
    t->armed_ms = due;
}

static struct clock_timer *start(void *self, int64_t ms, void (*fire)(void *owner), void *owner)
{
    struct timers *t = self;
    struct clock_timer *timer = malloc(sizeof *timer);
    if (!timer)
        abort();
    *timer = (struct clock_timer){ now_ms(CLOCK_MONOTONIC) + ms, t->started++, t->heap.len, fire, owner };
    vec_push(&t->heap, timer);
    sift_up(t, timer);
    if (timer->place == 0 && is_late(t))
        t->hurry(t->hurry_arg);
    return timer;
}

static void stop(void *self, struct clock_timer **timer)
{
    struct timers *t = self;
    if (!*timer)
        return;
    take_out(t, *timer);
    free(*timer);
    *timer = NULL;
}

void timers_read(struct timers *t)
{
    uint64_t count;
    if (read(t->fd, &count, sizeof count) < 0 && errno != EAGAIN && errno != EINTR)
        log_error("loop", "timerfd cannot be read: %s", strerror(errno));
    t->armed_ms = -1;
}

/* The worst one is kept by windows: of the one that is open, and of the one before. */
static void open_window(struct timers *t, int64_t now)
{
    if (now - t->window_ms < WINDOW_MS)
        return;
    t->worst_before = now - t->window_ms < 2 * WINDOW_MS ? t->lag.worst_ms : 0;
    t->lag.worst_ms = 0;
    t->window_ms = now;
}

static void note_lag(struct timers *t, int64_t now)
{
    int64_t late = t->heap.len ? now - t->heap.items[0]->due_ms : -1;
    if (late < 0)
        return;
    open_window(t, now);
    t->lag.turns++;
    t->lag.late_ms += late;
    if (late > t->lag.worst_ms)
        t->lag.worst_ms = late;
}

void timers_lag(const struct timers *t, struct loop_lag *out)
{
    struct timers now = *t;
    open_window(&now, now_ms(CLOCK_MONOTONIC));
    *out = now.lag;
    if (now.worst_before > out->worst_ms)
        out->worst_ms = now.worst_before;
}

bool timers_fire(struct timers *t)
{
    int64_t now = t->heap.len ? now_ms(CLOCK_MONOTONIC) : 0;
    uint64_t before = t->started;
    bool any = false;
    note_lag(t, now);
    while (t->heap.len > 0) {
        struct clock_timer *timer = t->heap.items[0], fired = *timer;
        if (fired.due_ms > now || fired.number >= before)
            break;
        take_out(t, timer);
        free(timer);
        fired.fire(fired.owner);
        any = true;
    }
    return any;
}

int timers_fd(const struct timers *t) { return t->fd; }

const struct clock *timers_clock(struct timers *t) { return &t->clock; }

enum err timers_new(struct timers **out, void (*hurry)(void *arg), void *arg)
{
    struct timers *t = calloc(1, sizeof *t);
    *out = NULL;
    if (!t)
        return ERR_NOMEM;
    t->clock = (struct clock){ mono_ms, wall_ms, start, stop, t };
    t->armed_ms = -1;
    t->hurry = hurry;
    t->hurry_arg = arg;
    t->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (t->fd < 0) {
        free(t);
        return ERR_IO;
    }
    *out = t;
    return ERR_OK;
}

void timers_free(struct timers **tp)
{
    struct timers *t = *tp;
    if (!t)
        return;
    *tp = NULL;
    for (size_t i = 0; i < t->heap.len; i++)
        free(t->heap.items[i]);
    vec_free(&t->heap);
    close(t->fd);
    free(t);
}
