/* What the world does while an author calls a flow: it is asked at the terminal. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/flowc_sim.h"
#include "stdlib/sim/sim_show.h"

int64_t sim_now(const struct sim_terminal *t)
{
    return t->session ? clock_mono(sim_clock_port(sim_session_clock(t->session))) : 0;
}

/* ---- the terminal ---- */

void sim_print(struct sim_terminal *t, const char *fmt, ...)
{
    struct sbuf line = { 0 };
    va_list ap;
    va_start(ap, fmt);
    sbuf_vfmt(&line, fmt, ap);
    va_end(ap);
    fprintf(t->out, "%s%7.1fs%s  %s\n", t->color ? "\033[2m" : "", (double)sim_now(t) / 1000, t->color ? "\033[0m" : "",
            line.p);
    sbuf_free(&line);
}

struct str sim_ask_line(struct sim_terminal *t, const char *question)
{
    fprintf(t->out, "          %s", question);
    fflush(t->out);
    ssize_t n = t->over ? -1 : getline(&t->line, &t->room, t->in);
    if (n < 0) {
        t->over = true;
        fputs("\n", t->out);
        return STR("");
    }
    while (n > 0 && isspace((unsigned char)t->line[n - 1]))
        n--;
    if (t->echo)
        fprintf(t->out, "%.*s\n", (int)n, t->line);
    return (struct str){ t->line, (size_t)n };
}

/* ---- what was answered ---- */

static struct str trim(struct str s)
{
    while (s.len && isspace((unsigned char)s.p[0]))
        s = (struct str){ s.p + 1, s.len - 1 };
    return s;
}

static struct str take_word(struct str *rest)
{
    struct str word = trim(*rest);
    size_t n = 0;
    while (n < word.len && !isspace((unsigned char)word.p[n]))
        n++;
    *rest = trim((struct str){ word.p + n, word.len - n });
    return (struct str){ word.p, n };
}

static int64_t unit_ms(struct str *s)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 } };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (!str_starts(*s, units[i].name))
            continue;
        s->p += strlen(units[i].name);
        s->len -= strlen(units[i].name);
        return units[i].ms;
    }
    return s->len ? 0 : 1000;
}

bool sim_read_duration(struct str s, int64_t *ms)
{
    enum { MOST = 100000000 };
    *ms = 0;
    if (!s.len)
        return false;
    while (s.len) {
        int64_t n = 0;
        const char *from = s.p;
        for (; s.len && isdigit((unsigned char)s.p[0]) && n < MOST; s.p++, s.len--)
            n = n * 10 + (s.p[0] - '0');
        int64_t unit = s.p == from ? 0 : unit_ms(&s);
        if (!unit)
            return false;
        *ms += n * unit;
    }
    return true;
}

/* ---- questions ---- */

struct answer {
    bool hangs_up;
    unsigned outcome;
    int64_t after_ms; /* -1: not said */
    struct str rest;  /* between the outcome and "after …" */
};

static const struct running *current(const struct sim_terminal *t)
{
    return flow_run_running(sim_session_run(t->session));
}

static void ask_text(const struct running *r, struct sbuf *out)
{
    sim_show_action(r, 0, out);
    sbuf_cstr(out, " (");
    for (unsigned i = 0; i < r->row->noutcomes; i++)
        sbuf_fmt(out, "%s%s", i ? ", " : "", r->row->outcomes[i].name);
    sbuf_cstr(out, ", h to hang up)> ");
}

/* The outcome by its name or the beginning of one, -1 when it is none. */
static int find_outcome(const struct action_row *row, struct str word)
{
    for (unsigned i = 0; i < row->noutcomes; i++) {
        const char *name = row->outcomes[i].name;
        if (word.len && word.len <= strlen(name) && memcmp(name, word.p, word.len) == 0)
            return (int)i;
    }
    return -1;
}

/* "… after 40s" at the end of the line, as tests write it. */
static void read_after(struct answer *a)
{
    static const char word[] = "after ";
    size_t n = sizeof word - 1;
    for (size_t i = a->rest.len; i-- > 0;) {
        struct str tail = { a->rest.p + i, a->rest.len - i };
        bool begins = i == 0 || isspace((unsigned char)a->rest.p[i - 1]);
        if (!begins || !str_starts(tail, word))
            continue;
        if (sim_read_duration((struct str){ tail.p + n, tail.len - n }, &a->after_ms))
            a->rest.len = i;
        else
            a->after_ms = -1;
        break;
    }
    while (a->rest.len && isspace((unsigned char)a->rest.p[a->rest.len - 1]))
        a->rest.len--;
}

/* "busy", "ended after 40s", "left Please call me. after 10s", "h after 5s"; Enter is the first outcome. */
static bool read_answer(struct sim_terminal *t, const struct action_row *row, struct str line, struct answer *a)
{
    struct str word = take_word(&line);
    *a = (struct answer){ .after_ms = -1, .rest = line };
    a->hangs_up = t->over || str_is(word, "h");
    int outcome = word.len ? find_outcome(row, word) : 0;
    if (outcome < 0 && !a->hangs_up)
        return false;
    a->outcome = outcome < 0 ? 0 : (unsigned)outcome;
    read_after(a);
    if (a->hangs_up)
        t->hang_up_at = sim_now(t) + (a->after_ms < 0 ? 0 : a->after_ms);
    return true;
}

