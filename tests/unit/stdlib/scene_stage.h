/* A scene, and the world that its call lives in: what happens there is written down. */
#ifndef TESTS_UNIT_STDLIB_SCENE_STAGE_H
#define TESTS_UNIT_STDLIB_SCENE_STAGE_H

#include "stdlib/permit.h"
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
    struct sim_queue_plan queue;
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
    sbuf_fmt(&st->seen, "%s%.*s%s\n", rq->ring_tone.len ? " ring=" : "", STR_ARG(rq->ring_tone),
             rq->auto_answer ? " auto" : "");
    if (st->dials < SCENE_DIALS)
        *plan = st->scene->dials[st->dials++];
}

static inline void scene_queued(const struct queue_request *rq, struct sim_queue_plan *plan, void *owner)
{
    struct stage *st = owner;
    sbuf_fmt(&st->seen, "queue %.*s", STR_ARG(rq->name));
    for (unsigned i = 0; i < rq->count; i++)
        sbuf_fmt(&st->seen, " %.*s", STR_ARG(rq->agents[i]));
    sbuf_fmt(&st->seen, " ring %lld wait %lld most %u%s\n", (long long)rq->ring_ms, (long long)rq->wait_ms, rq->most,
             rq->all ? " all" : "");
    *plan = st->scene->queue;
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

static inline unsigned scene_held_elsewhere(int line, void *owner)
{
    const struct stage *st = owner;
    const struct image *im = vm_image(sim_session_run(st->session)->vm);
    for (uint32_t i = 0; i < im->npermits && i < 2; i++)
        if (permit_key(im, i) == line)
            return st->scene->elsewhere[i];
    return 0;
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

static inline struct sim_world scene_world(struct stage *st)
{
    return (struct sim_world){ .heard = scene_heard,
                               .dialled = scene_dialled,
                               .queued = scene_queued,
                               .recorded = scene_recorded,
                               .box_full = scene_box_full,
                               .held_elsewhere = scene_held_elsewhere,
                               .fetched = scene_fetched,
                               .traced = scene_traced,
                               .acted = scene_acted,
                               .owner = st };
}

#endif
