/* call_port: playing to the caller. Every prompt is asked of the cache first; when all are ready the stream plays them
 * in one go. Words that have to be made first are cut into sentences: the first is heard as soon as it is ready, while
 * the others are being made.
 *
 *   parts   [ heard | in the stream | ready | being made … ]
 *                    ^from           ^next                    */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/call_op.h"
#include "sipfront/call/music.h"
#include "sipfront/call/sentence.h"
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
    bool along;     /* from where all who hear it are */
    bool piecemeal; /* what is ready at the front is played at once */
    unsigned next;  /* the first part that the stream has not been given */
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

/* Gives the stream what is ready from `next` on. */
static void play_ready(struct playing *p)
{
    struct call *c = p->op.call;
    struct prompt **list = calloc(p->count, sizeof(struct prompt *));
    unsigned n = 0;
    if (!list)
        abort();
    while (p->next < p->count && p->parts[p->next].prompt)
        list[n++] = p->parts[p->next++].prompt;
    if (p->early && c->state != CALL_UP)
        (void)call_early_media(c);
    p->tag = ++c->tags;
    p->started = true;
    if (p->along)
        stream_play_along(c->media.stream, list, n, p->tag, clock_mono(c->port.clock));
    else
        stream_play(c->media.stream, list, n, p->loops, p->tag);
    free(list);
}

static bool may_play(const struct playing *p)
{
    if (p->started || p->op.later || p->next == p->count)
        return false;
    return p->piecemeal ? p->parts[p->next].prompt != NULL : p->waiting == 0;
}

void playing_done(struct playing *p, bool ok, unsigned tag)
{
    if (!p || p->tag != tag)
        return;
    p->started = false;
    if (!ok || p->next == p->count)
        end(p, ok ? PLAY_DONE : PLAY_FAILED);
    else if (may_play(p))
        play_ready(p); /* else the sentence that is due is still being made */
}

void playing_moved(struct playing *p)
{
    if (!p || !p->started)
        return;
    p->next = 0;
    play_ready(p);
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
    if (may_play(p))
        play_ready(p);
}

static void get(struct part *part, const struct prompt_request *want)
{
    part->playing->waiting++;
    part->wait = prompt_get(part->playing->op.call->server->prompts, want, on_ready, part);
}

static void ask(struct part *part, const struct vm_sound *sound, struct prompt_request want)
{
    char path[PATH_MAX];
    want.text = sound->text;
    switch (sound->kind) {
    case SOUND_SAY: want.source = PROMPT_WORDS; break; /* as they are to be spoken */
    case SOUND_TONE: want.source = PROMPT_NAMED_TONE; break;
    case SOUND_FILE:
    case SOUND_RECORDING:
        want.source = PROMPT_AUDIO_FILE;
        if (!server_sound_path(part->playing->op.call->server, sound, path, sizeof path)) {
            end(part->playing, PLAY_FAILED);
            return;
        }
        want.text = str_of(path);
        break;
    }
    get(part, &want);
}

/* Made once at least, in some codec: then the whole of it is on the disk. */
static bool is_made(struct server *s, struct prompt_request want)
{
    enum codec spoken = want.codec;
    want.codec = CODEC_NONE;
    if (prompt_is_ready(s->prompts, &want))
        return true;
    want.codec = spoken;
    return prompt_is_ready(s->prompts, &want);
}

static struct playing *playing_new(struct call *c, const struct play_request *rq, unsigned count)
{
    struct playing *p = calloc(1, sizeof *p + count * sizeof p->parts[0]);
    if (!p)
        abort();
    p->op = (struct call_op){ .call = c, .stop = stop, .finish = finish };
    p->loops = rq->loops ? rq->loops : 1;
    p->early = rq->early;
    p->count = count;
    for (unsigned i = 0; i < count; i++)
        p->parts[i].playing = p;
    c->playing = p;
    return p;
}