static struct answer ask(struct sim_terminal *t)
{
    const struct running *r = current(t);
    struct sbuf question = { 0 };
    struct answer a;
    ask_text(r, &question);
    while (!read_answer(t, r->row, sim_ask_line(t, question.p), &a))
        fputs("          That is none of the outcomes.\n", t->out);
    sbuf_free(&question);
    return a;
}

/* ---- what comes of it ---- */

/* "ended after 40s": by the callee; "ended by caller after 40s": it lasts until the caller hangs up then. */
static void plan_talk(struct sim_dial_plan *plan, const struct answer *a, int64_t max_ms, struct sim_terminal *t)
{
    plan->talk_ms = a->after_ms < 0 ? 60000 : a->after_ms;
    if (!str_is(a->rest, "by caller"))
        return;
    t->hang_up_at = sim_now(t) + plan->talk_ms;
    plan->talk_ms = max_ms + 1; /* beyond it, so that the limit is what ends it first */
}

static void on_dialled(const struct dial_request *rq, struct sim_dial_plan *plan, void *owner)
{
    static const enum dial_outcome outcomes[] = {
        [OUT_bridge_ended] = DIAL_ENDED,         [OUT_bridge_busy] = DIAL_BUSY,
        [OUT_bridge_no_answer] = DIAL_NO_ANSWER, [OUT_bridge_declined] = DIAL_DECLINED,
        [OUT_bridge_offline] = DIAL_OFFLINE,     [OUT_bridge_failed] = DIAL_FAILED,
        [OUT_bridge_limited] = DIAL_LIMITED,
    };
    struct answer a = ask(owner);
    *plan = (struct sim_dial_plan){ .how = DIAL_NO_ANSWER, .after_ms = -1, .by = DIAL_BY_CALLEE };
    if (a.hangs_up)
        return;
    plan->how = outcomes[a.outcome];
    plan->reason = a.rest;
    if (plan->how == DIAL_ENDED)
        plan_talk(plan, &a, rq->max_ms, owner);
    else
        plan->after_ms = a.after_ms;
}

/* An agent answers at once: "served after 40s" is the talk. */
static void on_queued(const struct queue_request *rq, struct sim_queue_plan *plan, void *owner)
{
    static const enum queue_outcome outcomes[] = { [OUT_queue_served] = QUEUE_SERVED,
                                                   [OUT_queue_left] = QUEUE_LEFT,
                                                   [OUT_queue_timeout] = QUEUE_TIMEOUT,
                                                   [OUT_queue_full] = QUEUE_FULL,
                                                   [OUT_queue_no_agents] = QUEUE_NO_AGENTS };
    struct answer a = ask(owner);
    struct sim_dial_plan talk = { .by = DIAL_BY_CALLEE };
    *plan = (struct sim_queue_plan){ .how = QUEUE_TIMEOUT, .after_ms = rq->wait_ms };
    if (a.hangs_up)
        return;
    plan->how = outcomes[a.outcome];
    if (plan->how != QUEUE_TIMEOUT || a.after_ms >= 0)
        plan->after_ms = a.after_ms < 0 ? 0 : a.after_ms;
    if (plan->how != QUEUE_SERVED)
        return;
    plan_talk(&talk, &a, rq->talk_ms, owner);
    *plan = (struct sim_queue_plan){ .how = QUEUE_SERVED, .talk_ms = talk.talk_ms, .by = talk.by };
}

static void on_recorded(const struct record_request *rq, struct sim_record_plan *plan, void *owner)
{
    static const enum record_outcome left[] = { RECORD_SAVED, RECORD_EMPTY, RECORD_FULL, RECORD_FAILED };
    static const enum record_outcome saved[] = { RECORD_SAVED, RECORD_EMPTY, RECORD_FAILED };
    struct sim_terminal *t = owner;
    struct answer a = ask(t);
    bool message = action_id_of(current(t)->row) == ACTION_ID_voicemail; /* box_record's are as record's */
    int64_t spoken = (int64_t)a.rest.len * SIM_CHAR_MS;
    *plan = (struct sim_record_plan){ .how = RECORD_SAVED, .length_ms = rq->max_ms, .id = STR("message") };
    if (a.hangs_up)
        return;
    plan->how = message ? left[a.outcome] : saved[a.outcome];
    plan->length_ms = a.after_ms >= 0 ? a.after_ms : plan->how != RECORD_SAVED ? rq->silence_ms : spoken + 1000;
    if (a.rest.len)
        plan->id = a.rest;
}

