#include "sipfront/directory/secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

enum { KEY = 32, NONCE = 12, TAG = 16, ID = 4, MOST_KEYS = 8, MOST_FILE = 4096, MOST_SECRET = 1024 };

struct keyring {
    char *path;
    unsigned n;
    uint8_t keys[MOST_KEYS][KEY]; /* the newest first */
};

/* ---- hex ---- */

static void add_hex(struct sbuf *out, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sbuf_fmt(out, "%02x", p[i]);
}

static int digit_of(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

/* Exactly 2 n digits. */
static bool read_hex(uint8_t *out, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++) {
        int high = digit_of(text[2 * i]), low = high < 0 ? -1 : digit_of(text[2 * i + 1]);
        if (low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* ---- the file ---- */

static enum err read_keys(struct keyring *k, const char *text, struct sbuf *why)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        if (len == 2 * KEY && k->n < MOST_KEYS && read_hex(k->keys[k->n], KEY, text))
            k->n++;
        else if (len) {
            sbuf_fmt(why, "the server key %s is damaged: each line must be 64 hex digits; put back a backup", k->path);
            return ERR_INVALID;
        }
        text += len + (text[len] == '\n');
    }
    return ERR_OK;
}

static enum err load(struct keyring *k, struct sbuf *why)
{
    struct stat st;
    struct sbuf text = { 0 };
    if (stat(k->path, &st) != 0) {
        if (errno == ENOENT)
            return ERR_OK;
        sbuf_fmt(why, "the server key %s cannot be read: %s", k->path, strerror(errno));
        return ERR_IO;
    }
    if (st.st_mode & 077) {
        sbuf_fmt(why, "the server key %s can be read by others: chmod 600 it", k->path);
        return ERR_DENIED;
    }
    enum err e = sbuf_read_file(&text, k->path, MOST_FILE);
    if (e)
        sbuf_fmt(why, "the server key %s cannot be read: %s", k->path, err_text(e));
    else
        e = read_keys(k, text.p ? text.p : "", why);
    if (text.p)
        OPENSSL_cleanse(text.p, text.len);
    sbuf_free(&text);
    return e;
}

enum err keyring_open(struct keyring **out, const char *path, struct sbuf *why)
{
    struct keyring *k = calloc(1, sizeof *k);
    *out = NULL;
    if (!k)
        return ERR_NOMEM;
    k->path = strdup(path);
    enum err e = k->path ? load(k, why) : ERR_NOMEM;
    if (e)
        keyring_free(&k);
    *out = k;
    return e;
}

void keyring_free(struct keyring **kp)
{
    struct keyring *k = *kp;
    *kp = NULL;
    if (!k)
        return;
    free(k->path);
    OPENSSL_cleanse(k, sizeof *k);
    free(k);
}

unsigned keyring_count(const struct keyring *k) { return k->n; }

enum err keyring_add(struct keyring *k)
{
    uint8_t fresh[KEY];
    if (k->n == MOST_KEYS)
        return ERR_LIMIT;
    if (getrandom(fresh, sizeof fresh, 0) != (ssize_t)sizeof fresh)
        return ERR_IO;
    memmove(k->keys[1], k->keys[0], k->n * sizeof k->keys[0]);
    memcpy(k->keys[0], fresh, sizeof fresh);
    OPENSSL_cleanse(fresh, sizeof fresh);
    k->n++;
    return ERR_OK;
}

void keyring_drop_old(struct keyring *k)
{
    if (k->n > 1)
        OPENSSL_cleanse(k->keys[1], (k->n - 1) * sizeof k->keys[0]);
    k->n = k->n ? 1 : 0;
}

struct keyring *keyring_copy(const struct keyring *k)
{
    struct keyring *c = malloc(sizeof *c);
    if (!c)
        abort();
    *c = *k;
    c->path = strdup(k->path);
    if (!c->path)
        abort();
    return c;
}

enum err keyring_write(const struct keyring *k, struct sbuf *why)
{
    struct sbuf text = { 0 };
    for (unsigned i = 0; i < k->n; i++) {
        add_hex(&text, k->keys[i], KEY);
        sbuf_char(&text, '\n');
    }
    mode_t before = umask(077);
    enum err e = file_write(k->path, text.p, text.len);
    umask(before);
    if (e)
        sbuf_fmt(why, "the server key %s cannot be written: %s", k->path, strerror(errno));
    OPENSSL_cleanse(text.p, text.len);
    sbuf_free(&text);
    return e;
}

/* ---- sealing ---- */

static void id_of(const uint8_t key[KEY], char out[2 * ID + 1])
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    if (!EVP_Digest(key, KEY, hash, NULL, EVP_sha256(), NULL))
        abort(); /* out of memory */
    for (int i = 0; i < ID; i++)
        snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

static EVP_CIPHER_CTX *context(const uint8_t *key, const uint8_t *nonce, const char *owner, int sealing)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n;
    if (!ctx || EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce, sealing) != 1 ||
        EVP_CipherUpdate(ctx, NULL, &n, (const uint8_t *)owner, (int)strlen(owner)) != 1)
        abort(); /* out of memory */
    return ctx;
}

