/* What a room is made of. Private to this folder; engine.h says whose thread touches which side.
 *
 * A room has two sides of sound: the narrow one (8 kHz), and while somebody is wide band (16 kHz) the wide one too.
 * Each member belongs to the side of the codec that he is sent; each side's total is the sum of its own members and of
 * what the other side's said, resampled once for all. So what a member hears without himself is an exact difference,
 * and a room needs two resamplers whatever its size.
 *
 * The room's wheel makes 20 ms of the totals at a time into rings; each member takes what is next from them on his own
 * grid, in packets of his own length. */
#ifndef SIPFRONT_MEDIA_ROOM_STATE_H
#define SIPFRONT_MEDIA_ROOM_STATE_H

#include "sipfront/media/cue.h"
#include "sipfront/media/engine.h"
#include "sipfront/media/resample.h"

enum {
    ROOM_MS = 20,
    ROOM_RING_MS = 160, /* a packet of 60 ms, what waits before it, and room for a late one; a multiple of ROOM_MS */
    ROOM_NARROW_KHZ = 8,
    ROOM_WIDE_KHZ = 16,
    ROOM_FRAME = ROOM_MS * ROOM_WIDE_KHZ,
    ROOM_RING = ROOM_RING_MS * ROOM_WIDE_KHZ,
};

struct member {
    struct room *room;
    struct stream *stream;
    struct member *next, **link;
    bool muted;
    unsigned khz;              /* of his side */
    struct resample *resample; /* what comes is of another rate than his side */
    int64_t at_ms;             /* of the room's clock: what he hears next */
    int64_t since_ms;          /* nothing before is for him */
    int64_t spoke_ms;          /* end of his last sound in the totals */
    enum codec shares;         /* NONE: what he was sent last was his own */
    int16_t own[ROOM_RING];    /* what he said, as it is in his side's total */
};

/* The packet of a codec that members who are silent are sent (room_share.c). */
struct shared {
    int64_t at_ms; /* where it begins */
    unsigned ms;   /* its length; 0: none was made */
    size_t len;
    struct mouth *mouth, *before; /* after it, and before it (NULL: it was the first) */
    uint8_t payload[ROOM_NARROW_KHZ * 60];
};

struct side {
    unsigned khz, members;
    int32_t total[ROOM_RING];
};

struct room {
    /* loop */
    struct media *media;
    struct room_events events;
    void *owner;
    struct room *next, **link; /* of the media's list */
    bool closed, gone;
    unsigned recordings; /* whose end has not been delivered */

    /* media thread */
    struct wheel_node node;
    struct member *members;
    int64_t now_ms; /* end of what is in the rings */
    struct side narrow, wide;
    struct resample *up, *down;
    struct shared shared[CODEC_COUNT];
    struct cue cue;
    struct recording *recording;
};

/* room_mix.c: media thread. */
void room_run(struct media *m, struct room *r);  /* from now on, until it is closed */
void room_tick(struct media *m, struct room *r); /* 20 ms have passed */
void room_enter(struct media *m, struct room *r, struct stream *s);
/* What the member hears next, as a payload of his codec; its length. */
size_t room_payload(struct stream *s, unsigned ms, uint8_t *out, size_t cap);
/* So much of the total of his side; without him, or with all. */
void room_hear(struct member *at, bool without_him, int64_t from, unsigned ms, struct pcm *out);

/* room_share.c: whether the packet that begins there may be shared, as far as he is concerned; that packet, NULL when
 * it is to be his own; his own from there on. */
bool room_may_share(const struct member *at, enum codec codec, int64_t from);
const struct shared *room_share(struct member *at, enum codec codec, int64_t from);
void room_unshare(struct member *at, int64_t from);
void room_share_free(struct room *r);

/* room_command.c */
void command_room_join(struct media *m, struct command *c);
void command_room_leave(struct media *m, struct command *c);
void command_room_mute(struct media *m, struct command *c);
void command_room_cue(struct media *m, struct command *c);
void command_room_record(struct media *m, struct command *c);
void command_room_record_stop(struct media *m, struct command *c);
void command_room_close(struct media *m, struct command *c);
void room_end_recording(struct media *m, struct room *r);

/* room.c: an event of a room's, on the loop; frees the room with its last. */
void room_deliver(const struct event *e);

#endif
