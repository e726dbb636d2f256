/* A scene: a flow (of steps, or compiled elsewhere), what the caller does at which time, what the world does, and the
 * transcript of what happened. */
#ifndef TESTS_UNIT_STDLIB_SCENE_H
#define TESTS_UNIT_STDLIB_SCENE_H

#include "stdlib/sim/sim_session.h"
#include "tests/unit/stdlib/straight_flow.h"

enum { SCENE_STEPS = 8, SCENE_DIALS = 4 };

struct scene {
    const char *name;
    struct flow_step steps[SCENE_STEPS], on_hangup[SCENE_STEPS];
    const char *caller;                      /* "500:12 2000:#": keys at that millisecond; "9000:-" hangs up */
    struct sim_dial_plan dials[SCENE_DIALS]; /* one after another; after_ms 0 of a row of zeros: ended at once */
    struct sim_record_plan record;
    bool box_full;
    unsigned elsewhere[2]; /* the legs that other calls of the flow have under its first and second permit line */
    const char *want;      /* the transcript, a line an event */
    enum flow_end end;
    int64_t at; /* when the flow is over, in milliseconds; 0: not looked at */
};

struct stage {
    const struct scene *scene;
    struct sbuf seen;
    unsigned dials;
};

static inline void scene_heard(const struct vm_sound *s, void *owner)
{
    struct stage *st = owner;
    sbuf_fmt(&st->seen, "hear %.*s\n", STR_ARG(s->text));
}

static inline void scene_dialled(const struct dial_request *rq, struct sim_dial_plan *plan, void *owner)
{
    struct stage *st = owner;
    sbuf_cstr(&st->seen, "dial");
    for (unsigned i = 0; i < rq->count; i++)
        sbuf_fmt(&st->seen, " %.*s", STR_ARG(rq->targets[i]));
    sbuf_cstr(&st->seen, "\n");
    if (st->dials < SCENE_DIALS)
        *plan = st->scene->dials[st->dials++];
}

static inline void scene_recorded(const struct record_request *rq, struct sim_record_plan *plan, void *owner)
{
    struct stage *st = owner;
    sbuf_fmt(&st->seen, "record %.*s\n", STR_ARG(rq->box));
    *plan = st->scene->record;
}

static inline bool scene_box_full(struct str box, void *owner)
{
    (void)box;
    return ((struct stage *)owner)->scene->box_full;
}

static inline unsigned scene_legs_elsewhere(unsigned line, void *owner)
{
    return line < 2 ? ((struct stage *)owner)->scene->elsewhere[line] : 0;
}

static inline void scene_traced(const char *area, struct str text, void *owner)
{
    struct stage *st = owner;
    if (strcmp(area, "log") == 0)
        sbuf_fmt(&st->seen, "= %.*s\n", STR_ARG(text));
}

static inline void scene_acted(struct image_line at, const char *action, const char *outcome, void *owner)
{
    struct stage *st = owner;
    (void)at;
    if (outcome && strcmp(action, "log") != 0)
        sbuf_fmt(&st->seen, "%s %s\n", action, outcome);
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

/* Plays it with that image, which it frees, and fails with the scene's name and both transcripts. */
static inline void scene_play_image(const struct scene *scene, struct image *im, const struct sim_facts *facts)
{
    struct stage st = { .scene = scene };
    struct sim_world world = { .heard = scene_heard,
                               .dialled = scene_dialled,
                               .recorded = scene_recorded,
                               .box_full = scene_box_full,
                               .legs_elsewhere = scene_legs_elsewhere,
                               .traced = scene_traced,
                               .acted = scene_acted,
                               .owner = &st };
    struct image_refusal why = { "" };
    struct sim_session *s;
    assert_int_equal(sim_session_new(&s, im, facts, &world), ERR_OK);
    if (flow_bind_check(im, sim_call_port(sim_session_call(s)), &why))
        fail_msg("%s: refused: %s", scene->name, why.text);
    scene_caller(s, scene->caller ? scene->caller : "");
    bool over = sim_session_finish(s);
    int64_t at = clock_mono(sim_clock_port(sim_session_clock(s)));
    if (!over || sim_session_end(s) != scene->end || strcmp(st.seen.p ? st.seen.p : "", scene->want) != 0)
        fail_msg("%s: over %d, end %d, at %lld, fault '%s'\n%s--- wanted:\n%s", scene->name, over,
                 (int)sim_session_end(s), (long long)at, flow_run_fault(sim_session_run(s)), st.seen.p ? st.seen.p : "",
                 scene->want);
    if (scene->at && scene->at != at)
        fail_msg("%s: over at %lld ms, not at %lld", scene->name, (long long)at, (long long)scene->at);
    sim_session_free(&s);
    image_unref(&im);
    sbuf_free(&st.seen);
}

/* Plays the scene's own steps. */
static inline void scene_play(const struct scene *scene)
{
    static const struct sim_facts facts = { .from = { "ann", 3 } };
    scene_play_image(scene, straight_flow(scene->steps, scene->on_hangup[0].action ? scene->on_hangup : NULL), &facts);
}

#endif
