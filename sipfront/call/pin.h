/* PINs of mailboxes: PBKDF2-HMAC-SHA-256 with a salt of its own, by OpenSSL; the PIN itself is kept nowhere. Both
 * functions take some 50 ms on purpose: a worker's. Any thread. */
#ifndef SIPFRONT_CALL_PIN_H
#define SIPFRONT_CALL_PIN_H

#include <stdbool.h>

#include "vm/base/str.h"

enum { PIN_LEAST = 4, PIN_MOST = 12, PIN_HASH = 160 };

/* Digits only, of that length, not all the same, not one after another up or down. */
bool pin_is_good(struct str digits);
/* "pbkdf2:ROUNDS:SALT:HASH", hexadecimal. ERR_IO without random numbers. */
enum err pin_hash(struct str digits, char out[PIN_HASH]) MUST_USE;
/* false also for a hash that is none. */
bool pin_matches(struct str digits, const char *hash);

#endif
