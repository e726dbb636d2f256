/* The loop: posting from threads, timers, worker threads. Every test ends by loop_stop(); a hang is the runner's limit.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <sofia-sip/su_wait.h>

#include "sipfront/loop/loop.h"
#include "sipfront/loop/workers.h"

static struct loop *l;

static int open_loop(void **state)
{
    (void)state;
    return loop_new(&l) == ERR_OK ? 0 : -1;
}

static int close_loop(void **state)
{
    (void)state;
    loop_free(&l);
    return 0;
}

static void stop(void *arg)
{
    (void)arg;
    loop_stop(l);
}

enum { POSTERS = 4, POSTS = 2000 };

struct poster {
    int next, seen;
    bool in_order;
    int *left;
    pthread_t thread;
};

struct post {
    struct poster *poster;
    int number;
};

static void take_post(void *arg)
{
    struct post *p = arg;
    p->poster->in_order = p->poster->in_order && p->number == p->poster->seen;
    p->poster->seen++;
    if (--*p->poster->left == 0)
        loop_stop(l);
    free(p);
}

static void *post_many(void *arg)
{
    struct poster *poster = arg;
    for (int i = 0; i < POSTS; i++) {
        struct post *p = malloc(sizeof *p);
        assert_non_null(p);
        *p = (struct post){ poster, i };
        loop_post(l, take_post, p);
    }
    return NULL;
}

static void posts_of_a_thread_keep_their_order(void **state)
{
    struct poster posters[POSTERS] = { 0 };
    int left = POSTERS * POSTS;
    (void)state;
    for (int i = 0; i < POSTERS; i++) {
        posters[i] = (struct poster){ .in_order = true, .left = &left };
        assert_int_equal(pthread_create(&posters[i].thread, NULL, post_many, &posters[i]), 0);
    }
    loop_run(l);
    for (int i = 0; i < POSTERS; i++) {
        pthread_join(posters[i].thread, NULL);
        assert_true(posters[i].in_order);
        assert_int_equal(posters[i].seen, POSTS);
    }
}

static int left_run;

static void count_left(void *arg)
{
    (void)arg;
    left_run++;
}

static void *leave_one(void *arg)
{
    loop_leave(l, stop, arg);
    return NULL;
}

static void join_then_go_on(void *arg)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, leave_one, arg), 0);
    pthread_join(thread, NULL);
}

/* What is left for the loop is run in its next turn, whatever that comes from, and does not swallow a later wake-up. */
static void what_is_left_is_run(void **state)
{
    (void)state;
    clock_start(loop_clock(l), 5, join_then_go_on, NULL);
    loop_run(l);
    loop_leave(l, count_left, NULL);
    loop_post(l, stop, NULL);
    loop_run(l);
    assert_int_equal(left_run, 1);
}

static void on_signal(int number)
{
    (void)number;
    loop_stop(l); /* NOLINT(bugprone-signal-handler): it only writes to a descriptor */
}

static void raise_signal(void *arg)
{
    (void)arg;
    raise(SIGUSR1);
}

static void a_signal_stops_the_loop(void **state)
{
    (void)state;
    signal(SIGUSR1, on_signal);
    loop_post(l, raise_signal, NULL);
    loop_run(l);
    signal(SIGUSR1, SIG_DFL);
}

static void a_broken_pipe_is_no_signal(void **state)
{
    int fd[2];
    (void)state;
    assert_int_equal(pipe(fd), 0);
    close(fd[0]);
    assert_int_equal(write(fd[1], "x", 1), -1);
    close(fd[1]);
}

static char order[64];
static size_t fired;

static void note_letter(void *owner) { order[fired++] = *(const char *)owner; }

