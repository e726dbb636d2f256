/* Renumbering of relayed packets: the sender's sequence and clock go on as the receiving leg's own, so that the far end
 * sees one source (RFC 3550 §5.1) with the gaps and swaps of the network left visible to its jitter buffer. A plain
 * state machine of the media thread, one a direction. */
#ifndef SIPFRONT_MEDIA_RELAY_H
#define SIPFRONT_MEDIA_RELAY_H

#include "sipfront/media/rtp.h"

/* What a leg has sent and will send next, whoever's audio it is. */
struct rtp_line {
    uint32_t ssrc;
    uint16_t seq;     /* of the next packet */
    uint32_t next_ts; /* first sample after all that was sent */
    bool talking;     /* false: the next packet begins a talk spurt */
};

struct relay {
    bool started; /* false: the next packet sets the offsets anew */
    uint32_t in_ssrc;
    uint32_t ts_offset, last_ts;             /* leaving - coming; of the last audio that came */
    uint16_t seq_offset, first_seq, top_seq; /* leaving - coming; coming */
    unsigned since;                          /* packets since the offsets were set */
    int64_t heard_ms;                        /* the last packet */
    int64_t audio_ms;                        /* the last audio */
};

/* Sets seq, ts, ssrc and marker of *p to those it leaves with and moves the line on. now.ts is the leg's own clock now.
 * A new SSRC or a leap of the sender's clock sets the offsets anew. false: drop it, it lies before the offsets' start.
 * Both legs have one clock. */
struct relay_now {
    uint32_t ts;
    int64_t ms;
    bool event;
    unsigned khz;   /* of the clock */
    uint32_t ticks; /* how long the packet plays */
};
bool relay_map(struct relay *r, struct rtp_line *line, struct rtp_packet *p, const struct relay_now *now);

#endif
