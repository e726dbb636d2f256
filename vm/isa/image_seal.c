#include "vm/isa/image_seal.h"

#include <openssl/evp.h>
#include <string.h>

#include "vm/isa/image_format.h"

/* What is signed says what it is for, so that the key's signature of something else is of no use here. */
static const char purpose[] = "Call Flow image";
enum { MESSAGE_SIZE = sizeof purpose + IMAGE_ID_SIZE };

static void write_message(uint8_t message[MESSAGE_SIZE], const uint8_t id[IMAGE_ID_SIZE])
{
    memcpy(message, purpose, sizeof purpose);
    memcpy(message + sizeof purpose, id, IMAGE_ID_SIZE);
}

size_t image_unsealed(const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    bool sealed = len > IMAGE_BODY_AT + IMAGE_SEAL_SIZE &&
                  memcmp(p + len - IMAGE_SEAL_SIZE, IMAGE_SEAL_MAGIC, IMAGE_MAGIC_SIZE) == 0;
    return sealed ? len - IMAGE_SEAL_SIZE : len;
}

bool image_seal_right(const uint8_t id[IMAGE_ID_SIZE], const uint8_t *seal, uint8_t signer[IMAGE_KEY_SIZE])
{
    const uint8_t *key = seal + IMAGE_MAGIC_SIZE, *signature = key + IMAGE_KEY_SIZE;
    uint8_t message[MESSAGE_SIZE];
    write_message(message, id);
    EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, IMAGE_KEY_SIZE);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool right = pkey && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
                 EVP_DigestVerify(ctx, signature, IMAGE_SIGNATURE_SIZE, message, sizeof message) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    if (right)
        memcpy(signer, key, IMAGE_KEY_SIZE);
    return right;
}

static bool make_seal(uint8_t seal[IMAGE_SEAL_SIZE], const uint8_t id[IMAGE_ID_SIZE],
                      const struct image_signing_key *key)
{
    uint8_t message[MESSAGE_SIZE];
    size_t public = IMAGE_KEY_SIZE, size = IMAGE_SIGNATURE_SIZE;
    write_message(message, id);
    memcpy(seal, IMAGE_SEAL_MAGIC, IMAGE_MAGIC_SIZE);
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key->seed, sizeof key->seed);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool made = pkey && ctx && EVP_PKEY_get_raw_public_key(pkey, seal + IMAGE_MAGIC_SIZE, &public) == 1 &&
                EVP_DigestSignInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
                EVP_DigestSign(ctx, seal + IMAGE_MAGIC_SIZE + IMAGE_KEY_SIZE, &size, message, sizeof message) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    return made;
}

enum err image_sign(struct sbuf *bytes, const struct image_signing_key *key)
{
    uint8_t seal[IMAGE_SEAL_SIZE];
    if (bytes->len <= IMAGE_BODY_AT || memcmp(bytes->p, IMAGE_MAGIC, IMAGE_MAGIC_SIZE) != 0)
        return ERR_INVALID;
    bytes->len = image_unsealed(bytes->p, bytes->len);
    if (!make_seal(seal, (const uint8_t *)bytes->p + IMAGE_ID_AT, key))
        return ERR_INVALID;
    sbuf_add(bytes, seal, sizeof seal);
    return ERR_OK;
}
