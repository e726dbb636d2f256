/* Digits as RTP events (RFC 4733). Receiver: each key press is told once, at the first packet of it that arrives,
 * whichever packets are lost, doubled or swapped. Sender: one digit of 160 ms. Plain state, one thread at a time. */
#ifndef SIPFRONT_MEDIA_TELEPHONE_EVENT_H
#define SIPFRONT_MEDIA_TELEPHONE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "sipfront/media/rtp.h"

enum { EVENT_PAYLOAD = 4, EVENT_LENGTH_MS = 160, EVENT_PAUSE_MS = 80, EVENT_END_PACKETS = 3 };

struct event_receiver {
    bool any, ended;
    uint8_t code;
    uint32_t ssrc, ts; /* of the newest event */
    uint16_t duration;
    uint32_t before;  /* ticks of the segments before, of a long press (§2.5.1.3) */
    int64_t heard_ms; /* when a packet of it came last */
};

/* The digit (0-9 * # A-D) that this packet begins, or 0: a further packet of the same press, an old one, another event.
 * now_ms is monotonic. */
char event_receive(struct event_receiver *r, const struct rtp_packet *p, int64_t now_ms);
/* How long the newest one has been down, as far as its packets have told. khz: of the event's clock. */
unsigned event_held_ms(const struct event_receiver *r, unsigned khz);

/* One digit on its way out; zeroed: idle. */
struct event_sender {
    bool busy;
    uint8_t code;
    unsigned khz;       /* of its clock */
    uint32_t ts;        /* of all its packets: when the key went down (§2.5.1.2) */
    unsigned sent_ms;   /* since then */
    unsigned ends_left; /* end packets that are still to go */
};

/* false when digit is none of 0-9 * # A-D (a-d count as A-D). khz: of the event's clock: 8, or 48 beside Opus. */
bool event_start(struct event_sender *s, char digit, uint32_t ts, unsigned khz);

struct event_packet {
    bool send, marker;
    uint8_t payload[EVENT_PAYLOAD];
};
/* What goes out in the next step_ms of time; nothing while the pause after the digit passes. busy ends with the pause.
 */
void event_next(struct event_sender *s, unsigned step_ms, struct event_packet *out);

#endif
