/* How calls end: causes and codes (docs/language.md, rule 15), hangups in the middle of answering, and the bounds of
 * what runs when the caller has gone (rule 27). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/flows/compiled.h"

static const struct sim_facts facts = { .from = { "eve", 3 } };

static const struct {
    const char *text;
    enum flow_end end;
    int status; /* 0: the call was answered, and hung up */
} ends[] = {
    { "reject busy", FLOW_REJECTED, 486 },
    { "reject declined", FLOW_REJECTED, 603 },
    { "reject no_answer", FLOW_REJECTED, 480 },
    { "reject offline", FLOW_REJECTED, 480 },
    { "reject limited", FLOW_REJECTED, 480 },
    { "reject failed", FLOW_REJECTED, 500 },
    { "reject not_found", FLOW_REJECTED, 404 },
    { "reject forbidden", FLOW_REJECTED, 403 },
    { "reject 699", FLOW_REJECTED, 699 },
    { "var n = 200; n = n + 1; reject n", FLOW_REJECTED, 400 },
    { "var n = 200; n = n * 10; reject n", FLOW_REJECTED, 699 },
    { "hangup", FLOW_HUNG_UP, 480 },
    { "log \"the end\"", FLOW_HUNG_UP, 480 },
    { "answer; reject busy", FLOW_HUNG_UP, 0 },
    { "say \"Hi\"; hangup", FLOW_HUNG_UP, 0 },
    { "say \"Hi\"", FLOW_HUNG_UP, 0 },
};

static struct sim_session *session(struct image *im, const struct sim_world *world)
{
    struct sim_session *s;
    assert_int_equal(sim_session_new(&s, im, &facts, world), ERR_OK);
    image_unref(&im); /* the machine holds it */
    return s;
}

static void calls_end_with_their_cause(void **state)
{
    static const struct sim_world world;
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct sbuf text = { 0 };
        sbuf_fmt(&text, "flow f { %s }", ends[i].text);
        struct sim_session *s = session(compiled("ends.flow", text.p), &world);
        bool over = sim_session_finish(s);
        struct sim_call *call = sim_session_call(s);
        enum sim_call_state want = ends[i].status ? SIM_REJECTED : SIM_HUNG_UP;
        if (!over || sim_session_end(s) != ends[i].end || sim_call_state(call) != want ||
            sim_call_status(call) != ends[i].status)
            fail_msg("%s: end %d, state %d, status %d", ends[i].text, (int)sim_session_end(s),
                     (int)sim_call_state(call), sim_call_status(call));
        sim_session_free(&s);
        sbuf_free(&text);
    }
}

/* What the flow logs. */
static void note(const char *area, struct str text, void *owner)
{
    if (strcmp(area, "log") == 0)
        sbuf_fmt(owner, "%.*s\n", STR_ARG(text));
}

static const struct {
    const char *text, *logged;
} answering[] = {
    { "say \"Hi\"; log \"no\"", "gone\n" },
    { "gather { else { log \"no\" } }", "gone\n" },
    { "menu \"Hi\" { \"1\" { } on gave_up { log \"no\" } }", "gone\n" },
    { "voicemail \"ann\" { on empty { log \"empty\" } else { log \"no\" } }", "empty\ngone\n" },
    { "record { on empty { log \"empty\" } else { log \"no\" } }", "empty\ngone\n" },
    { "answer; log \"no\"", "gone\n" },
};

/* The first step of the clock begins the flow, the second would confirm the answer. */
static void leaves_while_answering(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof answering / sizeof *answering; i++) {
        struct sbuf text = { 0 }, logged = { 0 };
        struct sim_world world = { .traced = note, .owner = &logged };
        sbuf_fmt(&text, "flow f { %s; on hangup { log \"gone\" } }", answering[i].text);
        struct sim_session *s = session(compiled("answering.flow", text.p), &world);
        assert_true(sim_clock_step(sim_session_clock(s)));
        sim_call_hang_up(sim_session_call(s));
        if (!sim_session_finish(s) || sim_session_end(s) != FLOW_CALLER_GONE || !logged.p ||
            strcmp(logged.p, answering[i].logged) != 0)
            fail_msg("%s: end %d: %s", answering[i].text, (int)sim_session_end(s), logged.p ? logged.p : "");
        sim_session_free(&s);
        sbuf_free(&text);
        sbuf_free(&logged);
    }
}

