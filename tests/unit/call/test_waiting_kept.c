/* What queues keep when nobody waits is bounded, whatever names flows make up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sipfront/call/waiting.h"
#include "stdlib/sim/sim_clock.h"

enum { NAMES = 3000, QUEUES_MOST = 1000, AGENTS_MOST = 201 };

static bool always(const char *user, void *owner) { return user && !owner; }
static bool never(const char *user, void *owner) { return !user && owner; }
static void on_ring(const unsigned *agents, unsigned n, void *owner) { (void)agents, (void)n, (void)owner; }
static bool on_take_over(void *from, void *owner) { return from == owner; }
static void on_deserted(void *owner) { (void)owner; }

static const struct waiter_events events = { on_ring, on_take_over, on_deserted };

struct seen {
    unsigned queues, agents;
    bool first; /* the queue in which somebody waits is there */
};

static void look(const struct waiting_queue *q, void *arg)
{
    struct seen *seen = arg;
    seen->queues++;
    if (q->nagents > seen->agents)
        seen->agents = q->nagents;
    seen->first |= strcmp(q->name, "q0") == 0 && q->waiting == 1;
}

static struct waiter *enter(struct waiting *w, struct str name, struct str agent)
{
    struct waiter *out;
    struct waiter_params p = { .name = name, .agents = &agent, .count = 1, .most = 1, .label = "", .events = &events };
    assert_int_equal(waiting_enter(w, &p, &out), WAITING_TAKEN);
    return out;
}

/* So many queues, or one queue with so many agents, each entered and left; in the first somebody stays. */
static struct seen play(bool many_queues)
{
    struct sim_clock *clock = sim_clock_new(0);
    struct waiting_port port = { .clock = sim_clock_port(clock), .reachable = always, .engaged = never };
    struct waiting *w = waiting_new(&port);
    struct waiter *stays = enter(w, STR("q0"), STR("a"));
    struct seen seen = { 0 };
    for (unsigned i = 1; i <= NAMES; i++) {
        char name[16];
        snprintf(name, sizeof name, "q%u", i);
        struct waiter *one = many_queues ? enter(w, str_of(name), STR("a")) : enter(w, STR("other"), str_of(name));
        sim_clock_run_to(clock, i);
        waiter_leave(&one);
    }
    waiting_each(w, look, &seen);
    waiter_leave(&stays);
    waiting_free(&w);
    assert_false(sim_clock_step(clock));
    sim_clock_free(&clock);
    return seen;
}

static void test_queues(void **state)
{
    struct seen seen = play(true);
    (void)state;
    assert_in_range(seen.queues, 2, QUEUES_MOST);
    assert_true(seen.first);
}

static void test_agents(void **state)
{
    struct seen seen = play(false);
    (void)state;
    assert_int_equal(seen.queues, 2);
    assert_in_range(seen.agents, 1, AGENTS_MOST);
    assert_true(seen.first);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_queues), cmocka_unit_test(test_agents) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