static struct playing *play_sentences(struct call *c, const struct play_request *rq, struct prompt_request want)
{
    struct str rest = want.text, piece;
    struct playing *p = playing_new(c, rq, sentence_count(rest));
    p->piecemeal = true;
    for (unsigned i = 0; i < p->count && sentence_next(&rest, i == 0, &piece); i++) {
        want.text = piece;
        get(&p->parts[i], &want);
    }
    return p;
}

/* The files of a folder. */
static struct playing *play_along(struct call *c, const struct play_request *rq, struct prompt_request want,
                                  const char *const *files, unsigned n)
{
    struct playing *p = playing_new(c, rq, n);
    p->along = true;
    want.source = PROMPT_AUDIO_FILE;
    for (unsigned i = 0; i < n; i++) {
        want.text = str_of(files[i]);
        get(&p->parts[i], &want);
    }
    return p;
}

/* No words to say: an empty text, or a sound that was never set. */
static bool is_silence(const struct vm_sound *s) { return s->kind == SOUND_SAY && !s->text.len; }

static struct playing *play_sounds(struct call *c, const struct play_request *rq, const struct prompt_request *want)
{
    unsigned n = 0;
    for (unsigned i = 0; i < rq->count; i++)
        n += !is_silence(&rq->sounds[i]);
    struct playing *p = playing_new(c, rq, n);
    if (!n)
        end(p, PLAY_DONE);
    for (unsigned i = 0, part = 0; i < rq->count; i++) {
        struct vm_sound sound = rq->sounds[i];
        struct sbuf words = { 0 };
        if (is_silence(&sound))
            continue;
        if (sound.kind == SOUND_SAY) {
            server_words(c->server, rq->image, sound.text, &words);
            sound.text = sbuf_view(&words);
        }
        ask(&p->parts[part++], &sound, *want);
        sbuf_free(&words);
    }
    return p;
}

static void on_made(struct prompt *prompt, enum err e, void *owner)
{
    (void)prompt;
    (void)e;
    (void)owner;
}

/* Only the first sentence: while it is heard the others are made. */
void call_play_expect(void *self, const struct play_request *rq)
{
    struct call *c = self;
    struct sbuf words = { 0 };
    struct prompt_request want = {
        .source = PROMPT_WORDS, .voice = rq->voice, .rate = rq->rate, .codec = leg_media_codec(&c->media)
    };
    struct str rest;
    if (rq->count != 1 || rq->sounds->kind != SOUND_SAY)
        return;
    server_words(c->server, rq->image, rq->sounds->text, &words);
    want.text = rest = sbuf_view(&words);
    if (sentence_count(want.text) > 1 && !is_made(c->server, want))
        (void)sentence_next(&rest, true, &want.text);
    if (want.text.len > 0 && !prompt_is_ready(c->server->prompts, &want)) {
        struct prompt_wait *wait = prompt_get(c->server->prompts, &want, on_made, NULL);
        prompt_wait_stop(&wait); /* it is made all the same, for who asks next */
    }
    sbuf_free(&words);
}

struct call_op *call_play_start(void *self, const struct play_request *rq, play_done_cb *done, void *owner)
{
    struct call *c = self;
    struct playing *p;
    struct sbuf words = { 0 };
    struct prompt_request want = {
        .source = PROMPT_WORDS, .voice = rq->voice, .rate = rq->rate, .codec = leg_media_codec(&c->media)
    };
    unsigned n = 0;
    const char *const *files = rq->count == 1 && rq->sounds->kind == SOUND_FILE && rq->loops == PLAY_FOR_EVER
                                   ? music_files(c->server->music, rq->sounds->text, &n)
                                   : NULL;
    if (rq->count == 1 && rq->loops <= 1 && rq->sounds->kind == SOUND_SAY)
        server_words(c->server, rq->image, rq->sounds->text, &words);
    want.text = sbuf_view(&words);
    if (files)
        p = play_along(c, rq, want, files, n);
    else if (sentence_count(want.text) > 1 && !is_made(c->server, want))
        p = play_sentences(c, rq, want);
    else
        p = play_sounds(c, rq, &want);
    sbuf_free(&words);
    p->done = done;
    p->owner = owner;
    return &p->op;
}
