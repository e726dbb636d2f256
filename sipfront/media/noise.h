/* Comfort noise (RFC 3389): what a line sounds like while its far end sends nothing, at the level that a packet of it
 * says. White: what such a packet says of the spectrum is passed over. A plain state, one thread. */
#ifndef SIPFRONT_MEDIA_NOISE_H
#define SIPFRONT_MEDIA_NOISE_H

#include <stddef.h>
#include <stdint.h>

enum { NOISE_PT = 13 /* of its packets, RFC 3551 §6 */ };

struct noise {
    int32_t peak; /* 0: none is heard */
    uint32_t state;
};

/* Of a packet's payload. An empty one, and a level below the smallest step of G.711, is silence. */
void noise_set(struct noise *n, const uint8_t *payload, size_t len);
void noise_make(struct noise *n, int16_t *out, size_t count);

#endif
