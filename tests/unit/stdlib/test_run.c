/* Runs of flows that do not go straight on: too many actions, too much work, and runs that are freed early. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "stdlib/sim/sim_session.h"
#include "tests/unit/stdlib/straight_flow.h"

struct seen {
    unsigned logs, ends;
    enum flow_end how;
    struct flow_run *run; /* freed in ended() when set */
};

static void traced(const char *area, struct str text, void *owner)
{
    (void)text;
    ((struct seen *)owner)->logs += strcmp(area, "log") == 0;
}

static void ended(enum flow_end how, void *owner)
{
    struct seen *seen = owner;
    seen->ends++;
    seen->how = how;
    flow_run_free(&seen->run);
}

/* Logs for ever; on_hangup: does so when the caller has gone, and pauses before. */
static struct image *endless_log(bool on_hangup)
{
    struct asm_image *a = asm_new("endless");
    int import = straight_log_import(a), pause = asm_import(a, "pause", "i", "d");
    ((struct image_param *)a->imports[pause].params)[0].label = STR("time");
    asm_outcome(a, "done", "", NULL);
    asm_func(a, "endless", 0, 0, "itid");
    if (on_hangup) {
        asm_op(a, OP_LOADK, 3, asm_num(a, TYPE_DURATION, 1000));
        asm_op(a, OP_ACT, pause, 2);
        asm_op(a, OP_HALT);
        asm_on_hangup(a);
    }
    asm_label(a, 0);
    asm_op(a, OP_ACT, import, 0);
    asm_jump(a, OP_LOOP, 0, 0);
    return asm_load(a);
}

/* Spins without any action; on line 7. */
static struct image *endless_loop(void)
{
    static const struct image_source source = { { "spin.flow", 9 }, { 0 } };
    struct asm_image *a = asm_new("spin");
    a->im.sources = &source;
    a->im.nsources = 1;
    asm_func(a, "spin", 0, 0, "i");
    asm_line(a, 7);
    asm_label(a, 0);
    asm_op(a, OP_LOADI, 0, 1);
    asm_jump(a, OP_LOOP, 0, 0);
    return asm_load(a);
}

static struct sim_session *begin(struct image *im, struct seen *seen)
{
    static const struct sim_facts facts;
    static struct sim_world world;
    struct sim_session *s;
    world = (struct sim_world){ .traced = traced, .owner = seen };
    assert_int_equal(sim_session_new(&s, im, &facts, &world), ERR_OK);
    image_unref(&im);
    return s;
}

static void too_many_actions_are_slowed_then_fault(void **state)
{
    struct seen seen = { 0 };
    struct sim_session *s = begin(endless_log(false), &seen);
    (void)state;
    sim_clock_run_to(sim_session_clock(s), 999);
    assert_int_equal(seen.logs, 50);
    sim_clock_run_to(sim_session_clock(s), 1999);
    assert_int_equal(seen.logs, 100);
    assert_true(sim_session_finish(s));
    assert_int_equal(sim_session_end(s), FLOW_FAULT);
    assert_int_equal(clock_mono(sim_clock_port(sim_session_clock(s))), 10000);
    assert_non_null(strstr(flow_run_fault(sim_session_run(s)), "too many actions"));
    sim_session_free(&s);
}

static void on_hangup_is_bounded(void **state)
{
    struct seen seen = { 0 };
    struct sim_session *s = begin(endless_log(true), &seen);
    (void)state;
    sim_clock_run_to(sim_session_clock(s), 500);
    sim_call_hang_up(sim_session_call(s));
    assert_true(sim_session_finish(s));
    assert_int_equal(sim_session_end(s), FLOW_CALLER_GONE);
    assert_true(clock_mono(sim_clock_port(sim_session_clock(s))) <= 30500);
    assert_true(seen.logs >= 50);
    sim_session_free(&s);
}

static void spinning_faults(void **state)
{
    struct seen seen = { 0 };
    struct sim_session *s = begin(endless_loop(), &seen);
    (void)state;
    assert_true(sim_session_finish(s));
    assert_int_equal(sim_session_end(s), FLOW_FAULT);
    assert_non_null(strstr(flow_run_fault(sim_session_run(s)), vm_fault_text(VM_FAULT_FUEL)));
    assert_non_null(strstr(flow_run_fault(sim_session_run(s)), "(spin.flow:7)"));
    assert_int_equal(sim_call_state(sim_session_call(s)), SIM_RINGING); /* the fallback's to go on with */
    sim_session_free(&s);
}

