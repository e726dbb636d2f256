/* conference: the PIN and its three tries, the count, keys in the room, music while alone, and each way out; rooms are
 * the test's. What is said takes 60 ms a character, a beep a second. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stdlib/sim/sim_call.h"
#include "stdlib/sim/sim_clock.h"
#include "tests/unit/stdlib/straight_flow.h"

/* In `caller`, beside keys: o3 says that three others are there, x that all are sent away, f that it was full, - hangs
 * up. */
static const struct row {
    const char *name, *args, *caller;
    unsigned others;
    const char *want;
    enum flow_end end;
    int64_t at;
} rows[] = {
    { "no PIN: the count is said, then he is in", "name=team", "3000:o2 60000:#", 2,
      "hear There are 2 others in the conference.\njoin team 100\nconference left\nleave\n= 57780\n", FLOW_HUNG_UP,
      60000 },
    { "the first, without the count", "name=team|count=0|tones=0|muted=1|record=1|most=5", "1000:o0 5000:x", 0,
      "join team 5 muted silently recorded\nconference ended\n= 5000\n", FLOW_HUNG_UP, 5000 },
    { "one other", "name=team", "9000:x", 1,
      "hear There is one other in the conference.\njoin team 100\nconference ended\n= 6780\n", FLOW_HUNG_UP, 9000 },
    { "the PIN, and the key behind it does not leave", "name=team|count=0|pin=2468", "100:2468# 10000:#", 1,
      "hear Please enter the PIN of the conference.\njoin team 100\nconference left\nleave\n= 9900\n", FLOW_HUNG_UP,
      10000 },
    { "the prompt and the second try are as told", "name=team|count=0|pin=2468|prompt=PIN|wrong=No.",
      "100:1# 200:2468 900:-", 1, "hear PIN\ntrace wrong PIN\nhear No. PIN\njoin team 100\nleave\n", FLOW_CALLER_GONE,
      900 },
    { "three wrong ones", "name=team|pin=2468|prompt=PIN|wrong=No.", "100:2469 200:# 300:1234 1000:5", 1,
      "hear PIN\ntrace wrong PIN\nhear No. PIN\ntrace wrong PIN\nhear No. PIN\ntrace wrong PIN\nconference denied\n",
      FLOW_HUNG_UP, 6000 },
    { "silence is a wrong PIN", "name=team|pin=24|prompt=PIN|wrong=No.", "1000:2", 1,
      "hear PIN\ntrace wrong PIN\nhear No. PIN\ntrace wrong PIN\nhear No. PIN\ntrace wrong PIN\nconference denied\n",
      FLOW_HUNG_UP, 6000 + 2 * 10420 },
    { "keys that follow at once are the next try", "name=team|count=0|pin=2468|prompt=PIN|wrong=No.",
      "100:1111246 200:8# 400:x", 1, "hear PIN\ntrace wrong PIN\njoin team 100\nconference ended\n= 200\n",
      FLOW_HUNG_UP, 400 },
    { "full before anything is said of it", "name=team|most=2", "", 2, "conference full\n", FLOW_HUNG_UP, 0 },
    { "full at the last moment", "name=team|count=0|most=2", "10:f", 1, "join team 2\nconference full\n", FLOW_HUNG_UP,
      10 },
    { "the mute key, and back", "name=team|count=0", "100:*6 2000:*6 9000:x", 1,
      "join team 100\nmute\nhear beep\nspeak\nhear beep\nhear beep\nconference ended\n= 9000\n", FLOW_HUNG_UP, 9000 },
    { "other keys mean nothing", "name=team|count=0|exit=0|mute=", "100:*6#123456789*# 200:0", 1,
      "join team 100\nconference left\nleave\n= 200\n", FLOW_HUNG_UP, 200 },
    { "its time is over", "name=team|count=0|max=30000", "", 1, "join team 100\nconference ended\nleave\n= 30000\n",
      FLOW_HUNG_UP, 30000 },
    { "music while alone, and a beep between", "name=team|count=0|music=hold", "100:o0 200:o1 300:o0 400:*6 2000:x", 0,
      "join team 100\nhear hold\nhear hold\nmute\nhear beep\nhear hold\nconference ended\n= 2000\n", FLOW_HUNG_UP,
      2000 },
    { "he hangs up while he is asked", "name=team|pin=2468|prompt=PIN", "100:-", 0, "hear PIN\n", FLOW_CALLER_GONE,
      100 },
};

