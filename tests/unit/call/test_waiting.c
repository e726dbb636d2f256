/* The order of queues: who is rung for whom, and what becomes of it. A scene is a queue "q" of agents a, b, c and of
 * callers 1 to 4; each test says what happens and compares what the callers are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sipfront/call/waiting.h"
#include "stdlib/sim/sim_clock.h"

enum { CALLERS = 4 };

struct caller {
    struct scene *scene;
    int number;
    struct waiter *waiter;
    const struct str *agents;
};

struct scene {
    struct sim_clock *clock;
    struct waiting *waiting;
    struct caller callers[CALLERS + 1]; /* by number */
    char offline[8], engaged[8];        /* a letter an agent */
    bool refuses;                       /* nobody takes over */
    struct sbuf told;
};

static const struct str abc[] = { { "a", 1 }, { "b", 1 }, { "c", 1 } };
static const struct str only_c[] = { { "c", 1 } };

static bool is_reachable(const char *user, void *owner) { return !strchr(((struct scene *)owner)->offline, *user); }
static bool is_engaged(const char *user, void *owner) { return strchr(((struct scene *)owner)->engaged, *user); }

/* "1:a" is: a rings for caller 1. */
static void on_ring(const unsigned *agents, unsigned n, void *owner)
{
    struct caller *c = owner;
    sbuf_fmt(&c->scene->told, "%d:", c->number);
    for (unsigned i = 0; i < n; i++)
        sbuf_str(&c->scene->told, c->agents[agents[i]]);
    sbuf_char(&c->scene->told, ' ');
}

static bool on_take_over(void *from, void *owner)
{
    struct caller *c = owner, *before = from;
    if (c->scene->refuses)
        return false;
    sbuf_fmt(&c->scene->told, "%d>%d ", before->number, c->number);
    return true;
}

static void on_deserted(void *owner)
{
    struct caller *c = owner;
    sbuf_fmt(&c->scene->told, "%d! ", c->number);
}

static const struct waiter_events events = { .ring = on_ring, .take_over = on_take_over, .deserted = on_deserted };

static struct scene *scene_new(void)
{
    static struct scene s;
    s = (struct scene){ .clock = sim_clock_new(0) };
    struct waiting_port port = {
        .clock = sim_clock_port(s.clock), .reachable = is_reachable, .engaged = is_engaged, .owner = &s
    };
    s.waiting = waiting_new(&port);
    sim_clock_run_to(s.clock, 1000);
    return &s;
}

static void scene_free(struct scene *s)
{
    for (int i = 1; i <= CALLERS; i++)
        waiter_leave(&s->callers[i].waiter);
    waiting_free(&s->waiting);
    assert_false(sim_clock_step(s->clock)); /* no timer is left behind */
    sim_clock_free(&s->clock);
    sbuf_free(&s->told);
}

struct how {
    unsigned agents; /* 0: all three; the first so many of them, or -1u: c alone */
    unsigned most;
    bool all;
};

static enum waiting_answer enter(struct scene *s, int number, struct how how)
{
    struct caller *c = &s->callers[number];
    bool c_alone = how.agents == -1u;
    *c = (struct caller){ .scene = s, .number = number, .agents = c_alone ? only_c : abc };
    struct waiter_params p = { .name = STR("q"),
                               .agents = c->agents,
                               .count = c_alone      ? 1
                                        : how.agents ? how.agents
                                                     : 3,
                               .most = how.most ? how.most : 10,
                               .all = how.all,
                               .events = &events,
                               .owner = c };
    return waiting_enter(s->waiting, &p, &c->waiter);
}

/* Lets so much time go by, and compares what was told meanwhile. */
static void expect(struct scene *s, int64_t ms, const char *told)
{
    sim_clock_run_to(s->clock, clock_mono(sim_clock_port(s->clock)) + ms);
    assert_string_equal(s->told.p ? s->told.p : "", told);
    sbuf_clear(&s->told);
}

static void leave(struct scene *s, int number) { waiter_leave(&s->callers[number].waiter); }
static void answered(struct scene *s, int number, const char *agent)
{
    waiter_answered(s->callers[number].waiter, agent);
}