enum err secret_seal(const struct keyring *k, const char *owner, const char *plain, struct sbuf *out)
{
    uint8_t nonce[NONCE], sealed[MOST_SECRET + TAG];
    char id[2 * ID + 1];
    int n = 0, rest = 0;
    size_t len = strlen(plain);
    if (!k->n)
        return ERR_NOT_FOUND;
    if (len > MOST_SECRET)
        return ERR_TOO_BIG;
    if (getrandom(nonce, sizeof nonce, 0) != (ssize_t)sizeof nonce)
        return ERR_IO;
    EVP_CIPHER_CTX *ctx = context(k->keys[0], nonce, owner, 1);
    bool ok = EVP_CipherUpdate(ctx, sealed, &n, (const uint8_t *)plain, (int)len) == 1 &&
              EVP_CipherFinal_ex(ctx, sealed + n, &rest) == 1 &&
              EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG, sealed + n + rest) == 1;
    EVP_CIPHER_CTX_free(ctx);
    if (!ok)
        return ERR_NOMEM;
    id_of(k->keys[0], id);
    sbuf_fmt(out, "1:%s:", id);
    add_hex(out, nonce, sizeof nonce);
    sbuf_char(out, ':');
    add_hex(out, sealed, len + TAG);
    return ERR_OK;
}

static const uint8_t *key_of(const struct keyring *k, const char *id)
{
    char have[2 * ID + 1];
    for (unsigned i = 0; i < k->n; i++) {
        id_of(k->keys[i], have);
        if (strncmp(have, id, 2 * ID) == 0)
            return k->keys[i];
    }
    return NULL;
}

/* *len: of the bytes before the tag. */
static bool read_sealed(const char *sealed, uint8_t nonce[NONCE], uint8_t *bytes, size_t *len)
{
    const size_t before = 2 + 2 * ID + 1, body = before + 2 * NONCE + 1;
    size_t all = strlen(sealed);
    if (all < body + 2 * TAG || strncmp(sealed, "1:", 2) != 0 || (all - body) % 2 ||
        (all - body) / 2 > MOST_SECRET + TAG)
        return false;
    *len = (all - body) / 2 - TAG;
    return sealed[before - 1] == ':' && sealed[body - 1] == ':' && read_hex(nonce, NONCE, sealed + before) &&
           read_hex(bytes, *len + TAG, sealed + body);
}

enum err secret_open(const struct keyring *k, const char *owner, const char *sealed, struct sbuf *out, struct sbuf *why)
{
    uint8_t nonce[NONCE], bytes[MOST_SECRET + TAG], plain[MOST_SECRET + 1];
    size_t len;
    int n = 0, rest = 0;
    if (!read_sealed(sealed, nonce, bytes, &len)) {
        sbuf_cstr(why, "the stored password is damaged: set it again");
        return ERR_INVALID;
    }
    const uint8_t *key = key_of(k, sealed + 2);
    if (!key) {
        sbuf_fmt(why,
                 "the password was sealed with a key that is not in %s: put that file back, or set the password again",
                 k->path);
        return ERR_NOT_FOUND;
    }
    EVP_CIPHER_CTX *ctx = context(key, nonce, owner, 0);
    bool ok = EVP_CipherUpdate(ctx, plain, &n, bytes, (int)len) == 1 &&
              EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG, bytes + len) == 1 &&
              EVP_CipherFinal_ex(ctx, plain + n, &rest) == 1;
    EVP_CIPHER_CTX_free(ctx);
    if (ok)
        sbuf_add(out, plain, len);
    else
        sbuf_cstr(why, "the stored password is damaged: set it again");
    OPENSSL_cleanse(plain, sizeof plain);
    return ok ? ERR_OK : ERR_INVALID;
}
