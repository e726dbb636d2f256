/* The virtual clock: order, stopping, and jumps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stdlib/sim/sim_clock.h"

struct bell {
    char name;
    char *rung;
};

static void ring(void *owner)
{
    struct bell *b = owner;
    size_t n = strlen(b->rung);
    b->rung[n] = b->name;
}

static void fires_in_order(void **state)
{
    static const int64_t times[] = { 300, 100, 200, 100, 0 };
    char rung[8] = "";
    struct bell bells[5];
    struct sim_clock *c = sim_clock_new(1000);
    (void)state;
    for (int i = 0; i < 5; i++) {
        bells[i] = (struct bell){ (char)('a' + i), rung };
        clock_start(sim_clock_port(c), times[i], ring, &bells[i]);
    }
    assert_string_equal(rung, "");
    assert_int_equal(sim_clock_next(c), 0);
    sim_clock_run_to(c, 150);
    assert_string_equal(rung, "ebd");
    assert_int_equal(clock_mono(sim_clock_port(c)), 150);
    assert_int_equal(clock_wall(sim_clock_port(c)), 1150);
    while (sim_clock_step(c))
        ;
    assert_string_equal(rung, "ebdca");
    assert_int_equal(clock_mono(sim_clock_port(c)), 300);
    sim_clock_free(&c);
    assert_null(c);
}

/* Many timers, every second one stopped again: the rest fires in time's order. */
static void stopped_timers_stay_silent(void **state)
{
    enum { COUNT = 200 };
    char rung[COUNT + 1] = "";
    struct bell bell = { 'x', rung };
    struct clock_timer *timers[COUNT];
    struct sim_clock *c = sim_clock_new(0);
    int64_t last = 0;
    (void)state;
    for (int i = 0; i < COUNT; i++)
        timers[i] = clock_start(sim_clock_port(c), (i * 37) % 101, ring, &bell);
    for (int i = 0; i < COUNT; i += 2) {
        clock_stop(sim_clock_port(c), &timers[i]);
        assert_null(timers[i]);
    }
    while (sim_clock_step(c)) {
        assert_true(clock_mono(sim_clock_port(c)) >= last);
        last = clock_mono(sim_clock_port(c));
    }
    assert_int_equal(strlen(rung), COUNT / 2);
    sim_clock_free(&c);
}

static void stopping_nothing_is_allowed(void **state)
{
    struct sim_clock *c = sim_clock_new(0);
    struct clock_timer *t = NULL;
    (void)state;
    clock_stop(sim_clock_port(c), &t);
    assert_false(sim_clock_step(c));
    assert_true(sim_clock_next(c) == INT64_MAX);
    sim_clock_run_to(c, 5000);
    assert_int_equal(clock_mono(sim_clock_port(c)), 5000);
    sim_clock_free(&c);
    sim_clock_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_in_order),
        cmocka_unit_test(stopped_timers_stay_silent),
        cmocka_unit_test(stopping_nothing_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