/* A session that is given up while its action is in progress gives all back (the sanitizer looks). */
static void freed_in_mid_action(void **state)
{
    static const struct flow_step flows[][2] = {
        { { "say", "text=Hello" } },    { { "play", "sound=a.wav,b.wav|loop=3" } },
        { { "pause", "time=5000" } },   { { "gather", "prompt=PIN" } },
        { { "gather", "digits=3" } },   { { "menu", "prompt=Menu|choices=1,2" } },
        { { "bridge", "target=ann" } }, { { "bridge", "target=ann,bob|hunt=1|music=hold.wav" } },
        { { "voicemail", "box=ann" } }, { { "record", "max=5000" } },
    };
    (void)state;
    for (size_t i = 0; i < sizeof flows / sizeof *flows; i++)
        for (int64_t at = 0; at < 6000; at += 1500) {
            struct seen seen = { 0 };
            struct sim_session *s = begin(straight_flow(flows[i], NULL), &seen);
            sim_clock_run_to(sim_session_clock(s), at);
            sim_session_free(&s);
            assert_null(s);
        }
}

static void host_field(void *self, enum call_field f, struct vm_value *out)
{
    (void)self;
    *out = (struct vm_value){ .type = field_type(f) };
}

/* The owner may free the run from inside ended(), whichever way it ends. */
static void freed_from_inside_ended(void **state)
{
    static const struct flow_step hangup[] = { { "hangup", "" }, { NULL, NULL } };
    static const struct flow_step nothing[] = { { NULL, NULL } };
    static const struct flow_step say[] = { { "say", "text=Hi" }, { NULL, NULL } };
    const struct sim_world world = { 0 };
    const struct action_host host = { .field = host_field };
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct image *im = i == 3 ? endless_loop() : straight_flow(i == 0 ? hangup : i == 1 ? nothing : say, NULL);
        struct sim_clock *clock = sim_clock_new(0);
        struct sim_call *call = sim_call_new(sim_clock_port(clock), &world);
        struct seen seen = { 0 };
        const struct flow_events events = { .ended = ended, .owner = &seen };
        assert_int_equal(flow_run_new(&seen.run, im, sim_call_port(call), &host, &events), ERR_OK);
        flow_run_start(seen.run);
        assert_int_equal(seen.ends, 0);
        while (sim_clock_step(clock))
            ;
        assert_int_equal(seen.ends, 1);
        assert_int_equal(seen.how, i == 3 ? FLOW_FAULT : FLOW_HUNG_UP);
        assert_null(seen.run);
        sim_call_free(&call);
        sim_clock_free(&clock);
        image_unref(&im);
    }
}

/* What the caller's phone is told. */
static void unanswered_calls_are_refused(void **state)
{
    static const struct {
        struct flow_step steps[3];
        enum sim_call_state end;
        int status;
    } rows[] = {
        { { { "hangup", "" } }, SIM_REJECTED, 480 },
        { { { "log", "text=nothing more" } }, SIM_REJECTED, 480 },
        { { { "reject", "cause=486" } }, SIM_REJECTED, 486 },
        { { { "reject", "cause=699" } }, SIM_REJECTED, 699 },
        { { { "reject", "cause=200" } }, SIM_REJECTED, 400 },
        { { { "answer", "" }, { "reject", "cause=486" } }, SIM_HUNG_UP, 0 },
        { { { "answer", "" }, { "hangup", "" } }, SIM_HUNG_UP, 0 },
        { { { "answer", "" } }, SIM_HUNG_UP, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct seen seen = { 0 };
        struct sim_session *s = begin(straight_flow(rows[i].steps, NULL), &seen);
        assert_true(sim_session_finish(s));
        if (sim_call_state(sim_session_call(s)) != rows[i].end ||
            sim_call_status(sim_session_call(s)) != rows[i].status)
            fail_msg("row %zu: state %d, status %d", i, (int)sim_call_state(sim_session_call(s)),
                     sim_call_status(sim_session_call(s)));
        sim_session_free(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(too_many_actions_are_slowed_then_fault),
        cmocka_unit_test(on_hangup_is_bounded),
        cmocka_unit_test(spinning_faults),
        cmocka_unit_test(freed_in_mid_action),
        cmocka_unit_test(freed_from_inside_ended),
        cmocka_unit_test(unanswered_calls_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
