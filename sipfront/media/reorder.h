/* Packets of one stream back in the order of their sequence numbers (RFC 3550 §5.1), for who decodes each as it comes:
 * a packet out of its turn waits until those before it have come, or until it has waited REORDER_MS. A packet in its
 * turn is neither copied nor kept. A plain state machine, one thread; owns copies of what it holds. Zeroed to begin. */
#ifndef SIPFRONT_MEDIA_REORDER_H
#define SIPFRONT_MEDIA_REORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "sipfront/media/codec.h"
#include "sipfront/media/rtp.h"

enum { REORDER_MS = 60, REORDER_HELD = 8 };

struct reorder_packet {
    enum codec codec;
    int64_t came_ms;
    struct rtp_packet packet; /* its payload lies in the bytes behind */
    uint8_t bytes[];
};

struct reorder {
    bool started;
    uint32_t ssrc;
    uint16_t next; /* whose turn it is */
    unsigned nheld;
    struct reorder_packet *held[REORDER_HELD]; /* by turn */
};

void reorder_reset(struct reorder *o); /* also the end of it: frees what it holds */

enum reorder_turn {
    REORDER_NOW, /* it is p's turn: the next is p->seq + 1 */
    REORDER_HELD_BACK,
    REORDER_PAST, /* its turn is over, or it is here twice */
};
/* A packet that came, of audio or not. A new SSRC and a leap of numbers begin anew: the caller has taken what was held
 * before, see reorder_breaks(); and after each takes what is ready. */
enum reorder_turn reorder_put(struct reorder *o, enum codec codec, const struct rtp_packet *p, int64_t now_ms);
bool reorder_breaks(const struct reorder *o, const struct rtp_packet *p);
/* What is held and whose turn has come, or whose wait is over; NULL: nothing. all: whatever is held. The caller frees.
 */
struct reorder_packet *reorder_take(struct reorder *o, int64_t now_ms, bool all);

#endif
