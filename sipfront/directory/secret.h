/* Secrets that the server must be able to read again: the passwords of trunks, sealed by AES-256-GCM with a key that
 * lies in a file beside the database, not in it. One thread at a time. Owns the keys, and wipes them when freed.
 *
 * The file holds one key a line, 64 hex digits, the newest first: what was sealed with an older one can still be opened
 * until it has been sealed anew, so that a rotation may be interrupted anywhere. A sealed text is
 * "1:KEY:NONCE:CIPHERTEXT AND TAG" in hex; KEY names the key by the first bytes of its hash. The owner's name is sealed
 * in, so one trunk's secret cannot be moved to another. */
#ifndef SIPFRONT_DIRECTORY_SECRET_H
#define SIPFRONT_DIRECTORY_SECRET_H

#include "vm/base/err.h"
#include "vm/base/str.h"

struct keyring;

/* Reads the file; one that is not there gives a ring without keys. ERR_DENIED when others may read it, ERR_INVALID when
 * it holds something else, ERR_IO; *why says it for people. Blocks. */
enum err keyring_open(struct keyring **out, const char *path, struct sbuf *why) MUST_USE;
void keyring_free(struct keyring **k);
unsigned keyring_count(const struct keyring *k);
/* A new key in front, only in memory until keyring_write(). */
enum err keyring_add(struct keyring *k) MUST_USE;
/* Only the newest key stays. */
void keyring_drop_old(struct keyring *k);
/* A copy for a worker thread to write. Frees with keyring_free(). */
struct keyring *keyring_copy(const struct keyring *k);
/* Writes the file, mode 0600, whole or not at all. Blocks. */
enum err keyring_write(const struct keyring *k, struct sbuf *why) MUST_USE;

/* Adds the sealed text to out. ERR_NOT_FOUND without a key. */
enum err secret_seal(const struct keyring *k, const char *owner, const char *plain, struct sbuf *out) MUST_USE;
/* Adds the plain text to out (the caller wipes it). ERR_NOT_FOUND: sealed with a key that is not here; ERR_INVALID:
 * damaged, or another owner's; *why says it for people. */
enum err secret_open(const struct keyring *k, const char *owner, const char *sealed, struct sbuf *out,
                     struct sbuf *why) MUST_USE;

#endif
