/* The PIN when there is one, how many are there, then the room: keys leave it and mute, and who is alone hears music.
 *
 *   PIN  -- wrong thrice, or too often in all its calls --> denied
 *    v
 *   count said --> room  -- exit key --> left
 *                    |   -- time, or ended for all --> ended */
#include "stdlib/actions.h"

#include <stdlib.h>
#include <string.h>

#include "stdlib/entry.h"

enum {
    TRIES = 3,
    MOST = 100,
    MOST_MAX = 1000,
    STAY_MS = 4 * 3600 * 1000,
    STAY_MAX_MS = 12 * 3600 * 1000,
    PIN_TIMEOUT_MS = 10 * 1000,
    PIN_BETWEEN_MS = 5 * 1000,
    KEYS = 8, /* the longest exit or mute, and those that are remembered for it */
};

struct conference {
    struct entry entry; /* of the PIN; what it begins with is the action */
    unsigned wrong;
    struct call_op *op;    /* what the host is asked: to be in the room, or what comes of it */
    struct call_op *sound; /* what this caller alone hears */
    struct clock_timer *limit;
    struct vm_sound *music;
    unsigned nmusic;
    bool admitted, in, muted, music_plays;
    unsigned others;
    int64_t since; /* he is in */
    char keys[KEYS];
    size_t nkeys;
};

static const struct conference_port *rooms(const struct running *r) { return action_port(r)->conference; }

static void finish(struct conference *c, unsigned outcome)
{
    struct running *r = &c->entry.base;
    struct vm_value talk = value_num(TYPE_DURATION, clock_mono(action_port(r)->clock) - c->since);
    bool told = outcome == OUT_conference_left || outcome == OUT_conference_ended;
    action_complete(r, outcome, told ? &talk : NULL);
}

/* ---- what he alone hears ---- */

/* Music while nobody else is there and nothing else is said to him. */
static void on_heard(enum play_end how, void *owner);

static void play(struct conference *c, const struct vm_sound *sounds, unsigned n, unsigned loops)
{
    struct running *r = &c->entry.base;
    const struct call_port *port = action_port(r);
    struct play_request rq = { .sounds = sounds, .count = n, .loops = loops };
    action_stop_op(r, &c->sound);
    c->music_plays = loops == PLAY_FOR_EVER;
    c->sound = port->play(port->self, &rq, on_heard, c);
}

static void look_after_music(struct conference *c)
{
    bool wanted = c->in && c->others == 0 && c->nmusic > 0;
    if (wanted && !c->sound)
        play(c, c->music, c->nmusic, PLAY_FOR_EVER);
    else if (!wanted && c->music_plays) {
        action_stop_op(&c->entry.base, &c->sound);
        c->music_plays = false;
    }
}

/* ---- in the room ---- */

static void on_limit(void *owner)
{
    struct conference *c = owner;
    c->limit = NULL;
    finish(c, OUT_conference_ended);
}

static void on_news(enum conference_news what, unsigned others, void *owner)
{
    struct conference *c = owner;
    switch (what) {
    case CONFERENCE_OTHERS:
        c->others = others;
        look_after_music(c);
        return;
    case CONFERENCE_FULL:
        c->op = NULL;
        finish(c, OUT_conference_full);
        return;
    case CONFERENCE_CLOSED:
        c->op = NULL;
        finish(c, OUT_conference_ended);
        return;
    }
}

static unsigned most(const struct running *r)
{
    return (unsigned)arg_num_in(r, ARG_NO_conference_most, MOST, 1, MOST_MAX);
}

static int64_t longest(const struct running *r)
{
    return arg_num_in(r, ARG_NO_conference_max, STAY_MS, 1000, STAY_MAX_MS);
}

