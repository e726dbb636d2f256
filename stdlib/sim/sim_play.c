/* Hearing in the pretend call: one sound after another, each told as it begins. */
#include <stdlib.h>

#include "stdlib/sim/sim_op.h"

struct play_op {
    struct call_op op;
    play_done_cb *done;
    struct vm_sound *sounds; /* their texts are copies */
    unsigned count, next, loops;
    struct play_request how; /* voice, rate and image; the voice is a copy */
    bool sounding;
};

static int64_t sound_ms(const struct vm_sound *s)
{
    int64_t chars = 0;
    switch (s->kind) {
    case SOUND_FILE: return SIM_FILE_MS;
    case SOUND_TONE: return SIM_TONE_MS;
    case SOUND_RECORDING: return SIM_RECORDING_MS;
    case SOUND_SAY: break;
    }
    for (size_t i = 0; i < s->text.len; i++)
        chars += ((unsigned char)s->text.p[i] & 0xc0) != 0x80; /* UTF-8: a character, not its further bytes */
    return chars * SIM_CHAR_MS;
}

static int64_t play_ms(const struct play_op *p, const struct vm_sound *s)
{
    const struct sim_world *world = p->op.call->world;
    int64_t ms = world->takes ? world->takes(s, &p->how, world->owner) : -1;
    return ms < 0 ? sound_ms(s) : ms;
}

static void finish(struct play_op *p, enum play_end how)
{
    play_done_cb *done = p->done;
    void *owner = p->op.owner;
    op_free(&p->op);
    done(how, owner);
}

static void on_next(void *owner)
{
    struct play_op *p = owner;
    p->op.timer = NULL;
    p->sounding = false;
    if (p->next == p->count && p->loops > 1) {
        p->next = 0;
        p->loops -= p->loops < PLAY_FOR_EVER;
    }
    if (p->next == p->count) {
        finish(p, PLAY_DONE);
        return;
    }
    const struct vm_sound *s = &p->sounds[p->next++];
    p->sounding = true;
    op_after(&p->op, play_ms(p, s), on_next);
    sim_hear(p->op.call, s);
}

static void on_refused(void *owner)
{
    struct play_op *p = owner;
    p->op.timer = NULL;
    finish(p, PLAY_FAILED);
}

static void free_sounds(struct call_op *op)
{
    struct play_op *p = (struct play_op *)op;
    const struct sim_world *world = op->call->world;
    if (p->sounding && world->silenced)
        world->silenced(world->owner);
    free((char *)p->how.voice.p);
    for (unsigned i = 0; i < p->count; i++)
        free((char *)p->sounds[i].text.p);
    free(p->sounds);
}

struct call_op *sim_play(void *self, const struct play_request *rq, play_done_cb *done, void *owner)
{
    static const struct op_kind kind = { .free = free_sounds };
    struct sim_call *c = self;
    struct play_op *p = (struct play_op *)op_new(c, sizeof *p, &kind, owner);
    p->done = done;
    p->loops = rq->loops;
    p->how =
        (struct play_request){ .voice = { op_copy(rq->voice), rq->voice.len }, .rate = rq->rate, .image = rq->image };
    p->sounds = calloc(rq->count + 1, sizeof *p->sounds);
    if (!p->sounds)
        abort();
    for (; p->count < rq->count; p->count++)
        p->sounds[p->count] = (struct vm_sound){
            rq->sounds[p->count].kind,
            { op_copy(rq->sounds[p->count].text), rq->sounds[p->count].text.len },
        };
    bool audible = c->state == SIM_ANSWERED || (rq->early && c->state == SIM_RINGING);
    if (c->world->playable && !c->world->playable(rq, c->world->owner))
        audible = false;
    op_after(&p->op, 0, audible ? on_next : on_refused);
    return &p->op;
}