static void timers_fire_in_order(void **state)
{
    const struct clock *c = loop_clock(l);
    struct clock_timer *never = clock_start(c, 15, note_letter, "!");
    int64_t began = clock_mono(c);
    (void)state;
    fired = 0;
    clock_start(c, 30, note_letter, "d");
    clock_start(c, 0, note_letter, "a");
    clock_start(c, 20, note_letter, "b");
    clock_start(c, 20, note_letter, "c");
    clock_start(c, 31, stop, NULL);
    clock_stop(c, &never);
    assert_null(never);
    clock_stop(c, &never);
    loop_run(l);
    assert_int_equal(fired, 4);
    assert_memory_equal(order, "abcd", 4);
    assert_in_range(clock_mono(c) - began, 31, 5000);
}

static int turns;

static void again(void *owner)
{
    if (++turns == 50)
        loop_stop(l);
    else
        clock_start(loop_clock(l), 0, again, owner);
}

/* A timer of 0 ms that starts itself again must not keep the loop from its other work. */
static void an_endless_timer_starves_nobody(void **state)
{
    (void)state;
    turns = 0;
    clock_start(loop_clock(l), 0, again, NULL);
    loop_run(l);
    assert_int_equal(turns, 50);
}

static unsigned counted;

static void count(void *owner)
{
    (void)owner;
    counted++;
}

static void thousands_of_timers(void **state)
{
    enum { MANY = 20000 };
    const struct clock *c = loop_clock(l);
    struct clock_timer **t = calloc(MANY, sizeof *t);
    (void)state;
    assert_non_null(t);
    counted = 0;
    srand(1);
    for (int i = 0; i < MANY; i++)
        t[i] = clock_start(c, rand() % 20, count, NULL);
    for (int i = 0; i < MANY; i += 2)
        clock_stop(c, &t[i]);
    clock_start(c, 40, stop, NULL);
    loop_run(l);
    free(t);
    assert_int_equal(counted, MANY / 2);
}

static int64_t cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void on_stack_timer(su_root_magic_t *magic, su_timer_t *t, su_timer_arg_t *arg)
{
    (void)magic, (void)arg;
    if (++turns == 200)
        loop_stop(l);
    else
        su_timer_set(t, on_stack_timer, NULL);
}

static void tick(void *owner) { clock_start(loop_clock(l), 1, tick, owner); }

/* The stack's own timers count in whole milliseconds, rounded down: waked by something else shortly before one of them,
 * it would ask for events again and again until that is due. */
static void the_stacks_timers_do_not_spin(void **state)
{
    su_timer_t *t = su_timer_create(su_root_task(loop_root(l)), 1);
    int64_t began = clock_mono(loop_clock(l)), cpu = cpu_ms();
    (void)state;
    turns = 0;
    su_timer_set(t, on_stack_timer, NULL);
    tick(NULL);
    loop_run(l);
    su_timer_destroy(t);
    assert_true(cpu_ms() - cpu < (clock_mono(loop_clock(l)) - began) / 5);
}

static void later(void *owner)
{
    struct clock_timer **victim = owner;
    clock_stop(loop_clock(l), victim);
    clock_start(loop_clock(l), 5, stop, NULL);
}

/* The soonest timer is stopped, a later one is started, a sooner one by a timer: each in its time. */
static void what_is_soonest_changes(void **state)
{
    const struct clock *c = loop_clock(l);
    struct clock_timer *victim = clock_start(c, 10, note_letter, "!");
    int64_t began = clock_mono(c);
    (void)state;
    fired = 0;
    clock_start(c, 3000, note_letter, "?");
    clock_start(c, 2, later, &victim);
    loop_run(l);
    assert_int_equal(fired, 0);
    assert_in_range(clock_mono(c) - began, 7, 2000);
}

static void hold_the_loop(void *owner)
{
    int64_t until = clock_mono(loop_clock(l)) + 60;
    (void)owner;
    while (clock_mono(loop_clock(l)) < until)
        continue;
}

