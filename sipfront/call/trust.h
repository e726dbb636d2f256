/* Whose images this server runs. Private to sipfront/call, and flowd's options. Any thread; never changes once the
 * server runs. */
#ifndef SIPFRONT_CALL_TRUST_H
#define SIPFRONT_CALL_TRUST_H

#include "vm/isa/image.h"

enum { TRUST_KEYS = 64 };

struct trust {
    uint8_t keys[TRUST_KEYS][IMAGE_KEY_SIZE];
    unsigned n; /* 0: every image is taken */
};

/* ERR_OK, or ERR_DENIED with the reason: not signed, or by none of the keys. t NULL: every image is taken. */
enum err trust_check(const struct trust *t, const struct image *im, struct image_refusal *why) MUST_USE;

#endif
