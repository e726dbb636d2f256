#include "stdlib/actions.h"
#include "stdlib/entry.h"
#include "vm/base/glob.h"

struct gather {
    struct entry entry;
    unsigned min, max;
    bool exact;       /* `digits: n` */
    struct str until; /* the keys that end it */
};

/* Digits are traced as they are taken, and secret ones never. */
static void trace(struct gather *g)
{
    const struct call_port *port = action_port(&g->entry.base);
    if (!arg_num(&g->entry.base, ARG_NO_gather_secret, 0))
        port->trace(port->self, "gather", entry_keys(&g->entry));
}

/* The only way out: after 'invalid' and 'timeout' what was typed ahead is void. */
static void finish(struct gather *g, unsigned outcome)
{
    struct vm_value digits = value_text(entry_keys(&g->entry));
    if (outcome != OUT_gather_matched)
        digits_clear(action_digits(&g->entry.base));
    trace(g);
    action_complete(&g->entry.base, outcome, outcome == OUT_gather_timeout ? NULL : &digits);
}

static void judge(struct gather *g)
{
    struct running *r = &g->entry.base;
    struct str keys = entry_keys(&g->entry);
    struct str valid = arg_text(r, ARG_NO_gather_valid, "");
    bool fits = !arg_given(r, ARG_NO_gather_valid) || glob_fits(valid, keys);
    finish(g, g->entry.count >= g->min && fits ? OUT_gather_matched : OUT_gather_invalid);
}

/* Who types "1234#" where four digits are wanted means nothing by the '#'. */
static void swallow_until(struct gather *g)
{
    struct running *r = &g->entry.base;
    int64_t now = clock_mono(action_port(r)->clock);
    if (g->exact)
        digits_swallow(action_digits(r), g->until, now, g->entry.between_ms);
}

static bool on_key(struct entry *e, char key)
{
    struct gather *g = (struct gather *)e;
    if (g->until.len && keys_hold(g->until, key)) {
        judge(g);
        return true;
    }
    entry_add(e, key);
    if (e->count < g->max)
        return false;
    swallow_until(g);
    judge(g);
    return true;
}

static void on_silence(struct entry *e)
{
    struct gather *g = (struct gather *)e;
    if (e->count == 0)
        finish(g, OUT_gather_timeout);
    else
        judge(g);
}

static const struct entry_rules rules = { on_key, on_silence };

static bool prompt(const struct running *r, struct vm_sound *words, struct play_request *rq)
{
    return entry_prompt(r, arg_text(r, ARG_NO_gather_prompt, ""), words, rq);
}

static void start(struct running *r)
{
    struct gather *g = (struct gather *)r;
    struct entry *e = &g->entry;
    e->rules = &rules;
    e->timeout_ms = arg_num_in(r, ARG_NO_gather_timeout, 5000, 0, ENTRY_LONGEST_WAIT_MS);
    e->between_ms = arg_num_in(r, ARG_NO_gather_between, 3000, 0, ENTRY_LONGEST_WAIT_MS);
    e->barge = arg_text(r, ARG_NO_gather_barge, "*any");
    g->until = arg_text(r, ARG_NO_gather_until, "#");
    g->exact = arg_given(r, ARG_NO_gather_digits);
    g->min = (unsigned)arg_num_in(r, g->exact ? ARG_NO_gather_digits : ARG_NO_gather_min, 1, 0, DIGITS_MAX);
    g->max = (unsigned)arg_num_in(r, g->exact ? ARG_NO_gather_digits : ARG_NO_gather_max, DIGITS_MAX, 1, DIGITS_MAX);
    entry_start(e, arg_text(r, ARG_NO_gather_prompt, ""));
}

const struct action_ops gather_ops = {
    .size = sizeof(struct gather), .start = start, .prompt = prompt, .digit = entry_digit, .stop = entry_stop
};
