/* Nonces: made and checked with a server key, so that only those in use need memory. Each is good for the source alone
 * that it was made for. Loop thread. Private to sipfront/sip. */
#ifndef SIPFRONT_SIP_NONCE_H
#define SIPFRONT_SIP_NONCE_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/base/err.h"
#include "vm/base/network.h"

enum { NONCE_TEXT = 65 }; /* 32 bytes in hex, and the NUL */

struct nonces;

enum err nonces_new(struct nonces **out, int64_t life_ms) MUST_USE;
void nonces_free(struct nonces **n);

/* One that nonces_read() has found good. */
struct nonce {
    uint64_t id;
    int64_t made_ms;
};

void nonces_make(struct nonces *n, const struct network *source, int64_t now_ms, char out[NONCE_TEXT]);
/* Is that text a nonce of ours, made for that source and young enough? Else *out is not written. */
bool nonces_read(const struct nonces *n, const char *text, const struct network *source, int64_t now_ms,
                 struct nonce *out);

enum nonce_use {
    NONCE_FRESH, /* `count` is higher than any it was used with before: now it is used with it */
    NONCE_AGAIN, /* the count it was used with last: a retransmission, or a replay */
    NONCE_STALE
};

/* The table is bounded: when a live nonce must leave it, older ones of the same bucket count as used up, which costs
 * their owners one more round trip and never lets a replay through. */
enum nonce_use nonces_use(struct nonces *n, const struct nonce *nonce, uint32_t count, int64_t now_ms);

#endif
