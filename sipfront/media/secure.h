/* SRTP and SRTCP (RFC 3711) with the keys of SDES (RFC 4568), by libsrtp. Suites are numbers from 0, best first. Keys
 * are secret: none is ever logged, and what holds one is wiped when it is freed. Keys are any thread's, a struct secure
 * is the media thread's. */
#ifndef SIPFRONT_MEDIA_SECURE_H
#define SIPFRONT_MEDIA_SECURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vm/base/err.h"

enum { SECURE_KEY_MAX = 46, SECURE_KEY_TEXT = 64, SECURE_TRAILER = 160 /* room that a packet needs behind it */ };

unsigned secure_suites(void);
const char *secure_suite_name(unsigned suite); /* as in a=crypto */
int secure_suite_find(const char *name);       /* -1: none of ours */

/* A new key as text for a=crypto's "inline:". ERR_LIMIT when the system has no randomness. */
enum err secure_key_new(unsigned suite, char out[SECURE_KEY_TEXT]) MUST_USE;

struct secure_keys {
    bool on;
    unsigned suite;
    uint8_t send[SECURE_KEY_MAX], receive[SECURE_KEY_MAX];
};
/* From the two texts. ERR_SYNTAX when one is no key of that suite. */
enum err secure_keys_read(struct secure_keys *out, unsigned suite, const char *send, const char *receive) MUST_USE;
bool secure_keys_equal(const struct secure_keys *a, const struct secure_keys *b);
void secure_keys_wipe(struct secure_keys *k);
/* The copy's is the caller, who frees it. */
struct secure_keys *secure_keys_copy(const struct secure_keys *k);
void secure_keys_free(struct secure_keys **k); /* wiped */

struct secure;
/* ERR_UNSUPPORTED when libsrtp cannot do it. */
enum err secure_new(struct secure **out, const struct secure_keys *k) MUST_USE;
void secure_free(struct secure **s);

/* In place; *len of the packet, which has SECURE_TRAILER bytes of room behind it. false: not to be sent. */
bool secure_protect(struct secure *s, uint8_t *packet, size_t *len);
bool secure_protect_rtcp(struct secure *s, uint8_t *packet, size_t *len);
/* In place. false: forged, of another key, or a repetition. */
bool secure_unprotect(struct secure *s, uint8_t *packet, size_t *len);
bool secure_unprotect_rtcp(struct secure *s, uint8_t *packet, size_t *len);

#endif
