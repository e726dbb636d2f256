/* Inside of a test that runs, shared by the files test_*.c. One thread. */
#ifndef STDLIB_SIM_TEST_STATE_H
#define STDLIB_SIM_TEST_STATE_H

#include "stdlib/running.h"
#include "stdlib/sim/sim_session.h"
#include "stdlib/sim/test_run.h"

struct test_loop {
    uint32_t first, end; /* steps */
    int64_t left;        /* turns, with the one that runs */
};

struct test_state {
    const struct test_suite *suite;
    const struct test_case *test;
    const struct image *im;
    const struct test_watch *watch;
    struct test_result *out;
    struct sim_session *session;
    struct sim_facts facts;
    struct sim_world world;
    struct sbuf from, to;
    bool failed;
    /* the cursor: the step whose turn it is */
    uint32_t at;
    struct test_loop loops[TEST_REPEAT_DEPTH];
    unsigned depth;
    int64_t since;       /* when its turn came, by the call's clock */
    int64_t answered_at; /* -1: not yet */
    bool *forbidden;     /* by step: an 'expect no' that holds now */
    int64_t *wanted;     /* by step: how often an 'expect log' or 'notify' is still to come */
    /* what the caller was told, a line a text, and where the next 'hear' looks from */
    struct sbuf told;
    size_t told_from;
    /* the step that the action in progress was expected by, and what is left of its 'after'; NULL: by none */
    const struct test_step *plan;
    int64_t plan_left;
    int64_t hang_up_at; /* by the plan; INT64_MAX: not */
};

/* ---- test_run.c ---- */
int64_t test_now(const struct test_state *t);
/* The test has failed at that step; the first reason counts. Gives the buffer for what was expected; what happened is
 * to be written to out->happened. NULL when it had failed before. */
struct test_result *test_fail(struct test_state *t, const struct test_step *s);
void test_story(struct test_state *t, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* ---- test_cursor.c ---- */
/* The step whose turn it is, NULL behind the last. */
const struct test_step *test_step_now(const struct test_state *t);
/* Passes every step that needs nobody to act: what was heard, what is only noted down. */
void test_advance(struct test_state *t);
void test_step_done(struct test_state *t);
/* How often each 'expect log' and 'expect notify' is due in the whole test. */
void test_count_wanted(struct test_state *t);
bool test_is_any_order(const struct test_step *s);
void test_tell(struct test_state *t, struct str text);

/* ---- test_match.c ---- */
/* Whether the action in progress is what the step names, as far as it names it. */
bool test_matches(const struct test_state *t, const struct test_step *s, const struct running *r);
/* Whether the flow's permits let any of it happen: what is not permitted ends by itself and asks nobody. */
bool test_is_permitted(const struct test_state *t, const struct running *r);

/* ---- test_say.c: for reports ---- */
void test_value_text(const struct test_state *t, const struct test_value *v, struct sbuf *out);
void test_value_show(const struct test_state *t, const struct test_value *v, struct sbuf *out);
void test_step_show(const struct test_state *t, const struct test_step *s, struct sbuf *out);
/* The action in progress; of its labelled arguments those that the step names (NULL: none). Never a secret. */
void test_action_show(const struct running *r, const struct test_step *s, struct sbuf *out);
void test_end_show(const struct test_state *t, struct sbuf *out);

/* ---- test_world.c ---- */
void test_world_init(struct test_state *t);

#endif
