/* A scene: a flow (of steps, or compiled elsewhere), what the caller does at which time, what the world does, and the
 * transcript of what happened. Each is played twice: as it is, and with a machine that is saved and restored at every
 * action and a port that wants to know what comes next (ahead.h), which must change nothing. */
#ifndef TESTS_UNIT_STDLIB_SCENE_H
#define TESTS_UNIT_STDLIB_SCENE_H

#include "tests/unit/stdlib/scene_stage.h"

/* What the flow is about to say, a line each; kept apart from what happens. */
static struct sbuf scene_expected;

static inline void scene_expect(void *self, const struct play_request *rq)
{
    (void)self;
    for (unsigned i = 0; i < rq->count; i++)
        sbuf_fmt(&scene_expected, "%.*s\n", STR_ARG(rq->sounds[i].text));
}

static inline void scene_expects(struct stage *st)
{
    struct call_port *port = (struct call_port *)(uintptr_t)sim_call_port(sim_session_call(st->session));
    port->expect_play = scene_expect;
    sbuf_free(&scene_expected);
}

static inline void scene_caller(struct sim_session *s, const char *script)
{
    while (*script) {
        char *p;
        int64_t at = strtoll(script, &p, 10);
        sim_clock_run_to(sim_session_clock(s), at);
        for (p++; *p && *p != ' '; p++)
            if (*p == '-')
                sim_call_hang_up(sim_session_call(s));
            else
                sim_call_press(sim_session_call(s), *p);
        script = *p ? p + 1 : p;
    }
}

/* Fails with the scene's name and both transcripts. */
static inline void scene_compare(const struct stage *st, bool over)
{
    const struct scene *scene = st->scene;
    const char *seen = st->seen.p ? st->seen.p : "", *how = st->restarts ? " (restarted)" : "";
    enum flow_end end = sim_session_end(st->session);
    int64_t at = clock_mono(sim_clock_port(sim_session_clock(st->session)));
    if (!over || end != scene->end || strcmp(seen, scene->want) != 0)
        fail_msg("%s%s: over %d, end %d, at %lld, fault '%s'\n%s--- wanted:\n%s", scene->name, how, over, (int)end,
                 (long long)at, flow_run_fault(sim_session_run(st->session)), seen, scene->want);
    if (scene->at && scene->at != at)
        fail_msg("%s%s: over at %lld ms, not at %lld", scene->name, how, (long long)at, (long long)scene->at);
}

static inline void scene_play_once(const struct scene *scene, struct image *im, const struct sim_facts *facts,
                                   bool restarts)
{
    struct stage st = { .scene = scene, .restarts = restarts };
    struct sim_world world = scene_world(&st);
    struct image_refusal why = { "" };
    assert_int_equal(sim_session_new(&st.session, im, facts, &world), ERR_OK);
    if (restarts)
        scene_expects(&st);
    if (flow_bind_check(im, sim_call_port(sim_session_call(st.session)), &why))
        fail_msg("%s: refused: %s", scene->name, why.text);
    scene_caller(st.session, scene->caller ? scene->caller : "");
    scene_compare(&st, sim_session_finish(st.session));
    sim_session_free(&st.session);
    sbuf_free(&st.seen);
}

/* Plays it with that image, which it frees. */
static inline void scene_play_image(const struct scene *scene, struct image *im, const struct sim_facts *facts)
{
    scene_play_once(scene, im, facts, false);
    scene_play_once(scene, im, facts, true);
    image_unref(&im);
}

/* Plays the scene's own steps. */
static inline void scene_play(const struct scene *scene)
{
    static const struct sim_facts facts = { .from = { "ann", 3 } };
    scene_play_image(scene, straight_flow(scene->steps, scene->on_hangup[0].action ? scene->on_hangup : NULL), &facts);
}

#endif
