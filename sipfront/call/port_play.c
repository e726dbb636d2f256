/* call_port: playing to the caller. Every prompt is asked of the cache first; when all are ready the stream plays them
 * in one go. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/call_op.h"
#include "sipfront/call/server_parts.h"
#include "vm/base/log.h"

struct part {
    struct playing *playing;
    struct prompt_wait *wait;
    struct prompt *prompt;
};

struct playing {
    struct call_op op;
    play_done_cb *done;
    void *owner;
    enum play_end how;
    unsigned tag, loops, waiting;
    bool early, started;
    unsigned count;
    struct part parts[];
};

static void stop(struct call_op *op)
{
    struct playing *p = (struct playing *)op;
    call_op_cancel_later(op);
    if (p->started)
        stream_play_stop(op->call->media.stream);
    for (unsigned i = 0; i < p->count; i++) {
        prompt_wait_stop(&p->parts[i].wait);
        prompt_unref(&p->parts[i].prompt);
    }
    if (op->call->playing == p)
        op->call->playing = NULL;
    free(p);
}

static void finish(struct call_op *op)
{
    struct playing *p = (struct playing *)op;
    play_done_cb *done = p->done;
    void *owner = p->owner;
    enum play_end how = p->how;
    stop(op);
    done(how, owner);
}

static void end(struct playing *p, enum play_end how)
{
    p->how = how;
    call_op_later(&p->op);
}

void playing_done(struct playing *p, bool ok, unsigned tag)
{
    if (!p || p->tag != tag)
        return;
    p->started = false;
    end(p, ok ? PLAY_DONE : PLAY_FAILED);
}

static void play_all(struct playing *p)
{
    struct call *c = p->op.call;
    struct prompt **list = calloc(p->count, sizeof(struct prompt *));
    if (!list)
        abort();
    for (unsigned i = 0; i < p->count; i++)
        list[i] = p->parts[i].prompt;
    if (p->early && c->state != CALL_UP)
        call_early_media(c);
    p->tag = ++c->tags;
    p->started = true;
    stream_play(c->media.stream, list, p->count, p->loops, p->tag);
    free(list);
}

static void on_ready(struct prompt *prompt, enum err e, void *owner)
{
    struct part *part = owner;
    struct playing *p = part->playing;
    part->wait = NULL;
    p->waiting--;
    if (e) {
        log_warn("play", "call %s: a prompt cannot be played: %s", p->op.call->facts.id, err_text(e));
        end(p, PLAY_FAILED);
        return;
    }
    part->prompt = prompt_ref(prompt);
    if (!p->waiting && !p->op.later)
        play_all(p);
}

static void ask(struct part *part, const struct vm_sound *sound, const struct play_request *rq)
{
    struct server *s = part->playing->op.call->server;
    char path[PATH_MAX];
    struct prompt_request want = { .text = sound->text, .voice = rq->voice, .rate = rq->rate };
    want.codec = leg_media_codec(&part->playing->op.call->media);
    switch (sound->kind) {
    case SOUND_SAY: want.source = PROMPT_WORDS; break;
    case SOUND_TONE: want.source = PROMPT_NAMED_TONE; break;
    case SOUND_FILE:
    case SOUND_RECORDING:
        want.source = PROMPT_AUDIO_FILE;
        if (!server_sound_path(s, sound, path, sizeof path)) {
            end(part->playing, PLAY_FAILED);
            return;
        }
        want.text = str_of(path);
        break;
    }
    part->playing->waiting++;
    part->wait = prompt_get(s->prompts, &want, on_ready, part);
}

/* No words to say: an empty text, or a sound that was never set. */
static bool is_silence(const struct vm_sound *s) { return s->kind == SOUND_SAY && !s->text.len; }

struct call_op *call_play_start(void *self, const struct play_request *rq, play_done_cb *done, void *owner)
{
    struct call *c = self;
    struct playing *p = calloc(1, sizeof *p + rq->count * sizeof p->parts[0]);
    if (!p)
        abort();
    p->op = (struct call_op){ .call = c, .stop = stop, .finish = finish };
    p->done = done;
    p->owner = owner;
    p->loops = rq->loops ? rq->loops : 1;
    p->early = rq->early;
    c->playing = p;
    for (unsigned i = 0; i < rq->count; i++)
        if (!is_silence(&rq->sounds[i]))
            p->parts[p->count++].playing = p;
    if (!p->count)
        end(p, PLAY_DONE);
    for (unsigned i = 0, part = 0; i < rq->count; i++)
        if (!is_silence(&rq->sounds[i]))
            ask(&p->parts[part++], &rq->sounds[i], rq);
    return &p->op;
}
