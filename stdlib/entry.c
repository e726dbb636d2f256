#include "stdlib/entry.h"

static void on_silence(void *owner)
{
    struct entry *e = owner;
    e->timer = NULL;
    e->rules->silence(e);
}

/* Takes the keys that have come, and waits for the next. */
static void take_keys(struct entry *e)
{
    char key;
    while (digits_take(action_digits(&e->base), &key))
        if (e->rules->key(e, key))
            return;
    action_stop_timer(&e->base, &e->timer);
    e->timer = action_timer(&e->base, e->count ? e->between_ms : e->timeout_ms, on_silence, e);
}

static void on_prompt_end(enum play_end how, void *owner)
{
    struct entry *e = owner;
    (void)how; /* a prompt that cannot be played must not keep the caller from his keys */
    e->prompt = NULL;
    take_keys(e);
}

bool entry_prompt(const struct running *r, struct str prompt, struct vm_sound *words, struct play_request *rq)
{
    *words = (struct vm_sound){ SOUND_SAY, prompt };
    *rq = (struct play_request){ .sounds = words, .count = 1, .image = action_image(r), .loops = 1 };
    return prompt.len > 0;
}

void entry_start(struct entry *e, struct str prompt)
{
    const struct call_port *port = action_port(&e->base);
    struct vm_sound words;
    struct play_request rq;
    (void)entry_prompt(&e->base, prompt, &words, &rq);
    if (e->barge.len == 0)
        digits_clear(action_digits(&e->base));
    if (prompt.len == 0 || digits_find(action_digits(&e->base), e->barge) >= 0)
        take_keys(e);
    else
        e->prompt = port->play(port->self, &rq, on_prompt_end, e);
}

void entry_digit(struct running *r)
{
    struct entry *e = (struct entry *)r;
    if (e->prompt && digits_find(action_digits(r), e->barge) < 0)
        return; /* it waits for the prompt's end */
    action_stop_op(r, &e->prompt);
    take_keys(e);
}

struct str entry_keys(const struct entry *e) { return (struct str){ e->keys, e->count }; }

bool entry_add(struct entry *e, char key)
{
    if (e->count == sizeof e->keys)
        return false;
    e->keys[e->count++] = key;
    return true;
}

void entry_stop(struct running *r)
{
    struct entry *e = (struct entry *)r;
    action_stop_op(r, &e->prompt);
    action_stop_timer(r, &e->timer);
}
