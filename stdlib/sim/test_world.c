/* The world around a test's call: looks at each action as it begins, and lets come of it what the test says. */
#include <string.h>

#include "stdlib/sim/test_state.h"

/* ---- an action begins ---- */

static void fail_forbidden(struct test_state *t, const struct test_step *s, const struct running *r)
{
    struct test_result *out = test_fail(t, s);
    if (!out)
        return;
    test_step_show(t, s, &out->expected);
    test_action_show(r, s, &out->happened);
}

static void check_forbidden(struct test_state *t, const struct running *r)
{
    for (uint32_t i = 0; i < t->test->nsteps; i++)
        if (t->forbidden[i] && test_matches(t, &t->test->steps[i], r))
            fail_forbidden(t, &t->test->steps[i], r);
}

/* Of several steps that it meets, the one that says most. */
static void meet_wanted(struct test_state *t, const struct running *r)
{
    const struct test_step *steps = t->test->steps;
    int64_t best = -1;
    for (uint32_t i = 0; i < t->test->nsteps; i++)
        if (t->wanted[i] > 0 && test_matches(t, &steps[i], r) && (best < 0 || steps[i].nargs > steps[best].nargs))
            best = i;
    if (best >= 0)
        t->wanted[best]--;
}

static bool is_expected(const struct test_step *s) { return s && (s->op == TEST_EXPECT || s->op == TEST_EXPECT_LEAVE); }

static void fail_unexpected(struct test_state *t, const struct test_step *s, const struct running *r)
{
    struct test_result *out = test_fail(t, s);
    if (!out)
        return;
    if (s)
        test_step_show(t, s, &out->expected);
    else
        sbuf_cstr(&out->expected, "nothing more");
    test_action_show(r, is_expected(s) && s->action == r->row ? s : NULL, &out->happened);
}

static void take_plan(struct test_state *t, const struct test_step *s)
{
    t->plan = s;
    t->plan_left = s->n[0];
    if (s->op == TEST_EXPECT_LEAVE)
        t->hang_up_at = test_now(t) + (s->n[0] < 0 ? 0 : s->n[0]);
    test_step_done(t);
}

static void on_begin(struct test_state *t, const struct running *r)
{
    bool mocked = r->row->flags & ACTION_MOCKED;
    t->plan = NULL;
    if (!test_is_permitted(t, r))
        return;
    check_forbidden(t, r);
    meet_wanted(t, r);
    test_advance(t);
    const struct test_step *s = test_step_now(t);
    if (t->failed)
        return;
    if (is_expected(s) && test_matches(t, s, r))
        take_plan(t, s);
    else if (mocked)
        fail_unexpected(t, s, r);
}

/* ---- an action ends ---- */

static void check_outcome(struct test_state *t, const struct test_step *s, const char *outcome)
{
    if (!s || s->op != TEST_EXPECT || s->outcome < 0 || strcmp(s->action->outcomes[s->outcome].name, outcome) == 0)
        return;
    struct test_result *out = test_fail(t, s);
    if (!out)
        return;
    test_step_show(t, s, &out->expected);
    sbuf_fmt(&out->happened, "%s ended in '%s'", s->action->name, outcome);
}

/* What was said stands in the story already. */
static bool is_told(const struct running *r, const char *outcome)
{
    int id = action_id_of(r->row);
    bool speaks = id == ACTION_ID_say || id == ACTION_ID_play || id == ACTION_ID_answer || id == ACTION_ID_pause;
    return speaks && strcmp(outcome, "done") == 0;
}

static void tell_end(struct test_state *t, const struct running *r, const char *outcome)
{
    struct sbuf line = { 0 };
    bool prompts = action_id_of(r->row) == ACTION_ID_menu;
    if (prompts)
        sbuf_cstr(&line, "menu");
    else
        test_action_show(r, t->plan, &line);
    test_story(t, "%s: %s", line.p, outcome);
    sbuf_free(&line);
}

static void on_acted(struct image_line at, const char *action, const char *outcome, void *owner)
{
    struct test_state *t = owner;
    const struct running *r = flow_run_running(sim_session_run(t->session));
    if (!outcome) {
        on_begin(t, r);
        return;
    }
    if (!is_told(r, outcome))
        tell_end(t, r, outcome);
    check_outcome(t, t->plan, outcome);
    t->plan = NULL;
    t->hang_up_at = INT64_MAX;
    if (t->watch && t->watch->acted)
        t->watch->acted(at, action, outcome, t->watch->owner);
}

/* ---- what comes of it ---- */

static unsigned outcome_of(const struct test_state *t) { return t->plan->outcome < 0 ? 0 : (unsigned)t->plan->outcome; }