struct party {
    const struct row *row;
    struct sim_clock *clock;
    struct sim_call *call;
    struct call_port port; /* the pretend call's, but for rooms */
    void (*stop)(void *self, struct call_op **op);
    struct flow_run *run;
    struct sbuf seen;
    conference_cb *tell;
    void *owner;
    bool over;
    enum flow_end end;
} * now;

static struct call_op *the_stay(void) { return (struct call_op *)now; }

static unsigned others(void *self, struct str name)
{
    (void)self;
    assert_true(str_is(name, "team"));
    return now->row->others;
}

static struct call_op *join(void *self, const struct conference_request *rq, conference_cb *tell, void *owner)
{
    (void)self;
    sbuf_fmt(&now->seen, "join %.*s %u%s%s%s\n", STR_ARG(rq->name), rq->most, rq->muted ? " muted" : "",
             rq->tones ? "" : " silently", rq->record ? " recorded" : "");
    now->tell = tell;
    now->owner = owner;
    return the_stay();
}

static void mute(struct call_op *op, bool on)
{
    assert_ptr_equal(op, the_stay());
    sbuf_cstr(&now->seen, on ? "mute\n" : "speak\n");
}

static void stop(void *self, struct call_op **op)
{
    if (*op != the_stay()) {
        now->stop(self, op);
        return;
    }
    *op = NULL;
    sbuf_cstr(&now->seen, "leave\n");
}

static void heard(const struct vm_sound *s, void *owner)
{
    (void)owner;
    sbuf_fmt(&now->seen, "hear %.*s\n", STR_ARG(s->text));
}

static void traced(const char *area, struct str text, void *owner)
{
    (void)owner;
    sbuf_fmt(&now->seen, strcmp(area, "log") == 0 ? "= %.*s\n" : "trace %.*s\n", STR_ARG(text));
}

static void acted(struct image_line at, const char *action, const char *outcome, void *owner)
{
    (void)at;
    (void)owner;
    if (outcome && strcmp(action, "conference") == 0)
        sbuf_fmt(&now->seen, "%s %s\n", action, outcome);
}

static void ended(enum flow_end how, void *owner)
{
    (void)owner;
    now->over = true;
    now->end = how;
    sim_call_attach(now->call, NULL);
}

static const char *happens(const char *p)
{
    switch (*p) {
    case 'o': now->tell(CONFERENCE_OTHERS, (unsigned)(*++p - '0'), now->owner); break;
    case 'x': now->tell(CONFERENCE_CLOSED, 0, now->owner); break;
    case 'f': now->tell(CONFERENCE_FULL, 0, now->owner); break;
    case '-': sim_call_hang_up(now->call); break;
    default: sim_call_press(now->call, *p);
    }
    return p + 1;
}

static void follow(const char *script)
{
    while (*script) {
        char *p;
        int64_t at = strtoll(script, &p, 10);
        sim_clock_run_to(now->clock, at);
        for (script = p + 1; *script && *script != ' ';)
            script = happens(script);
        script += *script == ' ';
    }
    while (!now->over && sim_clock_step(now->clock))
        ;
}

static void play_row(const struct row *row)
{
    static const struct sim_world world = { .heard = heard, .traced = traced };
    static const struct conference_port rooms = { .others = others, .join = join, .mute = mute };
    static const struct action_host host = { 0 };
    const struct flow_step steps[] = { { "conference", row->args }, { "hangup", "" }, { NULL, NULL } };
    struct flow_events events = { .ended = ended, .traced = acted };
    struct image *im = straight_flow(steps, NULL);
    struct party p = { .row = row, .clock = sim_clock_new(0) };

    now = &p;
    p.call = sim_call_new(sim_clock_port(p.clock), &world);
    p.port = *sim_call_port(p.call);
    p.stop = p.port.stop;
    p.port.stop = stop;
    p.port.conference = &rooms;
    assert_int_equal(flow_run_new(&p.run, im, &p.port, &host, &events), ERR_OK);
    sim_call_attach(p.call, p.run);
    flow_run_start(p.run);
    follow(row->caller);
    if (!p.over || p.end != row->end || strcmp(p.seen.p ? p.seen.p : "", row->want) != 0)
        fail_msg("%s: over %d, end %d\n%s--- wanted:\n%s", row->name, p.over, (int)p.end, p.seen.p, row->want);
    if (clock_mono(p.port.clock) != row->at)
        fail_msg("%s: over at %lld ms, not at %lld", row->name, (long long)clock_mono(p.port.clock),
                 (long long)row->at);
    flow_run_free(&p.run);
    sim_call_free(&p.call);
    sim_clock_free(&p.clock);
    image_unref(&im);
    sbuf_free(&p.seen);
}

static void conferences(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        play_row(&rows[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(conferences) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