/* Keys pressed until now were for the PIN, or for nothing. */
static void join(struct conference *c)
{
    struct running *r = &c->entry.base;
    struct conference_request rq = {
        .name = arg_text(r, ARG_NO_conference_name, ""),
        .most = most(r),
        .muted = arg_num(r, ARG_NO_conference_muted, 0) != 0,
        .tones = arg_num(r, ARG_NO_conference_tones, 1) != 0,
        .record = arg_num(r, ARG_NO_conference_record, 0) != 0,
    };
    digits_clear(action_digits(r));
    c->in = true;
    c->muted = rq.muted;
    c->since = clock_mono(action_port(r)->clock);
    c->limit = action_timer(r, longest(r), on_limit, c);
    c->op = rooms(r)->join(action_port(r)->self, &rq, on_news, c);
}

static void on_heard(enum play_end how, void *owner)
{
    struct conference *c = owner;
    (void)how; /* what cannot be said must not keep him out */
    c->sound = NULL;
    if (!c->in)
        join(c);
    else if (!c->music_plays)
        look_after_music(c);
}

/* One beep: muted. Two: heard again. */
static void toggle_mute(struct conference *c)
{
    const struct vm_sound beeps[] = { { SOUND_TONE, STR("beep") }, { SOUND_TONE, STR("beep") } };
    c->muted = !c->muted;
    rooms(&c->entry.base)->mute(c->op, c->muted);
    play(c, beeps, c->muted ? 1 : 2, 1);
}

static bool keys_end_in(const struct conference *c, struct str wanted)
{
    return wanted.len > 0 && wanted.len <= c->nkeys &&
           memcmp(c->keys + c->nkeys - wanted.len, wanted.p, wanted.len) == 0;
}

static void remember_key(struct conference *c, char key)
{
    if (c->nkeys == sizeof c->keys)
        memmove(c->keys, c->keys + 1, --c->nkeys);
    c->keys[c->nkeys++] = key;
}

static void take_keys(struct conference *c)
{
    struct running *r = &c->entry.base;
    char key;
    while (digits_take(action_digits(r), &key)) {
        remember_key(c, key);
        if (keys_end_in(c, arg_text(r, ARG_NO_conference_exit, "#"))) {
            finish(c, OUT_conference_left);
            return;
        }
        if (keys_end_in(c, arg_text(r, ARG_NO_conference_mute, "*6"))) {
            c->nkeys = 0;
            toggle_mute(c);
        }
    }
}

/* ---- before it ---- */

static void count_text(unsigned others, struct sbuf *out)
{
    if (others == 0)
        sbuf_cstr(out, "You are the first in the conference.");
    else if (others == 1)
        sbuf_cstr(out, "There is one other in the conference.");
    else
        sbuf_fmt(out, "There are %u others in the conference.", others);
}

static void admit(struct conference *c)
{
    struct running *r = &c->entry.base;
    unsigned others = rooms(r)->others(action_port(r)->self, arg_text(r, ARG_NO_conference_name, ""));
    struct sbuf text = { 0 };
    c->admitted = true;
    entry_stop(r);
    if (others >= most(r)) {
        finish(c, OUT_conference_full);
        return;
    }
    if (!arg_num(r, ARG_NO_conference_count, 1)) {
        join(c);
        return;
    }
    count_text(others, &text);
    play(c, &(struct vm_sound){ SOUND_SAY, sbuf_view(&text) }, 1, 1);
    sbuf_free(&text);
}

/* ---- the PIN ---- */

static void ask(struct conference *c)
{
    struct running *r = &c->entry.base;
    struct sbuf text = { 0 };
    if (c->wrong)
        sbuf_fmt(&text, "%.*s ", STR_ARG(arg_text(r, ARG_NO_conference_wrong, "That is not the PIN.")));
    sbuf_str(&text, arg_text(r, ARG_NO_conference_prompt, "Please enter the PIN of the conference."));
    c->entry.count = 0;
    entry_start(&c->entry, sbuf_view(&text));
    sbuf_free(&text);
}

