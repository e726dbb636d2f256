#include "stdlib/sim/test_run.h"

#include <inttypes.h>
#include <stdlib.h>

#include "stdlib/sim/test_state.h"
#include "stdlib/zone.h"

enum { DAY_MINUTES = 24 * 60, RING_MS = 20 * 1000, STORY_MAX = 256 << 10 };

/* ---- reports ---- */

int64_t test_now(const struct test_state *t)
{
    return t->session ? clock_mono(sim_clock_port(sim_session_clock(t->session))) : 0;
}

struct test_result *test_fail(struct test_state *t, const struct test_step *s)
{
    if (t->failed)
        return NULL;
    t->failed = true;
    t->out->line = s ? s->line : t->test->line;
    return t->out;
}

void test_story(struct test_state *t, const char *fmt, ...)
{
    struct sbuf *b = &t->out->story;
    va_list ap;
    if (t->failed || b->len > STORY_MAX)
        return;
    sbuf_fmt(b, "%8.1fs  ", (double)test_now(t) / 1000);
    va_start(ap, fmt);
    sbuf_vfmt(b, fmt, ap);
    va_end(ap);
    sbuf_char(b, '\n');
}

/* ---- before the call ---- */

static void fail_never(struct test_state *t, const struct test_step *s, const struct local_time *at)
{
    struct test_result *out = test_fail(t, s);
    if (!out)
        return;
    sbuf_cstr(&out->expected, "a time that the clocks show");
    sbuf_fmt(&out->happened, "%04d-%02u-%02u %02u:%02u never comes in %.*s: the clocks pass over it", at->year,
             at->month, at->day, at->hour, at->minute, STR_ARG(t->suite->zone));
}

/* The moment at which the zone's clocks show that day and minute, the first when they do twice. */
static void set_moment(struct test_state *t, const struct test_step *s, int64_t days, int64_t minute)
{
    const struct zone *utc = zone_find(STR("UTC"));
    const struct zone *z = t->suite->zone.len ? zone_find(t->suite->zone) : utc;
    struct local_time at = { 0 };
    int64_t found[2];
    if (!z || !utc) {
        struct test_result *out = test_fail(t, s);
        if (out)
            sbuf_fmt(&out->happened, "this machine knows no time zone '%.*s'", STR_ARG(t->suite->zone));
        return;
    }
    zone_local(utc, (days * DAY_MINUTES + minute) * 60, &at);
    if (zone_moments(z, &at, found))
        t->facts.wall_ms = found[0] * 1000;
    else
        fail_never(t, s, &at);
}

static void set_call(struct test_state *t, const struct test_step *s)
{
    if (s->v[0].kind != TEST_VALUE_NONE)
        test_value_text(t, &s->v[0], &t->from);
    if (s->v[1].kind != TEST_VALUE_NONE)
        test_value_text(t, &s->v[1], &t->to);
    t->facts.has_voicemail = s->n[0] != 0;
}

static bool is_in_range(const struct test_step *s)
{
    return s->n[0] > -1000000 && s->n[0] < 10000000 && s->n[1] >= 0 && s->n[1] < DAY_MINUTES;
}

/* `at` and `call` stand first, each once; what they leave open has a default. */
static void set_up(struct test_state *t)
{
    const struct test_step *at = NULL, *call = NULL, *s;
    for (; (s = test_step_now(t)) != NULL; t->at++) {
        if (s->op == TEST_AT && !at && is_in_range(s))
            at = s;
        else if (s->op == TEST_CALL && !call)
            call = s;
        else
            break;
    }
    if (call)
        set_call(t, call);
    if (!t->to.len)
        sbuf_str(&t->to, t->im->flow);
    t->facts.ring_ms = RING_MS;
    t->facts.from = t->facts.from_name = sbuf_view(&t->from);
    t->facts.to = t->facts.dialed = t->facts.dialed_name = sbuf_view(&t->to);
    set_moment(t, at, at ? at->n[0] : zone_days(2026, 1, 7), at ? at->n[1] : 10 * 60);
}

/* ---- during the call ---- */

/* The keys' turn is over before the first of them changes the call. */
static void press(struct test_state *t, const struct test_step *s)
{
    struct sbuf keys = { 0 };
    test_value_text(t, &s->v[0], &keys);
    const char *key = keys.p ? keys.p : "";
    test_story(t, "the caller presses %s", key);
    test_step_done(t);
    for (; *key && !t->failed; key++)
        sim_call_press(sim_session_call(t->session), *key);
    sbuf_free(&keys);
}

static void hang_up(struct test_state *t)
{
    test_story(t, "the caller hangs up");
    t->hang_up_at = INT64_MAX;
    sim_call_hang_up(sim_session_call(t->session));
}

static void act(struct test_state *t)
{
    const struct test_step *s = test_step_now(t);
    if (t->hang_up_at <= test_now(t)) {
        hang_up(t);
    } else if (s && s->op == TEST_PRESS) {
        press(t, s);
    } else if (s && s->op == TEST_HANG_UP) {
        test_step_done(t);
        hang_up(t);
    }
}

/* When the caller acts next, by the step whose turn it is or by the plan of the action in progress. */
static int64_t act_at(struct test_state *t)
{
    const struct test_step *s = test_step_now(t);
    int64_t from = t->since, due = INT64_MAX;
    if (t->answered_at < 0 && sim_call_state(sim_session_call(t->session)) == SIM_ANSWERED)
        t->answered_at = test_now(t);
    if (s && s->op == TEST_PRESS && t->answered_at > from)
        from = t->answered_at;
    if (s && (s->op == TEST_HANG_UP || (s->op == TEST_PRESS && t->answered_at >= 0)))
        due = from + (s->n[0] > 0 ? s->n[0] : 0);
    return due < t->hang_up_at ? due : t->hang_up_at;
}