static const struct test_value *payload_of(const struct test_state *t, unsigned i)
{
    static const struct test_value none = { 0 };
    return t->plan->op == TEST_EXPECT && i < t->plan->npayload ? &t->plan->payload[i] : &none;
}

/* The payload's text, or what else stands for it; lives until the session is freed. */
static struct str payload_text(struct test_state *t, unsigned i)
{
    struct sbuf text = { 0 };
    test_value_text(t, payload_of(t, i), &text);
    struct str kept = { arena_dup(t->suite->arena, text.p ? text.p : "", text.len), text.len };
    sbuf_free(&text);
    return kept;
}

static bool within(struct test_state *t, int64_t ms, int64_t most, const char *what)
{
    if (ms <= most)
        return true;
    struct test_result *out = test_fail(t, t->plan);
    if (out) {
        sbuf_fmt(&out->expected, "at most %.1f s: %s", (double)most / 1000, what);
        sbuf_fmt(&out->happened, "the step says %.1f s", (double)ms / 1000);
    }
    return false;
}

static int64_t after_or(const struct test_state *t, int64_t other) { return t->plan->n[0] < 0 ? other : t->plan->n[0]; }

static const enum dial_outcome dial_outcomes[] = {
    [OUT_bridge_ended] = DIAL_ENDED,       [OUT_bridge_busy] = DIAL_BUSY,       [OUT_bridge_no_answer] = DIAL_NO_ANSWER,
    [OUT_bridge_declined] = DIAL_DECLINED, [OUT_bridge_offline] = DIAL_OFFLINE, [OUT_bridge_failed] = DIAL_FAILED,
    [OUT_bridge_limited] = DIAL_LIMITED,
};

static void plan_talk(struct test_state *t, int64_t max_ms, struct sim_dial_plan *plan)
{
    struct str by = t->plan->t[2].len ? t->plan->t[2] : payload_text(t, 1);
    const struct test_value *talk = payload_of(t, 0);
    plan->after_ms = 0;
    plan->talk_ms = talk->kind == TEST_VALUE_NUM ? talk->num : after_or(t, str_is(by, "limit") ? max_ms : 0);
    if (!within(t, plan->talk_ms, max_ms, "the longest talk"))
        return;
    plan->by = str_is(by, "limit") ? DIAL_BY_LIMIT : str_is(by, "transfer") ? DIAL_BY_TRANSFER : DIAL_BY_CALLEE;
    if (!str_is(by, "caller"))
        return;
    t->hang_up_at = test_now(t) + plan->talk_ms;
    plan->talk_ms = max_ms;
}

/* A hunt dials several times for one step: what is left of 'after' goes on with the next. */
static void plan_refusal(struct test_state *t, const struct dial_request *rq, struct sim_dial_plan *plan)
{
    const struct running *r = flow_run_running(sim_session_run(t->session));
    bool hunts = arg_num(r, ARG_NO_bridge_hunt, 0) != 0;
    int64_t most = rq->ring_ms * (hunts ? (int64_t)arg_count(r, ARG_NO_bridge_target) : 1);
    plan->after_ms = t->plan_left < rq->ring_ms ? t->plan_left : rq->ring_ms;
    plan->reason = payload_text(t, 0);
    if (t->plan_left >= 0)
        t->plan_left -= plan->after_ms;
    within(t, t->plan->n[0], most, "the bridge rings no longer");
}

static void on_dialled(const struct dial_request *rq, struct sim_dial_plan *plan, void *owner)
{
    struct test_state *t = owner;
    *plan = (struct sim_dial_plan){ .how = DIAL_NO_ANSWER, .after_ms = -1 };
    if (!t->plan)
        return;
    if (t->plan->op == TEST_EXPECT_LEAVE) {
        within(t, after_or(t, 0), rq->ring_ms, "the bridge rings no longer");
        return;
    }
    plan->how = dial_outcomes[outcome_of(t)];
    if (plan->how == DIAL_ENDED)
        plan_talk(t, rq->max_ms, plan);
    else
        plan_refusal(t, rq, plan);
}

/* 'after' counts the waiting and the talk; a talk of which only it tells begins at once. */
static void plan_service(struct test_state *t, int64_t max_ms, struct sim_queue_plan *plan)
{
    struct sim_dial_plan talk = { 0 };
    int64_t due = t->hang_up_at;
    plan_talk(t, max_ms, &talk);
    const struct test_value *said = payload_of(t, 0);
    plan->after_ms = said->kind == TEST_VALUE_NUM && t->plan->n[0] > said->num ? t->plan->n[0] - said->num : 0;
    plan->talk_ms = talk.talk_ms;
    plan->by = talk.by;
    if (t->hang_up_at != due)
        t->hang_up_at += plan->after_ms;
}