/* In the same time wherever they differ. */
static bool is_right(struct str keys, struct str pin)
{
    unsigned char differs = keys.len != pin.len;
    for (size_t i = 0; i < keys.len && i < pin.len; i++)
        differs |= (unsigned char)(keys.p[i] ^ pin.p[i]);
    return !differs;
}

static bool may_try(const struct running *r)
{
    const struct call_port *port = action_port(r);
    return !rooms(r)->may_try || rooms(r)->may_try(port->self, arg_text(r, ARG_NO_conference_name, ""));
}

static void note_tried(const struct running *r, bool right)
{
    if (rooms(r)->tried)
        rooms(r)->tried(action_port(r)->self, arg_text(r, ARG_NO_conference_name, ""), right);
}

/* A right one too late, after its caller's other call was shut out, is a wrong one. */
static void judge(struct conference *c)
{
    struct running *r = &c->entry.base;
    const struct call_port *port = action_port(r);
    struct str keys = entry_keys(&c->entry);
    bool right = is_right(keys, arg_text(r, ARG_NO_conference_pin, "")) && may_try(r);
    if (keys.len)
        note_tried(r, right);
    if (right) {
        admit(c);
        return;
    }
    port->trace(port->self, "conference", STR("wrong PIN"));
    entry_stop(r);
    digits_clear(action_digits(r));
    if (++c->wrong == TRIES || !may_try(r))
        finish(c, OUT_conference_denied);
    else
        ask(c);
}

/* Who ends a whole PIN with '#' does not mean to leave by it. */
static bool on_key(struct entry *e, char key)
{
    struct conference *c = (struct conference *)e;
    const struct call_port *port = action_port(&e->base);
    if (key != '#') {
        entry_add(e, key);
        if (e->count < arg_text(&e->base, ARG_NO_conference_pin, "").len)
            return false;
        digits_swallow(action_digits(&e->base), STR("#"), clock_mono(port->clock), PIN_BETWEEN_MS);
    }
    judge(c);
    return true;
}

static void on_silence(struct entry *e) { judge((struct conference *)e); }

static const struct entry_rules rules = { on_key, on_silence };

/* ---- the action ---- */

static void on_played(unsigned outcome, int64_t talk_ms, void *owner)
{
    struct conference *c = owner;
    struct vm_value talk = value_num(TYPE_DURATION, talk_ms);
    bool told = outcome == OUT_conference_left || outcome == OUT_conference_ended;
    c->op = NULL;
    action_complete(&c->entry.base, outcome, told ? &talk : NULL);
}

static void start(struct running *r)
{
    struct conference *c = (struct conference *)r;
    if (rooms(r)->played) {
        c->op = rooms(r)->played(action_port(r)->self, longest(r), on_played, c);
        return;
    }
    c->nmusic = arg_sounds(r, ARG_NO_conference_music, &c->music);
    c->entry.rules = &rules;
    c->entry.timeout_ms = PIN_TIMEOUT_MS;
    c->entry.between_ms = PIN_BETWEEN_MS;
    c->entry.barge = BARGE_ANY_KEY;
    if (!arg_text(r, ARG_NO_conference_pin, "").len) {
        admit(c);
    } else if (may_try(r)) {
        ask(c);
    } else {
        action_port(r)->trace(action_port(r)->self, "conference", STR("shut out after wrong PINs"));
        finish(c, OUT_conference_denied);
    }
}

static void digit(struct running *r)
{
    struct conference *c = (struct conference *)r;
    if (c->in)
        take_keys(c);
    else if (!c->admitted && !rooms(r)->played)
        entry_digit(r);
}

static void stop(struct running *r)
{
    struct conference *c = (struct conference *)r;
    entry_stop(r);
    action_stop_op(r, &c->op);
    action_stop_op(r, &c->sound);
    action_stop_timer(r, &c->limit);
    free(c->music);
}

static bool offered(const struct call_port *port) { return port->conference != NULL; }

const struct action_ops conference_ops = {
    .size = sizeof(struct conference), .offered = offered, .start = start, .digit = digit, .stop = stop
};