static void test_order_of_arrival(void **state)
{
    struct scene *s = scene_new();
    (void)state;
    for (int i = 1; i <= 3; i++)
        assert_int_equal(enter(s, i, (struct how){ .agents = 1 }), WAITING_TAKEN);
    expect(s, 0, "1:a ");
    assert_int_equal(waiter_place(s->callers[3].waiter), 3);
    answered(s, 1, "a");
    expect(s, 60000, "");
    assert_int_equal(waiter_place(s->callers[3].waiter), 2);
    leave(s, 1);
    expect(s, 0, "2:a ");
    answered(s, 2, "a");
    leave(s, 2);
    expect(s, 0, "3:a ");
    scene_free(s);
}

static void test_longest_idle_first(void **state)
{
    struct scene *s = scene_new();
    (void)state;
    for (int i = 1; i <= 3; i++)
        enter(s, i, (struct how){ 0 });
    expect(s, 0, "1:a 2:b 3:c ");
    answered(s, 1, "a");
    answered(s, 2, "b");
    answered(s, 3, "c");
    static const int ends[] = { 2, 3, 1 };
    for (int i = 0; i < 3; i++) {
        expect(s, 1000, "");
        leave(s, ends[i]);
    }
    enter(s, 4, (struct how){ 0 }); /* nobody waited meanwhile: the queue remembers all the same */
    expect(s, 0, "4:b ");
    enter(s, 1, (struct how){ 0 });
    expect(s, 0, "1:c ");
    scene_free(s);
}

static void test_no_answer_rests(void **state)
{
    struct scene *s = scene_new();
    (void)state;
    enter(s, 1, (struct how){ .agents = 2 });
    expect(s, 0, "1:a ");
    waiter_unanswered(s->callers[1].waiter);
    expect(s, 0, "1:b ");
    waiter_unanswered(s->callers[1].waiter);
    expect(s, WAITING_REST_MS - 1, "");
    expect(s, 1, "1:a ");
    scene_free(s);
}

static void test_engaged_and_back(void **state)
{
    struct scene *s = scene_new();
    (void)state;
    strcpy(s->engaged, "a");
    enter(s, 1, (struct how){ .agents = 1 });
    expect(s, 3600000, ""); /* and no timer runs meanwhile */
    assert_int_equal(sim_clock_next(s->clock), INT64_MAX);
    s->engaged[0] = '\0';
    waiting_changed(s->waiting, "a");
    expect(s, 0, "1:a ");
    scene_free(s);
}

static void test_registered_later(void **state)
{
    struct scene *s = scene_new();
    (void)state;
    strcpy(s->offline, "b");
    strcpy(s->engaged, "a");
    enter(s, 1, (struct how){ .agents = 2 });
    expect(s, 1000, "");
    s->offline[0] = '\0';
    waiting_changed(s->waiting, "b");
    expect(s, 0, "1:b ");
    scene_free(s);
}

static void test_no_agents(void **state)
{
    struct scene *s = scene_new();
    (void)state;
    strcpy(s->offline, "abc");
    assert_int_equal(enter(s, 1, (struct how){ 0 }), WAITING_NO_AGENTS);
    assert_null(s->callers[1].waiter);
    strcpy(s->offline, "ab");
    strcpy(s->engaged, "c");
    assert_int_equal(enter(s, 1, (struct how){ 0 }), WAITING_TAKEN);
    expect(s, 1000, "");
    strcpy(s->offline, "abc");
    waiting_changed(s->waiting, "c");
    expect(s, 0, "1! ");
    waiting_changed(s->waiting, "c");
    expect(s, 0, ""); /* it is told once */
    scene_free(s);
}

static void test_full(void **state)
{
    struct scene *s = scene_new();
    (void)state;
    assert_int_equal(enter(s, 1, (struct how){ .most = 2, .agents = 1 }), WAITING_TAKEN);
    assert_int_equal(enter(s, 2, (struct how){ .most = 2, .agents = 1 }), WAITING_TAKEN);
    assert_int_equal(enter(s, 3, (struct how){ .most = 2, .agents = 1 }), WAITING_FULL);
    expect(s, 0, "1:a ");
    answered(s, 1, "a"); /* who talks does not wait */
    assert_int_equal(enter(s, 3, (struct how){ .most = 2, .agents = 1 }), WAITING_TAKEN);
    scene_free(s);
}

static void test_all_at_once(void **state)
{
    struct scene *s = scene_new();
    (void)state;
    strcpy(s->engaged, "b");
    enter(s, 1, (struct how){ .all = true });
    enter(s, 2, (struct how){ .all = true });
    expect(s, 0, "1:ac ");
    s->engaged[0] = '\0';
    waiting_changed(s->waiting, "b");
    expect(s, 0, "1:b ");
    answered(s, 1, "c");
    expect(s, 0, "2:ab ");
    scene_free(s);
}