static void on_queued(const struct queue_request *rq, struct sim_queue_plan *plan, void *owner)
{
    static const enum queue_outcome outcomes[] = { [OUT_queue_served] = QUEUE_SERVED,
                                                   [OUT_queue_left] = QUEUE_LEFT,
                                                   [OUT_queue_timeout] = QUEUE_TIMEOUT,
                                                   [OUT_queue_full] = QUEUE_FULL,
                                                   [OUT_queue_no_agents] = QUEUE_NO_AGENTS };
    struct test_state *t = owner;
    *plan = (struct sim_queue_plan){ .how = QUEUE_TIMEOUT, .after_ms = rq->wait_ms };
    if (!t->plan)
        return;
    if (t->plan->op == TEST_EXPECT)
        plan->how = outcomes[outcome_of(t)];
    if (plan->how == QUEUE_SERVED)
        plan_service(t, rq->talk_ms, plan);
    else
        plan->after_ms = after_or(t, plan->how == QUEUE_TIMEOUT ? rq->wait_ms : 0);
    within(t, plan->after_ms, rq->wait_ms, "the longest wait");
    if (t->plan->op == TEST_EXPECT_LEAVE)
        plan->after_ms = rq->wait_ms;
}

static enum record_outcome record_outcome_of(const struct test_state *t)
{
    static const enum record_outcome left[] = { [OUT_voicemail_left] = RECORD_SAVED,
                                                [OUT_voicemail_empty] = RECORD_EMPTY,
                                                [OUT_voicemail_full] = RECORD_FULL,
                                                [OUT_voicemail_failed] = RECORD_FAILED };
    static const enum record_outcome saved[] = {
        [OUT_record_saved] = RECORD_SAVED, [OUT_record_empty] = RECORD_EMPTY, [OUT_record_failed] = RECORD_FAILED
    };
    /* box_record's outcomes are those of record, in their order */
    return action_id_of(t->plan->action) == ACTION_ID_voicemail ? left[outcome_of(t)] : saved[outcome_of(t)];
}

/* As long as said; else as long as it takes to speak the message. */
static int64_t record_length(const struct test_state *t, const struct record_request *rq, struct str message)
{
    const struct test_value *length = payload_of(t, 1);
    int64_t spoken = (int64_t)message.len * SIM_CHAR_MS;
    if (t->plan->outcome > 0)
        return after_or(t, rq->silence_ms);
    if (length->kind == TEST_VALUE_NUM)
        return length->num;
    return after_or(t, spoken < 1000 ? 1000 : spoken < rq->max_ms ? spoken : rq->max_ms);
}

static void on_recorded(const struct record_request *rq, struct sim_record_plan *plan, void *owner)
{
    struct test_state *t = owner;
    *plan = (struct sim_record_plan){ .how = RECORD_SAVED, .length_ms = rq->max_ms };
    if (!t->plan || t->plan->op == TEST_EXPECT_LEAVE)
        return;
    plan->how = record_outcome_of(t);
    plan->id = payload_text(t, 0);
    plan->length_ms = record_length(t, rq, plan->id);
    plan->by_key = payload_of(t, 2)->num != 0;
    plan->kept = payload_of(t, 0)->kind == TEST_VALUE_NUM && payload_of(t, 0)->num != 0;
    within(t, plan->length_ms, rq->max_ms, "the longest recording");
}

static bool on_box_full(struct str box, void *owner)
{
    const struct test_state *t = owner;
    (void)box;
    return t->plan && t->plan->op == TEST_EXPECT && t->plan->outcome == OUT_voicemail_full;
}

static bool on_playable(const struct play_request *rq, void *owner)
{
    const struct test_state *t = owner;
    (void)rq;
    if (!t->plan || t->plan->op != TEST_EXPECT)
        return true;
    int id = action_id_of(t->plan->action);
    return !(id == ACTION_ID_say && t->plan->outcome == OUT_say_failed) &&
           !(id == ACTION_ID_play && t->plan->outcome == OUT_play_failed);
}

