#include "sipfront/call/pin.h"

#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

enum { ROUNDS = 100000, ROUNDS_MOST = 10000000, SALT = 16, HASH = 32 };

static bool is_step(struct str digits, int step)
{
    for (size_t i = 1; i < digits.len; i++)
        if (digits.p[i] - digits.p[i - 1] != step)
            return false;
    return true;
}

bool pin_is_good(struct str digits)
{
    if (digits.len < PIN_LEAST || digits.len > PIN_MOST)
        return false;
    for (size_t i = 0; i < digits.len; i++)
        if (digits.p[i] < '0' || digits.p[i] > '9')
            return false;
    return !is_step(digits, 0) && !is_step(digits, 1) && !is_step(digits, -1);
}

static void to_hex(const unsigned char *p, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++)
        sprintf(out + 2 * i, "%02x", p[i]);
}

static bool from_hex(const char *text, unsigned char *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned byte;
        if (sscanf(text + 2 * i, "%2x", &byte) != 1)
            return false;
        out[i] = (unsigned char)byte;
    }
    return true;
}

static bool derive(struct str digits, const unsigned char salt[SALT], int rounds, unsigned char out[HASH])
{
    return PKCS5_PBKDF2_HMAC(digits.p, (int)digits.len, salt, SALT, rounds, EVP_sha256(), HASH, out) == 1;
}

enum err pin_hash(struct str digits, char out[PIN_HASH])
{
    unsigned char salt[SALT], hash[HASH];
    char salt_hex[2 * SALT + 1], hash_hex[2 * HASH + 1];
    if (RAND_bytes(salt, sizeof salt) != 1 || !derive(digits, salt, ROUNDS, hash))
        return ERR_IO;
    to_hex(salt, sizeof salt, salt_hex);
    to_hex(hash, sizeof hash, hash_hex);
    snprintf(out, PIN_HASH, "pbkdf2:%d:%s:%s", ROUNDS, salt_hex, hash_hex);
    return ERR_OK;
}

bool pin_matches(struct str digits, const char *text)
{
    unsigned char salt[SALT], hash[HASH], mine[HASH];
    char salt_hex[2 * SALT + 1], hash_hex[2 * HASH + 1];
    int rounds = 0;
    if (sscanf(text, "pbkdf2:%d:%32[0-9a-f]:%64[0-9a-f]", &rounds, salt_hex, hash_hex) != 3 || rounds < 1 ||
        rounds > ROUNDS_MOST || !from_hex(salt_hex, salt, SALT) || !from_hex(hash_hex, hash, HASH))
        return false;
    return derive(digits, salt, rounds, mine) && CRYPTO_memcmp(mine, hash, HASH) == 0;
}