/* A timer that keeps the loop for 60 ms makes the next one late by as much. */
static void what_holds_the_loop_is_seen(void **state)
{
    struct loop_lag before, after;
    (void)state;
    loop_lag(l, &before);
    clock_start(loop_clock(l), 0, hold_the_loop, NULL);
    clock_start(loop_clock(l), 1, stop, l);
    loop_run(l);
    loop_lag(l, &after);
    assert_true(after.turns >= before.turns + 2);
    assert_in_range(after.late_ms - before.late_ms, 55, 5000);
    assert_in_range(after.worst_ms, 55, 5000);
}

static void wall_clock_is_after_2020(void **state)
{
    (void)state;
    assert_true(clock_wall(loop_clock(l)) > INT64_C(1577836800000));
}

struct task {
    int number;
    bool ran;
};

static int done_order[8], ndone;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void run_task(void *job)
{
    struct task *t = job;
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    t->ran = true;
}

static void task_done(void *job)
{
    const struct task *t = job;
    assert_true(t->ran);
    done_order[ndone++] = t->number;
    if (ndone == 3)
        loop_stop(l);
}

/* The gate holds the one worker at its first job, so that two more fill the queue for certain. */
static void jobs_run_in_order_and_a_full_queue_refuses(void **state)
{
    struct task tasks[4] = { { .number = 0 }, { .number = 1 }, { .number = 2 }, { .number = 3 } };
    struct workers *w;
    (void)state;
    ndone = 0;
    assert_int_equal(workers_new(&w, l, "test", 1, 2), ERR_OK);
    pthread_mutex_lock(&gate);
    assert_int_equal(workers_submit(w, run_task, task_done, &tasks[0]), ERR_OK);
    while (workers_waiting(w) > 0)
        sched_yield(); /* until the worker has taken it */
    assert_int_equal(workers_submit(w, run_task, task_done, &tasks[1]), ERR_OK);
    assert_int_equal(workers_submit(w, run_task, task_done, &tasks[2]), ERR_OK);
    assert_int_equal(workers_submit(w, run_task, task_done, &tasks[3]), ERR_BUSY);
    assert_int_equal(workers_waiting(w), 2);
    pthread_mutex_unlock(&gate);
    loop_run(l);
    workers_free(&w);
    for (int i = 0; i < 3; i++)
        assert_int_equal(done_order[i], i);
    assert_false(tasks[3].ran);
    assert_int_equal(workers_submit(w, run_task, task_done, &tasks[3]), ERR_BUSY); /* NULL: they are gone */
}

static void freeing_workers_finishes_their_queue(void **state)
{
    struct task tasks[3] = { { .number = 0 }, { .number = 1 }, { .number = 2 } };
    struct workers *w;
    (void)state;
    ndone = 0;
    assert_int_equal(workers_new(&w, l, "test", 2, 8), ERR_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(workers_submit(w, run_task, task_done, &tasks[i]), ERR_OK);
    workers_free(&w);
    loop_run(l);
    assert_int_equal(ndone, 3);
    assert_int_equal(workers_new(&w, l, "test", 0, 8), ERR_INVALID);
    workers_free(&w);
}

#define IN_LOOP(f) cmocka_unit_test_setup_teardown(f, open_loop, close_loop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_LOOP(posts_of_a_thread_keep_their_order),
        IN_LOOP(what_is_left_is_run),
        IN_LOOP(a_signal_stops_the_loop),
        IN_LOOP(a_broken_pipe_is_no_signal),
        IN_LOOP(timers_fire_in_order),
        IN_LOOP(an_endless_timer_starves_nobody),
        IN_LOOP(thousands_of_timers),
        IN_LOOP(the_stacks_timers_do_not_spin),
        IN_LOOP(what_is_soonest_changes),
        IN_LOOP(what_holds_the_loop_is_seen),
        IN_LOOP(wall_clock_is_after_2020),
        IN_LOOP(jobs_run_in_order_and_a_full_queue_refuses),
        IN_LOOP(freeing_workers_finishes_their_queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
