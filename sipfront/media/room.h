/* A room: each of its members hears the sum of what all others say. Functions here are the loop thread's; the sound is
 * mixed on the media thread, by commands in order as in stream.h, and the same rules hold for callbacks. A stream is in
 * one room at most, and on no bridge meanwhile: joining takes it off either. What a member is played (stream_play) goes
 * before the room's sound, for him alone. */
#ifndef SIPFRONT_MEDIA_ROOM_H
#define SIPFRONT_MEDIA_ROOM_H

#include "sipfront/media/stream.h"

struct room;
struct room_events {
    void (*on_recorded)(const struct stream_recorded *r, void *owner); /* a recording ended, by itself or by stop */
};

enum err room_new(struct room **out, struct media *m, const struct room_events *events, void *owner) MUST_USE;
/* Members leave; their streams stay. A recording in progress is finished and kept, without on_recorded. */
void room_free(struct room **r);

void room_join(struct room *r, struct stream *s);
void room_leave(struct stream *s); /* stream_close() leaves too */
/* A muted member hears and is not heard. Holds for this stay. */
void room_mute(struct stream *s, bool mute);

enum room_cue { ROOM_CUE_CAME, ROOM_CUE_WENT };
/* All members hear it, beside what is said. */
void room_cue(struct room *r, enum room_cue kind);

/* Records what is said by all, with the cues: 16000 when somebody is wide band as it begins, else 8000. One at a time;
 * r->beep is not looked at. */
void room_record(struct room *r, const struct stream_record *rec);
void room_record_stop(struct room *r); /* on_recorded follows */

#endif
