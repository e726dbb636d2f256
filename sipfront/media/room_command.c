/* Bodies of a room's commands, on the media thread. */
#include <stdlib.h>

#include "sipfront/media/room_state.h"

void command_room_join(struct media *m, struct command *c)
{
    stream_unbridge_now(m, c->stream);
    stream_leave_room(c->stream);
    room_enter(m, c->room, c->stream);
}

/* The codec's decoder and buffer go; its encoder stays, for the far end's decoder follows it. */
void stream_leave_room(struct stream *s)
{
    struct member *at = s->member;

    s->member = NULL;
    if (!at)
        return;
    room_unshare(at, at->at_ms);
    ear_free(&s->ear);
    resample_free(&at->resample);
    (at->khz == ROOM_WIDE_KHZ ? &at->room->wide : &at->room->narrow)->members--;
    *at->link = at->next;
    if (at->next)
        at->next->link = at->link;
    free(at);
}

void command_room_leave(struct media *m, struct command *c)
{
    (void)m;
    stream_leave_room(c->stream);
}

void command_room_mute(struct media *m, struct command *c)
{
    (void)m;
    if (c->stream->member)
        c->stream->member->muted = c->mute;
}

void command_room_cue(struct media *m, struct command *c)
{
    (void)m;
    cue_add(&c->room->cue, c->cue);
}

void room_end_recording(struct media *m, struct room *r)
{
    struct recording *rec = r->recording;

    r->recording = NULL;
    if (rec)
        recording_end(rec, m->recorder, engine_ms(m));
}

void command_room_record(struct media *m, struct command *c)
{
    struct room *r = c->room;
    bool wide = r->wide.members > 0;

    room_end_recording(m, r);
    r->recording = c->recording;
    room_run(m, r);
    recording_begin(r->recording, m->recorder, wide ? CODEC_G722 : CODEC_PCMU, engine_ms(m));
}

void command_room_record_stop(struct media *m, struct command *c) { room_end_recording(m, c->room); }

void command_room_close(struct media *m, struct command *c)
{
    struct room *r = c->room;
    struct event gone = { .room = r, .kind = EVENT_GONE };

    while (r->members)
        stream_leave_room(r->members->stream);
    room_end_recording(m, r);
    wheel_remove(&m->rooms_wheel, &r->node);
    resample_free(&r->up);
    resample_free(&r->down);
    room_share_free(r);
    outbox_put(m->outbox, &gone);
}
