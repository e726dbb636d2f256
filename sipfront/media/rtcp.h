/* RTCP (RFC 3550 §6): what a receiver counts of a source, compound packets written and read. Plain values and pure
 * functions; one thread at a time. Times are µs since 1900 by a clock that only goes forward (wall time of the start,
 * then monotonic), so that they are NTP times too. */
#ifndef SIPFRONT_MEDIA_RTCP_H
#define SIPFRONT_MEDIA_RTCP_H

#include "sipfront/media/rtp.h"

enum {
    RTCP_LEAST = 8,
    RTCP_MAX = 256,          /* bytes of what we write */
    RTCP_INTERVAL_MS = 5000, /* §6.2; each one is half to one and a half of it */
};

/* What has come from one source (RFC 3550 A.1, A.3, A.8). */
struct rtcp_arrivals {
    bool any;
    uint32_t ssrc;
    uint32_t first, top; /* sequence numbers, extended */
    uint32_t received;
    uint32_t expected_before, received_before; /* at the last report */
    unsigned khz;
    double jitter;   /* ticks */
    int64_t transit; /* ticks */
    bool has_transit;
};
/* audio: its timestamp tells jitter (an event's stands still). A new source or a leap starts again. */
void rtcp_arrived(struct rtcp_arrivals *a, const struct rtp_packet *p, unsigned khz, bool audio, int64_t now_us);
uint32_t rtcp_lost(const struct rtcp_arrivals *a);
unsigned rtcp_jitter_us(const struct rtcp_arrivals *a);

/* What the far end has told. */
struct rtcp_heard {
    bool sender, report, bye; /* of the last packet: which parts it had; report: about us */
    uint32_t sender_mid;      /* the middle 32 bits of its NTP time */
    int64_t sender_us;        /* when that came; 0: never */
    uint8_t fraction;         /* of our packets that it lost, in 256ths */
    int32_t lost;
    uint32_t jitter; /* ticks of our clock */
    int64_t rtt_us;  /* -1: not known */
};
/* Reads a compound packet; reports about other sources than `ours` are passed by. ERR_INVALID when it is none (§A.2).
 */
enum err rtcp_read(struct rtcp_heard *h, const uint8_t *p, size_t len, uint32_t ours, int64_t now_us) MUST_USE;

/* What we say. */
struct rtcp_ours {
    uint32_t ssrc, ts;        /* ts: our RTP clock now */
    uint32_t packets, octets; /* sent since the start */
    bool sent;                /* since the last report: a sender report, else a receiver report */
    bool bye;
    const char *cname;
};
/* A compound packet: report, SDES with CNAME, perhaps BYE. Its length. */
size_t rtcp_write(uint8_t out[RTCP_MAX], const struct rtcp_ours *o, struct rtcp_arrivals *a, const struct rtcp_heard *h,
                  int64_t now_us);

#endif
