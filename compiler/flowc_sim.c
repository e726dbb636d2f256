/* flowc sim FILE: the author is the caller, at a terminal or by a script on standard input. */
#include "compiler/flowc_sim.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compiler/flowc.h"
#include "compiler/flowc_test.h"
#include "stdlib/sim/sim_show.h"
#include "stdlib/zone.h"

struct sim_options {
    const char *file, *at, *from, *name, *to, *speak;
    bool voicemail, trace;
};

enum { OPTION_NAME = 256, OPTION_TRACE, OPTION_SPEAK };

static error_t on_option(int key, char *arg, struct argp_state *state)
{
    struct sim_options *o = state->input;
    switch (key) {
    case 'a': o->at = arg; return 0;
    case 'f': o->from = arg; return 0;
    case OPTION_NAME: o->name = arg; return 0;
    case 't': o->to = arg; return 0;
    case 'v': o->voicemail = true; return 0;
    case 'L': return flowc_allow_lua(state, arg);
    case OPTION_SPEAK: o->speak = arg; return 0;
    case OPTION_TRACE: o->trace = true; return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            argp_usage(state);
        o->file = arg;
        return 0;
    case ARGP_KEY_NO_ARGS: argp_usage(state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* ---- the moment of the call ---- */

/* "2026-11-23 10:00" by the clocks of the flow's first hours; false when it is none, or never comes there. */
static bool read_moment(const struct image *im, const char *text, int64_t *wall_ms)
{
    const struct zone *z = zone_find(im->nhours ? im->hours[0].zone : STR("UTC"));
    struct local_time t = { 0 };
    int64_t found[2];
    int used = 0;
    if (sscanf(text, "%4d-%2u-%2u %2u:%2u%n", &t.year, &t.month, &t.day, &t.hour, &t.minute, &used) != 5 || text[used])
        return false;
    if (!z || t.month - 1 > 11 || t.day - 1 > 30 || t.hour > 23 || t.minute > 59 || !zone_moments(z, &t, found))
        return false;
    *wall_ms = found[0] * 1000;
    return true;
}

static bool set_facts(struct sim_facts *f, const struct sim_options *o, const struct image *im)
{
    f->from = str_of(o->from ? o->from : "caller");
    f->from_name = o->name ? str_of(o->name) : f->from;
    f->to = f->dialed = f->dialed_name = o->to ? str_of(o->to) : im->flow;
    f->ring_ms = 20 * 1000;
    f->has_voicemail = o->voicemail;
    f->wall_ms = (int64_t)time(NULL) * 1000;
    return !o->at || read_moment(im, o->at, &f->wall_ms);
}

/* ---- the caller's turn ---- */

static const char *help =
    "  digits  press them          Enter  wait until the flow goes on\n"
    "  h       hang up             +10s   wait so long, then go on here\n"
    "  h after 5s: wait so long, then hang up, whatever the flow does then\n"
    "  What others do is asked for by its outcomes: busy, ended after 40s, h after 5s; Enter is the first.\n";

/* Whether keys pressed now mean something to the action in progress, and the caller has not yet let it pass. */
static bool is_callers_turn(const struct sim_terminal *t)
{
    const struct running *r = flow_run_running(sim_session_run(t->session));
    if (!r || t->silent || sim_call_state(sim_session_call(t->session)) != SIM_ANSWERED)
        return false;
    switch (action_id_of(r->row)) {
    case ACTION_ID_gather: return t->told || !arg_given(r, ARG_NO_gather_prompt);
    case ACTION_ID_menu: return t->told;
    case ACTION_ID_say: return t->told && arg_text(r, ARG_NO_say_barge, "").len;
    case ACTION_ID_play: return t->told && arg_text(r, ARG_NO_play_barge, "").len;
    default: return false;
    }
}

static bool are_keys(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!digit_is_key(s.p[i]))
            return false;
    return s.len > 0;
}

static void press(struct sim_terminal *t, struct str keys)
{
    char all[DIGITS_MAX];
    size_t n = keys.len < sizeof all ? keys.len : sizeof all;
    memcpy(all, keys.p, n); /* the line may be read over while a key takes effect */
    for (size_t i = 0; i < n && !sim_session_over(t->session); i++) {
        sim_call_press(sim_session_call(t->session), all[i]);
        if (t->speak)
            speak_key(t->speak, sim_now(t), all[i]); /* after what it cuts short */
    }
}

static void hang_up(struct sim_terminal *t)
{
    sim_print(t, "you hang up");
    t->hang_up_at = INT64_MAX;
    sim_call_hang_up(sim_session_call(t->session));
}

/* "h after 5s" */
static bool is_late_hangup(struct str line, int64_t *ms)
{
    static const char word[] = "h after ";
    size_t n = sizeof word - 1;
    return str_starts(line, word) && sim_read_duration((struct str){ line.p + n, line.len - n }, ms);
}

static void take_turn(struct sim_terminal *t)
{
    struct str line = sim_ask_line(t, "keys> ");
    int64_t ms;
    if (t->over || str_is(line, "h"))
        hang_up(t);
    else if (line.len == 0)
        t->silent = true;
    else if (is_late_hangup(line, &ms))
        t->hang_up_at = sim_now(t) + ms;
    else if (are_keys(line))
        press(t, line);
    else if (line.p[0] == '+' && sim_read_duration((struct str){ line.p + 1, line.len - 1 }, &ms))
        sim_clock_run_to(sim_session_clock(t->session), sim_now(t) + ms);
    else
        fputs(help, t->out);
}

/* ---- the call ---- */

static bool step(struct sim_terminal *t)
{
    struct sim_clock *clock = sim_session_clock(t->session);
    int64_t next = sim_clock_next(clock);
    if (t->hang_up_at == INT64_MAX && is_callers_turn(t)) {
        take_turn(t);
    } else if (t->hang_up_at < next) {
        sim_clock_run_to(clock, t->hang_up_at);
        hang_up(t);
    } else {
        return sim_clock_step(clock);
    }
    return true;
}

static int hold_call(struct sim_terminal *t)
{
    struct sbuf end = { 0 };
    while (!sim_session_over(t->session))
        if (!step(t))
            break;
    if (sim_session_over(t->session))
        sim_show_end(t->session, &end);
    else
        sbuf_cstr(&end, "the flow waits for something that never comes");
    sim_print(t, "%s", end.p);
    sbuf_free(&end);
    bool well = sim_session_over(t->session) && sim_session_end(t->session) != FLOW_FAULT;
    return well ? FLOWC_OK : FLOWC_MISTAKES;
}

static int call_flow(struct image *im, const struct sim_options *o)
{
    const char *no = getenv("NO_COLOR"); /* https://no-color.org: set and not empty */
    struct sim_terminal t = { .in = stdin,
                              .out = stdout,
                              .echo = !isatty(STDIN_FILENO),
                              .trace = o->trace,
                              .hang_up_at = INT64_MAX,
                              .color = isatty(STDOUT_FILENO) && !(no && *no) };
    struct sim_world world = sim_terminal_world(&t);
    struct sim_facts facts = { 0 };
    if (!set_facts(&facts, o, im)) {
        fprintf(stderr, "flowc: '%s' is no time that comes there; write it as '2026-11-23 10:00'\n", o->at);
        return FLOWC_USAGE;
    }
    if (o->speak && !speak_start(&t.speak, o->speak, o->file))
        return FLOWC_USAGE;
    if (sim_session_new(&t.session, im, &facts, &world))
        return flowc_cannot(o->file, ERR_NOMEM);
    if (!t.echo)
        fputs(help, t.out);
    int status = hold_call(&t);
    if (!speak_end(&t.speak, sim_now(&t)))
        status = FLOWC_USAGE;
    sim_session_free(&t.session);
    free(t.line);
    return status;
}

static const struct argp_option options[] = {
    { "at", 'a', "TIME", 0, "When the call comes, as '2026-11-23 10:00'; now unless said", 0 },
    { "from", 'f', "NUMBER", 0, "Who calls", 0 },
    { "from-name", OPTION_NAME, "NAME", 0, "The caller's name", 0 },
    { "to", 't', "USER", 0, "Which Connection is called; the flow's name unless said", 0 },
    { "with-voicemail", 'v', NULL, 0, "The Connection has voicemail", 0 },
    { "trace", OPTION_TRACE, NULL, 0,
      "Print each action as it begins and ends, with its line, as flowd --verbose logs it", 0 },
    { "speak", OPTION_SPEAK, "OUT.wav", 0, "Write what the caller hears, spoken as the server speaks it", 0 },
    FLOWC_LUA_ALLOW,
    { 0 }
};
const struct argp flowc_sim_argp = {
    options,
    on_option,
    "FILE",
    "Calls a flow; you are the caller.\vPrints what is said, asks for the keys you press and for what far ends do. "
    "Standard input may be a script, a line an answer; at its end the caller hangs up.",
    NULL,
    NULL,
    NULL
};

int flowc_sim(int argc, char **argv)
{
    struct sim_options o = { 0 };
    struct image *im;
    argp_parse(&flowc_sim_argp, argc, argv, 0, NULL, &o);
    enum err e = flowc_load(&im, o.file);
    if (e)
        return e == ERR_SYNTAX ? FLOWC_MISTAKES : FLOWC_USAGE;
    if (!im) {
        fprintf(stderr, "flowc: %s: this file has no flow to call\n", o.file);
        return FLOWC_MISTAKES;
    }
    int status = call_flow(im, &o);
    image_unref(&im);
    return status;
}