static void test_one_who_leaves_hands_on(void **state)
{
    struct scene *s = scene_new();
    (void)state;
    enter(s, 1, (struct how){ .agents = 1 });
    enter(s, 2, (struct how){ .agents = -1u });
    enter(s, 3, (struct how){ 0 });
    expect(s, 0, "1:a 2:c 3:b ");
    enter(s, 4, (struct how){ 0 });
    leave(s, 1);
    expect(s, 0, "1>4 "); /* the first for whom nobody is rung, and who takes that agent */
    answered(s, 4, "a");
    s->refuses = true;
    enter(s, 1, (struct how){ 0 });
    leave(s, 2);
    expect(s, 0, "1:c "); /* called anew */
    scene_free(s);
}

static void test_who_answers_has_the_first_in_line(void **state)
{
    struct scene *s = scene_new();
    (void)state;
    enter(s, 1, (struct how){ .agents = 2 });
    enter(s, 2, (struct how){ .agents = 2 });
    expect(s, 0, "1:a 2:b ");
    struct waiter *first = waiter_first(s->callers[2].waiter);
    assert_ptr_equal(waiter_owner(first), &s->callers[1]);
    waiter_exchange(s->callers[2].waiter, first);
    answered(s, 1, "b");
    expect(s, 1000, ""); /* a rings on for 2 */
    answered(s, 2, "a");
    enter(s, 3, (struct how){ .agents = -1u });
    enter(s, 4, (struct how){ 0 });
    expect(s, 0, "3:c ");
    assert_ptr_equal(waiter_first(s->callers[3].waiter), s->callers[3].waiter);
    scene_free(s);
}

/* ---- anything at all, in any order ---- */

enum { CROWD = 12, CROWD_STEPS = 200000 };

struct person {
    struct crowd *crowd;
    struct waiter *waiter;
    bool talks, deserted;
    unsigned ringing;
    struct str agents[3];
    unsigned count;
};

struct crowd {
    struct scene *scene;
    struct person people[CROWD];
    uint32_t random;
    uint64_t served, handed_on, exchanged, refused;
};

static unsigned dice(struct crowd *c, unsigned sides)
{
    c->random = c->random * 1664525u + 1013904223u;
    return (c->random >> 16) % sides;
}

static void crowd_ring(const unsigned *agents, unsigned n, void *owner)
{
    struct person *p = owner;
    assert_non_null(p->waiter);
    assert_false(p->talks);
    for (unsigned i = 0; i < n; i++)
        assert_true(agents[i] < p->count);
    p->ringing += n;
}

static bool crowd_take_over(void *from, void *owner)
{
    struct person *leaving = from, *p = owner;
    assert_true(leaving->ringing && !p->ringing && !p->talks);
    if (dice(p->crowd, 3) == 0)
        return false;
    p->ringing = leaving->ringing;
    p->crowd->handed_on++;
    return true;
}

static void crowd_deserted(void *owner) { ((struct person *)owner)->deserted = true; }

static const struct waiter_events crowd_events = { crowd_ring, crowd_take_over, crowd_deserted };

static void crowd_enter(struct crowd *c, struct person *p)
{
    static const struct str names[] = { { "a", 1 }, { "b", 1 }, { "c", 1 } };
    *p = (struct person){ .crowd = c };
    for (unsigned i = 0; i < 3; i++)
        if (dice(c, 4))
            p->agents[p->count++] = names[i];
    struct waiter_params wp = { .name = STR("q"),
                                .agents = p->agents,
                                .count = p->count,
                                .most = 8,
                                .all = dice(c, 2),
                                .events = &crowd_events,
                                .owner = p };
    c->refused += waiting_enter(c->scene->waiting, &wp, &p->waiter) != WAITING_TAKEN;
}

/* A phone that rings for p is answered, and whoever is the first in line has it. */
static void crowd_answer(struct crowd *c, struct person *p)
{
    struct waiter *first = waiter_first(p->waiter);
    struct person *q = waiter_owner(first);
    if (q != p) {
        unsigned ringing = p->ringing;
        assert_true(waiter_place(first) < waiter_place(p->waiter));
        waiter_exchange(p->waiter, first);
        p->ringing = q->ringing;
        q->ringing = ringing;
        c->exchanged++;
    }
    waiter_answered(q->waiter, "");
    q->talks = true;
    q->ringing = 0;
    c->served++;
}