static void on_fetched(const struct fetch_request *rq, struct sim_fetch_plan *plan, void *owner)
{
    static const enum fetch_outcome outcomes[] = { FETCH_OK, FETCH_STATUS, FETCH_TIMEOUT, FETCH_FAILED };
    struct answer a = ask(owner);
    *plan = (struct sim_fetch_plan){ .how = FETCH_TIMEOUT, .after_ms = rq->timeout_ms };
    if (a.hangs_up)
        return;
    plan->how = outcomes[a.outcome];
    plan->after_ms = a.after_ms >= 0 ? a.after_ms : plan->how == FETCH_TIMEOUT ? rq->timeout_ms : 0;
    if (plan->how == FETCH_STATUS) {
        int64_t code;
        plan->code = str_to_int(take_word(&a.rest), &code) && code > 0 && code < 1000 ? (int)code : 500;
    }
    plan->doc = plan->reason = a.rest;
}

static void on_asked(enum sim_ask what, struct str about, struct sim_ask_plan *plan, void *owner)
{
    (void)about;
    plan->ok = true;
    if (what == SIM_REMEMBER)
        return;
    struct answer a = ask(owner);
    plan->ok = a.outcome == 0; /* the first outcome of each of these actions is the good one */
    plan->after_ms = a.hangs_up ? INT32_MAX : a.after_ms < 0 ? 0 : a.after_ms;
    plan->text = a.rest;
}

/* The payload's first value is what is typed behind the outcome: a name, a count, so many seconds. */
static void on_boxed(const struct box_request *rq, struct sim_box_plan *plan, void *owner)
{
    const struct action_row *row = action_row(rq->action);
    struct answer a = { .after_ms = 0 };
    if (row->noutcomes > 1)
        a = ask(owner);
    plan->answer.outcome = a.outcome;
    plan->after_ms = a.hangs_up ? INT32_MAX : a.after_ms < 0 ? 0 : a.after_ms;
    for (unsigned i = 0; i < row->outcomes[a.outcome].npayload; i++) {
        struct vm_value *v = &plan->answer.payload[i];
        v->type = (enum type)arg_slot_type(row->outcomes[a.outcome].payload[i].type);
        v->sound = SOUND_RECORDING;
        if (v->type == TYPE_TEXT || v->type == TYPE_SOUND)
            v->text = i ? STR("") : a.rest;
        else if (i || !str_to_int(a.rest, &v->num))
            v->num = 0;
    }
}

static void on_conferred(int64_t max_ms, struct sim_conference_plan *plan, void *owner)
{
    struct answer a = ask(owner);
    bool over = a.hangs_up || a.outcome == OUT_conference_ended;
    plan->outcome = a.hangs_up ? OUT_conference_ended : a.outcome;
    plan->after_ms = !a.hangs_up && a.after_ms >= 0 ? a.after_ms : over ? max_ms : 0;
}

/* ---- what happens ---- */

static void on_heard(const struct vm_sound *sound, void *owner)
{
    struct sim_terminal *t = owner;
    struct sbuf said = { 0 };
    t->told = true;
    sim_show_text(sound->text, &said);
    switch (sound->kind) {
    case SOUND_SAY: sim_print(t, "%s", said.p); break;
    case SOUND_FILE: sim_print(t, "(file %s)", said.p); break;
    case SOUND_TONE: sim_print(t, "(tone %s)", said.p); break;
    case SOUND_RECORDING: sim_print(t, "(a recording)"); break;
    }
    sbuf_free(&said);
}

static bool is_worth_a_line(const struct running *r, const char *outcome)
{
    int id = action_id_of(r->row);
    bool plain = id == ACTION_ID_say || id == ACTION_ID_play || id == ACTION_ID_answer || id == ACTION_ID_pause;
    return id != ACTION_ID_log && !(plain && strcmp(outcome, "done") == 0);
}

static void on_acted(struct image_line at, const char *action, const char *outcome, void *owner)
{
    struct sim_terminal *t = owner;
    if (t->trace)
        sim_print(t, "trace: line %u: %s %s", at.line, action, outcome ? outcome : "...");
    if (!outcome) {
        t->told = t->silent = false;
        return;
    }
    if (!t->trace && is_worth_a_line(current(t), outcome))
        sim_print(t, "[%s: %s]", action, outcome);
}

static void on_traced(const char *area, struct str text, void *owner)
{
    const struct sim_terminal *t = owner;
    if (t->trace)
        sim_print(owner, "trace: %s: %.*s", area, STR_ARG(text));
    else if (strcmp(area, "log") == 0 || strcmp(area, "fault") == 0)
        sim_print(owner, "[%s: %.*s]", area, STR_ARG(text));
}

static int64_t on_takes(const struct vm_sound *sound, const struct play_request *how, void *owner)
{
    struct sim_terminal *t = owner;
    return t->speak ? speak_sound(t->speak, sim_now(t), sound, how) : -1;
}

static void on_silenced(void *owner)
{
    struct sim_terminal *t = owner;
    if (t->speak)
        speak_cut(t->speak, sim_now(t));
}

struct sim_world sim_terminal_world(struct sim_terminal *t)
{
    return (struct sim_world){
        .heard = on_heard,
        .takes = on_takes,
        .silenced = on_silenced,
        .dialled = on_dialled,
        .queued = on_queued,
        .recorded = on_recorded,
        .fetched = on_fetched,
        .asked = on_asked,
        .boxed = on_boxed,
        .conferred = on_conferred,
        .traced = on_traced,
        .acted = on_acted,
        .owner = t,
    };
}
