/* RTP packets (RFC 3550 §5.1): reading with strict bounds, writing the fixed header. Pure functions, any thread; a read
 * packet borrows its payload from the bytes it was read from. */
#ifndef SIPFRONT_MEDIA_RTP_H
#define SIPFRONT_MEDIA_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vm/base/err.h"

enum { RTP_HEADER = 12, RTP_PACKET_MAX = 1500 };

struct rtp_packet {
    uint8_t pt;
    bool marker;
    uint16_t seq;
    uint32_t ts, ssrc;
    const uint8_t *payload;
    size_t len; /* of the payload, without padding */
};

/* ERR_INVALID when the bytes are not one whole RTP packet of version 2; RTCP on the same port (RFC 5761 §4) is not. */
enum err rtp_read(struct rtp_packet *out, const uint8_t *p, size_t len) MUST_USE;

/* Whether these bytes look like RTCP multiplexed on the RTP port (RFC 5761 §4). */
bool rtp_is_rtcp(const uint8_t *p, size_t len);

/* Writes the fixed header; no CSRC, extension or padding. */
void rtp_write(uint8_t out[RTP_HEADER], const struct rtp_packet *h);

/* How far b lies ahead of a, negative behind, in the circle of sequence numbers or timestamps. */
static inline int rtp_seq_diff(uint16_t b, uint16_t a) { return (int16_t)(uint16_t)(b - a); }
static inline int32_t rtp_ts_diff(uint32_t b, uint32_t a) { return (int32_t)(b - a); }

#endif
