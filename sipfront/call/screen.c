#include "sipfront/call/screen.h"

#include <stdlib.h>

#include "vm/base/log.h"

enum { ANSWER_MS = 10000, PARTS = 2 };

struct screen;

struct part {
    struct screen *screen;
    struct prompt_wait *wait;
    struct prompt *prompt; /* NULL: not asked for, or it could not be made */
};

struct screen {
    struct screen_params p;
    struct part parts[PARTS];
    struct clock_timer *limit;
    bool asks, over;
};

static void decide(struct screen *s, bool taken)
{
    if (s->over)
        return;
    s->over = true;
    s->p.decided(taken, s->p.owner);
}

static void on_limit(void *arg)
{
    struct screen *s = arg;
    s->limit = NULL;
    decide(s, false);
}

void screen_played(struct screen *s)
{
    if (!s || s->over)
        return;
    if (!s->asks)
        decide(s, true);
    else if (!s->limit)
        s->limit = clock_start(s->p.clock, ANSWER_MS, on_limit, s);
}

void screen_digit(struct screen *s, char digit)
{
    if (s && s->asks)
        decide(s, digit == '1');
}

static void play(struct screen *s)
{
    struct prompt *list[PARTS];
    unsigned n = 0;
    for (unsigned i = 0; i < PARTS; i++)
        if (s->parts[i].prompt)
            list[n++] = s->parts[i].prompt;
    if (n)
        stream_play(s->p.stream, list, n, 1, 0);
    else
        screen_played(s); /* words that cannot be spoken do not keep the call from its callee */
}

static void on_ready(struct prompt *prompt, enum err e, void *owner)
{
    struct part *part = owner;
    struct screen *s = part->screen;
    part->wait = NULL;
    if (e)
        log_warn("bridge", "an announcement cannot be spoken: %s", err_text(e));
    else
        part->prompt = prompt_ref(prompt);
    for (unsigned i = 0; i < PARTS; i++)
        if (s->parts[i].wait)
            return;
    play(s);
}

struct screen *screen_new(const struct screen_params *p)
{
    const struct str words[PARTS] = { p->announce, p->question };
    struct screen *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->p = *p;
    s->asks = p->question.len > 0;
    for (unsigned i = 0; i < PARTS; i++) {
        struct prompt_request rq = { .source = PROMPT_WORDS, .text = words[i], .codec = p->codec };
        s->parts[i].screen = s;
        if (words[i].len)
            s->parts[i].wait = prompt_get(p->prompts, &rq, on_ready, &s->parts[i]);
    }
    return s;
}

void screen_free(struct screen **screen)
{
    struct screen *s = *screen;
    *screen = NULL;
    if (!s)
        return;
    clock_stop(s->p.clock, &s->limit);
    for (unsigned i = 0; i < PARTS; i++) {
        prompt_wait_stop(&s->parts[i].wait);
        prompt_unref(&s->parts[i].prompt);
    }
    free(s);
}
