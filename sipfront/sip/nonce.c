/* A nonce is 8 bytes of time, 8 of randomness and 16 of HMAC-SHA256 over both and the source. */
#include "sipfront/sip/nonce.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

enum { BUCKETS = 4096, WAYS = 4, PLAIN = 16, RAW = 32 };

/* A nonce somebody has used rightly. */
struct used {
    uint64_t id; /* its random half */
    int64_t made_ms;
    uint32_t count;
};

struct bucket {
    struct used used[WAYS];
    int64_t horizon_ms; /* nonces made until then and not in used[] may have been forgotten */
};

struct nonces {
    uint8_t key[32];
    int64_t life_ms;
    struct bucket buckets[BUCKETS];
};

enum err nonces_new(struct nonces **out, int64_t life_ms)
{
    struct nonces *n = calloc(1, sizeof *n);
    *out = NULL;
    if (!n)
        return ERR_NOMEM;
    if (RAND_bytes(n->key, sizeof n->key) != 1) {
        free(n);
        return ERR_IO;
    }
    n->life_ms = life_ms;
    for (size_t i = 0; i < BUCKETS; i++)
        n->buckets[i].horizon_ms = INT64_MIN;
    *out = n;
    return ERR_OK;
}

void nonces_free(struct nonces **np)
{
    if (!*np)
        return;
    OPENSSL_cleanse((*np)->key, sizeof(*np)->key);
    free(*np);
    *np = NULL;
}

static void sign(const struct nonces *n, const struct network *source, uint8_t raw[RAW])
{
    uint8_t mac[EVP_MAX_MD_SIZE], told[PLAIN + sizeof source->bytes];
    unsigned len = sizeof mac;
    memcpy(told, raw, PLAIN);
    memcpy(told + PLAIN, source->bytes, sizeof source->bytes);
    if (!HMAC(EVP_sha256(), n->key, sizeof n->key, told, sizeof told, mac, &len) || len < RAW - PLAIN)
        abort();
    memcpy(raw + PLAIN, mac, RAW - PLAIN);
}

void nonces_make(struct nonces *n, const struct network *source, int64_t now_ms, char out[NONCE_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t raw[RAW];
    memcpy(raw, &now_ms, 8);
    if (RAND_bytes(raw + 8, 8) != 1)
        abort(); /* without randomness there is no authentication to offer */
    sign(n, source, raw);
    for (size_t i = 0; i < RAW; i++) {
        out[2 * i] = digits[raw[i] >> 4];
        out[2 * i + 1] = digits[raw[i] & 15];
    }
    out[NONCE_TEXT - 1] = '\0';
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(const char *text, uint8_t raw[RAW])
{
    if (strlen(text) != NONCE_TEXT - 1)
        return false;
    for (size_t i = 0; i < RAW; i++) {
        int high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        raw[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool is_ours(const struct nonces *n, const struct network *source, const uint8_t raw[RAW])
{
    uint8_t right[RAW];
    memcpy(right, raw, PLAIN);
    sign(n, source, right);
    return CRYPTO_memcmp(right, raw, RAW) == 0;
}

bool nonces_read(const struct nonces *n, const char *text, const struct network *source, int64_t now_ms,
                 struct nonce *out)
{
    uint8_t raw[RAW];
    struct nonce it;
    if (!read_hex(text, raw) || !is_ours(n, source, raw))
        return false;
    memcpy(&it.made_ms, raw, 8);
    memcpy(&it.id, raw + 8, 8);
    if (it.made_ms > now_ms || now_ms - it.made_ms >= n->life_ms)
        return false;
    *out = it;
    return true;
}

/* The place for a nonce not seen before: an expired or empty one, else the oldest, which is forgotten. */
static struct used *make_room(struct bucket *b, int64_t dead_ms)
{
    struct used *oldest = &b->used[0];
    for (size_t i = 1; i < WAYS; i++)
        if (b->used[i].made_ms < oldest->made_ms)
            oldest = &b->used[i];
    if (oldest->count > 0 && oldest->made_ms > dead_ms && oldest->made_ms > b->horizon_ms)
        b->horizon_ms = oldest->made_ms;
    return oldest;
}

enum nonce_use nonces_use(struct nonces *n, const struct nonce *nonce, uint32_t count, int64_t now_ms)
{
    struct bucket *b = &n->buckets[nonce->id % BUCKETS];
    if (count == 0)
        return NONCE_STALE;
    for (size_t i = 0; i < WAYS; i++) {
        struct used *u = &b->used[i];
        if (u->count == 0 || u->id != nonce->id)
            continue;
        if (count <= u->count)
            return count == u->count ? NONCE_AGAIN : NONCE_STALE;
        u->count = count;
        return NONCE_FRESH;
    }
    if (nonce->made_ms <= b->horizon_ms)
        return NONCE_STALE;
    *make_room(b, now_ms - n->life_ms) = (struct used){ nonce->id, nonce->made_ms, count };
    return NONCE_FRESH;
}