static void on_fetched(const struct fetch_request *rq, struct sim_fetch_plan *plan, void *owner)
{
    static const enum fetch_outcome outcomes[] = { [OUT_fetch_ok] = FETCH_OK,
                                                   [OUT_fetch_status] = FETCH_STATUS,
                                                   [OUT_fetch_timeout] = FETCH_TIMEOUT,
                                                   [OUT_fetch_failed] = FETCH_FAILED };
    struct test_state *t = owner;
    *plan = (struct sim_fetch_plan){ .how = FETCH_TIMEOUT, .after_ms = rq->timeout_ms };
    if (!t->plan || t->plan->op == TEST_EXPECT_LEAVE)
        return;
    plan->how = outcomes[outcome_of(t)];
    plan->after_ms = after_or(t, plan->how == FETCH_TIMEOUT ? rq->timeout_ms : 0);
    plan->code = (int)payload_of(t, 0)->num;
    plan->doc = payload_text(t, plan->how == FETCH_STATUS ? 1 : 0);
    plan->reason = plan->how == FETCH_FAILED ? plan->doc : STR("");
    within(t, plan->after_ms, rq->timeout_ms, "the fetch waits no longer");
}

static void on_asked(enum sim_ask what, struct str about, struct sim_ask_plan *plan, void *owner)
{
    struct test_state *t = owner;
    (void)about;
    plan->ok = what == SIM_REMEMBER;
    if (!t->plan)
        return;
    plan->ok = outcome_of(t) == 0; /* the first outcome of each of these actions is the good one */
    plan->text = payload_text(t, 0);
    plan->after_ms = t->plan->op == TEST_EXPECT_LEAVE ? INT32_MAX : after_or(t, 0);
}

static void on_conferred(int64_t max_ms, struct sim_conference_plan *plan, void *owner)
{
    struct test_state *t = owner;
    if (!t->plan)
        return;
    const struct test_value *talk = payload_of(t, 0);
    bool over = t->plan->op == TEST_EXPECT && t->plan->outcome == OUT_conference_ended;
    plan->outcome = t->plan->op == TEST_EXPECT ? outcome_of(t) : OUT_conference_ended;
    plan->after_ms = max_ms; /* who hangs up does so before */
    if (t->plan->op == TEST_EXPECT)
        plan->after_ms = talk->kind == TEST_VALUE_NUM ? talk->num : after_or(t, over ? max_ms : 0);
    within(t, plan->after_ms, max_ms, "the longest stay");
}

/* A value as that row's payload wants it; what the step leaves off is empty. */
static struct vm_value payload_value(struct test_state *t, const struct action_payload *row, unsigned i)
{
    struct vm_value v = { .type = (enum type)arg_slot_type(row->type), .sound = SOUND_RECORDING };
    const struct test_value *said = payload_of(t, i);
    if (v.type == TYPE_TEXT || v.type == TYPE_SOUND)
        v.text = payload_text(t, i);
    else if (said->kind == TEST_VALUE_NUM)
        v.num = said->num;
    return v;
}

/* Rows that no step names take their first outcome. */
static void on_boxed(const struct box_request *rq, struct sim_box_plan *plan, void *owner)
{
    struct test_state *t = owner;
    const struct action_row *row = action_row(rq->action);
    bool planned = t->plan && t->plan->op == TEST_EXPECT;
    unsigned outcome = planned ? outcome_of(t) : 0;
    plan->answer.outcome = outcome;
    for (unsigned i = 0; i < row->outcomes[outcome].npayload; i++) {
        const struct action_payload *p = &row->outcomes[outcome].payload[i];
        struct vm_value none = { .type = (enum type)arg_slot_type(p->type), .sound = SOUND_RECORDING };
        plan->answer.payload[i] = planned ? payload_value(t, p, i) : none;
    }
    plan->after_ms = planned ? after_or(t, 0) : t->plan ? INT32_MAX : 0;
}

/* ---- what the caller is told ---- */

static void on_heard(const struct vm_sound *sound, void *owner)
{
    struct test_state *t = owner;
    switch (sound->kind) {
    case SOUND_SAY:
        test_tell(t, sound->text);
        test_story(t, "says \"%.*s\"", STR_ARG(sound->text));
        return;
    case SOUND_FILE: test_story(t, "plays %.*s", STR_ARG(sound->text)); return;
    case SOUND_TONE: test_story(t, "plays the tone '%.*s'", STR_ARG(sound->text)); return;
    case SOUND_RECORDING: test_story(t, "plays a recording"); return;
    }
}

void test_world_init(struct test_state *t)
{
    t->world = (struct sim_world){
        .heard = on_heard,
        .dialled = on_dialled,
        .queued = on_queued,
        .recorded = on_recorded,
        .box_full = on_box_full,
        .playable = on_playable,
        .fetched = on_fetched,
        .asked = on_asked,
        .boxed = on_boxed,
        .conferred = on_conferred,
        .acted = on_acted,
        .owner = t,
    };
}