static void crowd_toggle(struct crowd *c, char letters[8])
{
    static const char *const names[] = { "a", "b", "c" };
    const char *who = names[dice(c, 3)];
    char *at = strchr(letters, *who), *end = letters + strlen(letters);
    if (at) {
        memmove(at, at + 1, strlen(at));
    } else {
        end[0] = *who;
        end[1] = '\0';
    }
    waiting_changed(c->scene->waiting, who);
}

static void crowd_step(struct crowd *c)
{
    struct person *p = &c->people[dice(c, CROWD)];
    switch (dice(c, 8)) {
    case 0: crowd_toggle(c, c->scene->engaged); return;
    case 1: crowd_toggle(c, c->scene->offline); return;
    case 2: sim_clock_run_to(c->scene->clock, clock_mono(sim_clock_port(c->scene->clock)) + dice(c, 4000)); return;
    default: break;
    }
    if (!p->waiter)
        crowd_enter(c, p);
    else if (p->deserted || p->talks || dice(c, 4) == 0)
        waiter_leave(&p->waiter);
    else if (p->ringing && dice(c, 2))
        crowd_answer(c, p);
    else if (p->ringing) {
        waiter_unanswered(p->waiter);
        p->ringing = 0;
    }
}

/* Nobody who could be rung is not: else somebody would wait for ever. */
static void crowd_check(const struct waiting_queue *q, void *arg)
{
    struct crowd *c = arg;
    unsigned rung = 0, ringing = 0;
    for (unsigned i = 0; i < q->nagents; i++)
        rung += strcmp(q->agents[i].state, "ringing") == 0;
    for (struct person *p = c->people; p < c->people + CROWD; p++) {
        bool waits = p->waiter && !p->talks;
        ringing += waits ? p->ringing : 0;
        for (unsigned i = 0; waits && !p->ringing && !p->deserted && i < q->nagents; i++)
            for (unsigned k = 0; k < p->count; k++)
                if (str_is(p->agents[k], q->agents[i].user))
                    assert_string_not_equal(q->agents[i].state, "free");
    }
    assert_int_equal(rung, ringing);
}

static void test_a_crowd(void **state)
{
    static struct crowd c;
    (void)state;
    c = (struct crowd){ .scene = scene_new(), .random = 7 };
    for (unsigned i = 0; i < CROWD_STEPS; i++) {
        crowd_step(&c);
        sim_clock_run_to(c.scene->clock, clock_mono(sim_clock_port(c.scene->clock)));
        waiting_each(c.scene->waiting, crowd_check, &c);
    }
    assert_true(c.served > 1000 && c.handed_on > 100 && c.exchanged > 100 && c.refused > 100);
    for (struct person *p = c.people; p < c.people + CROWD; p++)
        waiter_leave(&p->waiter);
    sim_clock_run_to(c.scene->clock, INT64_MAX / 2);
    scene_free(c.scene);
}

static void compare(const struct waiting_queue *q, void *arg)
{
    struct sbuf *out = arg;
    sbuf_fmt(out, "%s %u+%u %lld:", q->name, q->waiting, q->talking, (long long)q->longest_ms);
    for (unsigned i = 0; i < q->nagents; i++)
        sbuf_fmt(out, " %s=%s", q->agents[i].user, q->agents[i].state);
}

static void test_listing(void **state)
{
    struct scene *s = scene_new();
    struct sbuf seen = { 0 };
    (void)state;
    enter(s, 1, (struct how){ 0 });
    expect(s, 0, "1:a ");
    answered(s, 1, "a");
    strcpy(s->offline, "c");
    enter(s, 2, (struct how){ 0 });
    expect(s, 0, "2:b ");
    waiter_unanswered(s->callers[2].waiter);
    expect(s, 2000, "");
    waiting_each(s->waiting, compare, &seen);
    assert_string_equal(seen.p, "q 1+1 2000: a=talking b=resting c=offline");
    sbuf_free(&seen);
    scene_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_of_arrival),
        cmocka_unit_test(test_longest_idle_first),
        cmocka_unit_test(test_no_answer_rests),
        cmocka_unit_test(test_engaged_and_back),
        cmocka_unit_test(test_registered_later),
        cmocka_unit_test(test_no_agents),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_all_at_once),
        cmocka_unit_test(test_one_who_leaves_hands_on),
        cmocka_unit_test(test_who_answers_has_the_first_in_line),
        cmocka_unit_test(test_a_crowd),
        cmocka_unit_test(test_listing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