#define SLOW                                                                                                           \
    {                                                                                                                  \
        .how = FETCH_TIMEOUT, .after_ms = 20000                                                                        \
    }
#define ASK(word) "fetch \"https://x.example\", timeout: 20s { else { log \"" word "\" } }; "
#define TALK                                                                                                           \
    {                                                                                                                  \
        {                                                                                                              \
            DIAL_ENDED, 0, 9000, DIAL_BY_CALLEE, { 0 }                                                                 \
        }                                                                                                              \
    }

static const struct {
    const char *text;
    struct scene scene;
} bounds[] = {
    { "flow f { pause 1m; on hangup { " ASK("one") ASK("two") "log \"no\" } }",
      { .name = "on hangup has 30 s",
        .caller = "1000:-",
        .fetches = { SLOW, SLOW, SLOW },
        .want = "fetch https://x.example\nfetch timeout\n= one\nfetch https://x.example\n",
        .at = 31000 } },
    { "flow f { bridge \"ann\" { else { } }; " ASK("one") ASK("two") "log \"no\"; on hangup { " ASK("three") "} }",
      { .name = "so has what is left of the flow, and on hangup its own",
        .caller = "1000:-",
        .dials = TALK,
        .fetches = { SLOW, SLOW, SLOW },
        .want = "dial ann\nbridge ended\nfetch https://x.example\nfetch timeout\n= one\nfetch https://x.example\n"
                "fetch https://x.example\nfetch timeout\n= three\n",
        .at = 51000 } },
    { "flow f { " ASK("no") "on hangup { log \"gone\" } }",
      { .name = "what waits at the hangup is abandoned",
        .caller = "1000:-",
        .fetches = { SLOW },
        .want = "fetch https://x.example\n= gone\n",
        .at = 1000 } },
};

static void what_follows_is_bounded(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        struct sbuf text = { 0 };
        struct scene scene = bounds[i].scene;
        scene.end = FLOW_CALLER_GONE;
        sbuf_fmt(&text, "permit fetch \"https://x.example\"\n%s", bounds[i].text);
        scene_play_image(&scene, compiled("bounds.flow", text.p), &facts);
        sbuf_free(&text);
    }
}

static void count(const char *area, struct str text, void *owner)
{
    (void)area;
    (void)text;
    ++*(unsigned *)owner;
}

/* A flow that begins too many actions waits for the next second; the hangup then comes between two of them, and the
 * first that needs the caller ends the flow. */
static void leaves_while_slowed(void **state)
{
    unsigned lines = 0;
    struct sim_world world = { .traced = count, .owner = &lines };
    struct sim_session *s =
        session(compiled("slowed.flow", "flow f { repeat 120 { log \"x\" }; say \"Hi\"; log \"no\"\n"
                                        "on hangup { log \"gone\" } }"),
                &world);
    (void)state;
    sim_clock_run_to(sim_session_clock(s), 500);
    assert_int_equal(lines, 50);
    sim_call_hang_up(sim_session_call(s));
    assert_true(sim_session_finish(s));
    assert_int_equal(sim_session_end(s), FLOW_CALLER_GONE);
    assert_int_equal(lines, 121);
    assert_int_equal(clock_mono(sim_clock_port(sim_session_clock(s))), 2000);
    sim_session_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(calls_end_with_their_cause),
                                        cmocka_unit_test(leaves_while_answering),
                                        cmocka_unit_test(what_follows_is_bounded),
                                        cmocka_unit_test(leaves_while_slowed) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
