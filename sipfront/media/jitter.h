/* The jitter buffer of a stream that is decoded: packets wait here until their turn and come out in the order of their
 * timestamps. How long they wait is learnt: a packet that came too late is still played, at its full length, if nothing
 * after it was, so the buffer grows by what was missing; when for some seconds every packet has come with time to
 * spare, the ear is told to leave a little out (jitter_spare()). A plain state machine, one thread; owns copies of what
 * it holds. Times are ticks of the RTP clock. */
#ifndef SIPFRONT_MEDIA_JITTER_H
#define SIPFRONT_MEDIA_JITTER_H

#include "sipfront/media/codec.h"
#include "sipfront/media/rtp.h"

enum { JITTER_SLOTS = 64, JITTER_START_MS = 40, JITTER_MOST_MS = 240 };

struct jitter_packet {
    enum codec codec;
    uint16_t seq;
    uint32_t ts, ticks;
    size_t len;
    uint8_t payload[];
};

struct jitter {
    struct jitter_packet *slots[JITTER_SLOTS]; /* by sequence number */
    unsigned held;
    bool started;
    unsigned khz;
    uint32_t ssrc;
    uint32_t play_ts;   /* of what is wanted next */
    uint32_t top_ts;    /* end of the newest that was played */
    uint16_t top_seq;   /* of the newest that was played */
    bool played;        /* top_* are set */
    uint32_t step;      /* ticks of the last packet */
    unsigned missed_ms; /* since something was played */
    bool pauses;        /* nothing is sent from pause_ts on */
    uint32_t pause_ts;
    int32_t margin, last_margin; /* least time to spare in this window, and in the one before */
    uint32_t window;             /* ticks of this window so far */
    uint64_t late;               /* packets that came too late to be played */
    uint64_t concealed_ms;
};

void jitter_reset(struct jitter *j); /* also the end of it: frees what it holds */
/* A packet of audio that came; one of another SSRC or clock starts afresh. */
void jitter_put(struct jitter *j, enum codec codec, const struct rtp_packet *p);

/* The far end says that it sends nothing from that packet's time on: what then lacks was not lost. */
void jitter_pause(struct jitter *j, const struct rtp_packet *p);

enum jitter_next {
    JITTER_NOTHING, /* nobody speaks */
    JITTER_AUDIO,   /* *p is played now: the caller frees it */
    JITTER_WAIT,    /* the start is held back: ticks of silence */
    JITTER_PAUSE,   /* ticks of silence before the next packet, which is there */
    JITTER_MISSING  /* ticks are to be filled in; *p is the packet after them, still held, or NULL */
};
/* What plays next; *ticks how long. */
enum jitter_next jitter_take(struct jitter *j, struct jitter_packet **p, uint32_t *ticks);
/* Ms that every packet of the last seconds had to spare beyond what is kept; 0 when there are none. The caller leaves
 * out what it can and says so. */
unsigned jitter_spare(const struct jitter *j);
void jitter_skipped(struct jitter *j, unsigned ms);
unsigned jitter_depth_ms(const struct jitter *j); /* held now */

#endif
