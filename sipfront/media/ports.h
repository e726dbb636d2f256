/* The pool of RTP ports: pairs of sockets, RTP on an even port and its RTCP on the odd one above (RFC 3550 §11).
 * Opening and closing four sockets cost a short call more than its audio, so a pair that is given back stays open. It
 * rests until nothing has come to it for a while: what the last call's far end still sends is not heard in the next
 * call.
 *
 * Any thread, unless it says otherwise. A pair's place in memory lasts as long as the pool. */
#ifndef SIPFRONT_MEDIA_PORTS_H
#define SIPFRONT_MEDIA_PORTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "sipfront/media/net_address.h"
#include "vm/base/err.h"

enum { PORTS_REST_MS = 2000 };

struct ports;

struct port_pair {
    int rtp, rtcp; /* sockets, which do not block; -1: not open */
    uint16_t port; /* of RTP */
    _Atomic(void *) owner;
    /* the pool's */
    bool v6;
    int64_t quiet_ms; /* since when nothing has come, while it rests */
    struct port_pair *next, **link;
};

/* Ports min..max, inclusive. ERR_INVALID when not one pair lies between. `watch_fn` is told of each pair that was
 * opened (false: it cannot be used) and has to forget it when it is closed, as epoll does by itself. */
enum err ports_new(struct ports **out, uint16_t min, uint16_t max, bool (*watch_fn)(struct port_pair *pair, void *arg),
                   void *arg) MUST_USE;
void ports_free(struct ports **p); /* closes all sockets, owned or not */

/* A pair of this address, whose port does not count, that rests for long enough; else the next free ports after those
 * given out last (the first at random, so that a restart does not meet the packets of calls that died with the old
 * process), passing by what another program has; else the one that rests longest. ERR_LIMIT when all are owned. */
enum err ports_take(struct ports *p, const struct net_address *address, void *owner, int64_t now_ms,
                    struct port_pair **pair) MUST_USE;
/* To rest; only its owner can (another's call is logged and ignored). */
void ports_give(struct ports *p, struct port_pair *pair, const void *owner, int64_t now_ms);
/* Something has come to a pair that nobody owns: its rest begins anew. */
void ports_disturbed(struct ports *p, struct port_pair *pair, int64_t now_ms);

unsigned ports_in_use(const struct ports *p); /* pairs that are owned */

#endif
