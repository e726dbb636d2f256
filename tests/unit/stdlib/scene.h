/* A scene: a flow (of steps, or compiled elsewhere), what the caller does at which time, what the world does, and the
 * transcript of what happened. Each is played twice: as it is, and with a machine that is saved and restored at every
 * action, which must change nothing. */
#ifndef TESTS_UNIT_STDLIB_SCENE_H
#define TESTS_UNIT_STDLIB_SCENE_H

#include "stdlib/run_state.h"
#include "stdlib/sim/sim_session.h"
#include "tests/unit/stdlib/straight_flow.h"
#include "vm/run/machine.h"

enum { SCENE_STEPS = 8, SCENE_DIALS = 4 };

struct scene {
    const char *name;
    struct flow_step steps[SCENE_STEPS], on_hangup[SCENE_STEPS];
    const char *caller;                      /* "500:12 2000:#": keys at that millisecond; "9000:-" hangs up */
    struct sim_dial_plan dials[SCENE_DIALS]; /* one after another; after_ms 0 of a row of zeros: ended at once */
    struct sim_record_plan record;
    struct sim_fetch_plan fetches[SCENE_DIALS]; /* one after another */
    bool box_full;
    unsigned elsewhere[2]; /* the legs that other calls of the flow have under its first and second permit line */
    const char *want;      /* the transcript, a line an event */
    enum flow_end end;
    int64_t at; /* when the flow is over, in milliseconds; 0: not looked at */
};

struct stage {
    const struct scene *scene;
    bool restarts;
    struct sim_session *session;
    struct sbuf seen;
    unsigned dials, fetches;
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

static inline void scene_fetched(const struct fetch_request *rq, struct sim_fetch_plan *plan, void *owner)
{
    struct stage *st = owner;
    sbuf_fmt(&st->seen, "fetch %.*s\n", STR_ARG(rq->url));
    if (st->fetches < SCENE_DIALS)
        *plan = st->scene->fetches[st->fetches++];
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

/* What a server does with a parked machine when it is started anew. */
static inline void scene_restart(struct flow_run *run)
{
    struct sbuf saved = { 0 };
    struct vm *anew;
    assert_int_equal(vm_save(run->vm, &saved), ERR_OK);
    assert_int_equal(vm_restore(&anew, vm_image(run->vm), run->vm->host, NULL, sbuf_view(&saved)), ERR_OK);
    vm_free(&run->vm);
    run->vm = anew;
    sbuf_free(&saved);
}

static inline void scene_acted(struct image_line at, const char *action, const char *outcome, void *owner)
{
    struct stage *st = owner;
    (void)at;
    if (!outcome && st->restarts)
        scene_restart(sim_session_run(st->session));
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
    struct sim_world world = { .heard = scene_heard,
                               .dialled = scene_dialled,
                               .recorded = scene_recorded,
                               .box_full = scene_box_full,
                               .legs_elsewhere = scene_legs_elsewhere,
                               .fetched = scene_fetched,
                               .traced = scene_traced,
                               .acted = scene_acted,
                               .owner = &st };
    struct image_refusal why = { "" };
    assert_int_equal(sim_session_new(&st.session, im, facts, &world), ERR_OK);
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
