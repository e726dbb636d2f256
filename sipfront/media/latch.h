/* Symmetric RTP (RFC 4961): where a peer's packets come from is where ours go, whatever its SDP says behind NAT. A lock
 * keeps others from taking a call over: who is latched stays so until it has been silent for a while or the SDP
 * changes. A plain state machine, one thread at a time; times are monotonic ms.
 *
 * Unlatched: the address of the SDP latches with its first packet; another source after LATCH_PROBATION packets in
 * order (LATCH_DOUBT when the SDP names a public address, which no NAT explains); it is heard from the first. One other
 * source is considered at a time.
 *
 * Latched: another source takes over after LATCH_PROBATION packets in order, once the latched one has been silent for
 * LATCH_MOVED_MS (same host: a NAT gave it a new port) or LATCH_LOST_MS (any other).
 *
 * SDP changed: unlatched again, but the old source has to wait for LATCH_LOST_MS: its last packets are still coming. */
#ifndef SIPFRONT_MEDIA_LATCH_H
#define SIPFRONT_MEDIA_LATCH_H

#include "sipfront/media/net_address.h"
#include "sipfront/media/rtp.h"

enum { LATCH_PROBATION = 3, LATCH_DOUBT = 25, LATCH_MOVED_MS = 200, LATCH_LOST_MS = 1000 };

struct latch_candidate {
    struct net_address from;
    uint32_t ssrc;
    uint16_t seq;
    unsigned in_order;
    int64_t heard_ms;
};

struct latch {
    struct net_address signalled; /* of the SDP */
    struct net_address source;    /* latched, or none */
    struct net_address former;    /* latched before the SDP changed */
    int64_t heard_ms;             /* from source; before that: when the SDP came */
    struct latch_candidate candidate;
};

/* A new SDP address. */
void latch_restart(struct latch *l, const struct net_address *signalled, int64_t now_ms);
/* Whether this packet is the peer's. */
bool latch_accept(struct latch *l, const struct net_address *from, const struct rtp_packet *p, int64_t now_ms);
/* Where to send: NULL while nothing is known. */
const struct net_address *latch_target(const struct latch *l);

#endif
