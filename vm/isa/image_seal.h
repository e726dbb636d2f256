/* Signatures of images: Ed25519 (RFC 8032). A seal stands behind the image's bytes and is no part of what the id names,
 * so an image has one id, signed or not. docs/image.md says what is signed. Any thread. */
#ifndef VM_ISA_IMAGE_SEAL_H
#define VM_ISA_IMAGE_SEAL_H

#include "vm/isa/image.h"

/* A key that signs: its 32 secret bytes. A key that is trusted: IMAGE_KEY_SIZE public ones. */
struct image_signing_key {
    uint8_t seed[32];
};

/* Puts a seal behind the image that is in bytes, in place of one that is there. ERR_INVALID when it is no image. */
enum err image_sign(struct sbuf *bytes, const struct image_signing_key *key) MUST_USE;

/* The length without a seal. */
size_t image_unsealed(const void *bytes, size_t len);
/* The seal of the image of that id, at seal: signer is written when the signature is right. */
bool image_seal_right(const uint8_t id[IMAGE_ID_SIZE], const uint8_t *seal, uint8_t signer[IMAGE_KEY_SIZE]);

/* ---- keys in files: PEM, as `openssl genpkey -algorithm ed25519` and `openssl pkey -pubout` write them ---- */

/* A new pair. The secret one's file gets mode 0600; neither may be there already: ERR_EXISTS. ERR_IO. */
enum err image_keys_make(const char *secret_path, const char *public_path) MUST_USE;
/* ERR_NOT_FOUND, ERR_IO; ERR_INVALID: it holds no such key. */
enum err image_key_read_secret(const char *path, struct image_signing_key *key) MUST_USE;
/* All public keys of the file, at most max; *n how many. ERR_INVALID: none, more than max, or one of another kind. */
enum err image_keys_read(const char *path, uint8_t (*keys)[IMAGE_KEY_SIZE], unsigned max, unsigned *n) MUST_USE;

#endif
