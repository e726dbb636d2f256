/* Digest: hashing by libcrypto, comparison in constant time, the same work for users that do not exist. */
#include "sipfront/sip/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "sipfront/sip/nonce.h"

struct digest {
    const struct clock *clock;
    const char *realm;
    struct nonces *nonces;
    struct sip_account nobody; /* digests of a password that is never told */
};

/* Lower-case hex of the hash of the parts joined by colons. */
static void hash_parts(const EVP_MD *md, const char *const *parts, size_t n, char out[65])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t raw[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (!ctx || EVP_DigestInit_ex(ctx, md, NULL) != 1)
        abort();
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            EVP_DigestUpdate(ctx, ":", 1);
        EVP_DigestUpdate(ctx, parts[i], strlen(parts[i]));
    }
    EVP_DigestFinal_ex(ctx, raw, &len);
    EVP_MD_CTX_free(ctx);
    for (unsigned i = 0; i < len && i < 32; i++) {
        out[2 * i] = digits[raw[i] >> 4];
        out[2 * i + 1] = digits[raw[i] & 15];
    }
    out[2 * (len < 32 ? len : 32)] = '\0';
}

void digest_ha1(const char *user, const char *realm, const char *password, struct sip_account *out)
{
    const char *parts[] = { user, realm, password };
    char hex[65];
    hash_parts(EVP_md5(), parts, 3, hex);
    memcpy(out->ha1_md5, hex, sizeof out->ha1_md5);
    hash_parts(EVP_sha256(), parts, 3, out->ha1_sha256);
}

enum err digest_new(struct digest **out, const struct clock *clock, const char *realm)
{
    struct digest *d = calloc(1, sizeof *d);
    char secret[NONCE_TEXT];
    enum err e;
    *out = NULL;
    if (!d)
        return ERR_NOMEM;
    d->clock = clock;
    d->realm = realm;
    e = nonces_new(&d->nonces, DIGEST_NONCE_LIFE_MS);
    if (e) {
        free(d);
        return e;
    }
    nonces_make(d->nonces, &(struct network){ .bits = 0 }, 0, secret);
    digest_ha1("", realm, secret, &d->nobody);
    *out = d;
    return ERR_OK;
}

void digest_free(struct digest **d)
{
    if (!*d)
        return;
    nonces_free(&(*d)->nonces);
    free(*d);
    *d = NULL;
}

/* Copies a value without its quotes and backslashes. */
static enum err unquote(char *out, size_t cap, const char *value)
{
    size_t n = 0;
    bool quoted = *value == '"';
    for (value += quoted; *value && !(quoted && *value == '"'); value++) {
        if (quoted && *value == '\\' && value[1])
            value++;
        if (n + 1 >= cap)
            return ERR_TOO_BIG;
        out[n++] = *value;
    }
    out[n] = '\0';
    return ERR_OK;
}

enum err digest_take_param(struct digest_credentials *c, const char *param)
{
    const struct {
        const char *name;
        char *out;
        size_t cap;
    } rows[] = {
        { "username", c->username, sizeof c->username },
        { "realm", c->realm, sizeof c->realm },
        { "nonce", c->nonce, sizeof c->nonce },
        { "uri", c->uri, sizeof c->uri },
        { "response", c->response, sizeof c->response },
        { "algorithm", c->algorithm, sizeof c->algorithm },
        { "cnonce", c->cnonce, sizeof c->cnonce },
        { "nc", c->nc, sizeof c->nc },
        { "qop", c->qop, sizeof c->qop },
    };
    size_t len = strcspn(param, "= \t");
    const char *value = param + len + strspn(param + len, " \t");
    if (*value++ != '=')
        return ERR_SYNTAX;
    value += strspn(value, " \t");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strlen(rows[i].name) == len && strncasecmp(rows[i].name, param, len) == 0)
            return unquote(rows[i].out, rows[i].cap, value);
    return ERR_OK;
}

bool digest_response(const struct digest_credentials *c, const char *method, const struct sip_account *account,
                     char out[65])
{
    bool md5 = c->algorithm[0] == '\0' || strcasecmp(c->algorithm, "MD5") == 0;
    bool auth = strcasecmp(c->qop, "auth") == 0;
    const EVP_MD *md = md5 ? EVP_md5() : EVP_sha256();
    const char *ha1 = md5 ? account->ha1_md5 : account->ha1_sha256;
    const char *a2[] = { method, c->uri };
    char ha2[65];
    if ((!md5 && strcasecmp(c->algorithm, "SHA-256") != 0) || (!auth && c->qop[0] != '\0'))
        return false;
    hash_parts(md, a2, 2, ha2);
    if (auth) {
        const char *parts[] = { ha1, c->nonce, c->nc, c->cnonce, "auth", ha2 };
        parts[4] = c->qop;
        hash_parts(md, parts, 6, out);
    } else {
        const char *parts[] = { ha1, c->nonce, ha2 };
        hash_parts(md, parts, 3, out);
    }
    return true;
}

/* The nonce count (RFC 7616 §3.4); without qop there is none, and each nonce serves once. 0: not a count. */
static uint32_t nonce_count(const struct digest_credentials *c)
{
    char *end;
    unsigned long n;
    if (c->qop[0] == '\0')
        return 1;
    if (strlen(c->nc) != 8 || strspn(c->nc, "0123456789abcdefABCDEF") != 8)
        return 0;
    n = strtoul(c->nc, &end, 16);
    return (uint32_t)n;
}

static void lower(char *s)
{
    for (; *s; s++)
        if (*s >= 'A' && *s <= 'F')
            *s = (char)(*s - 'A' + 'a');
}

enum digest_verdict digest_judge(struct digest *d, const struct digest_credentials *c, const char *method,
                                 const struct network *source, const struct sip_account *account)
{
    char right[65], given[sizeof c->response];
    bool known = account && account->ha1_md5[0] && account->ha1_sha256[0];
    uint32_t count = nonce_count(c);
    int64_t now_ms = clock_mono(d->clock);
    struct nonce nonce;
    if (!nonces_read(d->nonces, c->nonce, source, now_ms, &nonce))
        return DIGEST_STALE;
    if (!digest_response(c, method, known ? account : &d->nobody, right) || count == 0)
        return DIGEST_WRONG;
    memcpy(given, c->response, sizeof given);
    lower(given);
    if (strlen(given) != strlen(right) || CRYPTO_memcmp(given, right, strlen(right)) != 0 || !known)
        return DIGEST_WRONG;
    switch (nonces_use(d->nonces, &nonce, count, now_ms)) {
    case NONCE_FRESH: return DIGEST_RIGHT;
    case NONCE_AGAIN: return DIGEST_AGAIN;
    case NONCE_STALE: break;
    }
    return DIGEST_STALE;
}

void digest_nonce(struct digest *d, const struct network *source, char out[96])
{
    nonces_make(d->nonces, source, clock_mono(d->clock), out);
}

void digest_challenge(const struct digest *d, const char *algorithm, const char *nonce, bool stale,
                      char out[DIGEST_CHALLENGE_MAX])
{
    snprintf(out, DIGEST_CHALLENGE_MAX, "Digest realm=\"%s\", nonce=\"%s\", algorithm=%s, qop=\"auth\"%s", d->realm,
             nonce, algorithm, stale ? ", stale=true" : "");
}