static void fail_stuck(struct test_state *t)
{
    struct test_result *out = test_fail(t, test_step_now(t));
    if (out)
        sbuf_cstr(&out->happened, "the flow waits for something that never comes");
}

/* What is due by the clock comes before what the caller does at the same moment. */
static void run_call(struct test_state *t)
{
    struct sim_clock *clock = sim_session_clock(t->session);
    for (test_advance(t); !t->failed && !sim_session_over(t->session); test_advance(t)) {
        int64_t due = act_at(t), next = sim_clock_next(clock);
        if (next <= due && next < INT64_MAX) {
            sim_clock_step(clock);
        } else if (due < INT64_MAX) {
            sim_clock_run_to(clock, due);
            act(t);
        } else {
            fail_stuck(t);
        }
    }
}

/* ---- after the call ---- */

/* Refused without an answer by a flow that only hung up: 480. */
static bool is_rejected_with(const struct test_state *t, int64_t status)
{
    const struct sim_call *call = sim_session_call(t->session);
    enum flow_end end = sim_session_end(t->session);
    return (end == FLOW_REJECTED || end == FLOW_HUNG_UP) && sim_call_state(call) == SIM_REJECTED &&
           sim_call_status(call) == status;
}

static bool ends_so(const struct test_state *t, const struct test_step *s)
{
    enum flow_end end = sim_session_end(t->session);
    switch (s->op) {
    case TEST_ENDED: return end == (s->n[0] ? FLOW_CALLER_GONE : FLOW_HUNG_UP);
    case TEST_REJECTED: return is_rejected_with(t, s->n[0]);
    case TEST_CONTINUE:
        return end == FLOW_CONTINUE && str_eq(flow_run_continue_with(sim_session_run(t->session)), s->t[0]);
    default: return false;
    }
}

static void fail_end(struct test_state *t, const struct test_step *s)
{
    struct test_result *out = test_fail(t, s);
    if (!out)
        return;
    if (s)
        test_step_show(t, s, &out->expected);
    else
        sbuf_cstr(&out->expected, "a step that says how the call ends");
    test_end_show(t, &out->happened);
}

/* The step whose turn it is names the end; behind it stands nothing that would need the call. */
static void check_end(struct test_state *t)
{
    const struct test_step *s = test_step_now(t);
    if (!s || sim_session_end(t->session) == FLOW_FAULT || !ends_so(t, s)) {
        fail_end(t, s);
        return;
    }
    test_step_done(t);
    test_advance(t);
    if (test_step_now(t))
        fail_end(t, test_step_now(t));
}

static void check_wanted(struct test_state *t)
{
    for (uint32_t i = 0; i < t->test->nsteps; i++) {
        struct test_result *out = t->wanted[i] > 0 ? test_fail(t, &t->test->steps[i]) : NULL;
        if (!out)
            continue;
        test_step_show(t, &t->test->steps[i], &out->expected);
        sbuf_cstr(&out->happened, "it did not come in the whole call");
    }
}

/* ---- the whole ---- */

enum err sim_bind_check(const struct image *im, struct image_refusal *why)
{
    static const struct sim_world nobody;
    struct sim_clock *clock = sim_clock_new(0);
    struct sim_call *call = sim_call_new(sim_clock_port(clock), &nobody);
    enum err e = flow_bind_check(im, sim_call_port(call), why);
    sim_call_free(&call);
    sim_clock_free(&clock);
    return e;
}

static void hold_call(struct test_state *t, struct image *im)
{
    if (sim_session_new(&t->session, im, &t->facts, &t->world)) {
        struct test_result *out = test_fail(t, NULL);
        if (out)
            sbuf_cstr(&out->happened, "the machine does not start: out of memory");
        return;
    }
    if (t->watch && t->watch->marks)
        sim_session_mark(t->session, t->watch->marks);
    run_call(t);
    if (!t->failed)
        check_end(t);
    if (!t->failed)
        check_wanted(t);
    t->out->length_ms = test_now(t);
    sim_session_free(&t->session);
}

void test_run(struct image *im, const struct test_suite *suite, const struct test_case *test,
              const struct test_watch *watch, struct test_result *out)
{
    struct test_state t = {
        .suite = suite, .test = test, .im = im, .watch = watch, .out = out, .answered_at = -1, .hang_up_at = INT64_MAX
    };
    *out = (struct test_result){ 0 };
    t.forbidden = calloc(test->nsteps + 1, sizeof *t.forbidden);
    t.wanted = calloc(test->nsteps + 1, sizeof *t.wanted);
    if (!t.forbidden || !t.wanted)
        abort();
    test_world_init(&t);
    set_up(&t);
    test_count_wanted(&t);
    if (!t.failed)
        hold_call(&t, im);
    out->passed = !t.failed;
    free(t.forbidden);
    free(t.wanted);
    sbuf_free(&t.told);
    sbuf_free(&t.from);
    sbuf_free(&t.to);
}

void test_result_free(struct test_result *r)
{
    sbuf_free(&r->expected);
    sbuf_free(&r->happened);
    sbuf_free(&r->story);
}
