/* Keys that sign images, in files as OpenSSL writes them. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>
#include <unistd.h>

#include "vm/isa/image_seal.h"

enum { FILE_MAX = 64 << 10 };

/* A file that was not there before. */
static enum err open_new(FILE **out, const char *path, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (*out)
        return ERR_OK;
    return errno == EEXIST ? ERR_EXISTS : ERR_IO;
}

static enum err write_secret(const char *path, EVP_PKEY *pkey)
{
    FILE *f;
    enum err e = open_new(&f, path, 0600);
    if (e)
        return e;
    bool ok = PEM_write_PrivateKey(f, pkey, NULL, NULL, 0, NULL, NULL) == 1;
    return fclose(f) == 0 && ok ? ERR_OK : ERR_IO;
}

static enum err write_public(const char *path, EVP_PKEY *pkey)
{
    FILE *f;
    enum err e = open_new(&f, path, 0644);
    if (e)
        return e;
    bool ok = PEM_write_PUBKEY(f, pkey) == 1;
    return fclose(f) == 0 && ok ? ERR_OK : ERR_IO;
}

enum err image_keys_make(const char *secret_path, const char *public_path)
{
    if (access(public_path, F_OK) == 0)
        return ERR_EXISTS;
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    enum err e = pkey ? write_secret(secret_path, pkey) : ERR_NOMEM;
    if (!e)
        e = write_public(public_path, pkey);
    EVP_PKEY_free(pkey);
    return e;
}

static enum err open_old(FILE **out, const char *path)
{
    *out = fopen(path, "re");
    if (*out)
        return ERR_OK;
    return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
}

enum err image_key_read_secret(const char *path, struct image_signing_key *key)
{
    FILE *f;
    size_t size = sizeof key->seed;
    enum err e = open_old(&f, path);
    if (e)
        return e;
    EVP_PKEY *pkey = PEM_read_PrivateKey(f, NULL, NULL, NULL);
    bool ok = pkey && EVP_PKEY_get_raw_private_key(pkey, key->seed, &size) == 1 && size == sizeof key->seed &&
              EVP_PKEY_get_id(pkey) == EVP_PKEY_ED25519;
    EVP_PKEY_free(pkey);
    fclose(f);
    ERR_clear_error();
    return ok ? ERR_OK : ERR_INVALID;
}

static bool take_public(EVP_PKEY *pkey, uint8_t (*keys)[IMAGE_KEY_SIZE], unsigned max, unsigned *n)
{
    size_t size = IMAGE_KEY_SIZE;
    bool ok = *n < max && EVP_PKEY_get_id(pkey) == EVP_PKEY_ED25519 &&
              EVP_PKEY_get_raw_public_key(pkey, keys[*n], &size) == 1;
    *n += ok;
    return ok;
}

static unsigned count_blocks(struct str pem)
{
    static const char begin[] = "-----BEGIN ";
    unsigned n = 0;
    const char *at = pem.p, *end = pem.p + pem.len;
    for (; at && (at = memmem(at, (size_t)(end - at), begin, sizeof begin - 1)) != NULL; at++)
        n++;
    return n;
}

/* Every block of the file is such a key: one that is passed over would be missed by nobody until it is needed. */
enum err image_keys_read(const char *path, uint8_t (*keys)[IMAGE_KEY_SIZE], unsigned max, unsigned *n)
{
    struct sbuf pem = { 0 };
    EVP_PKEY *pkey;
    bool ok = true;
    *n = 0;
    enum err e = sbuf_read_file(&pem, path, FILE_MAX);
    if (e || !pem.len)
        goto done;
    BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.len);
    while (bio && ok && (pkey = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL)) != NULL) {
        ok = take_public(pkey, keys, max, n);
        EVP_PKEY_free(pkey);
    }
    BIO_free(bio);
    ERR_clear_error();
done:
    if (!e && (!ok || !*n || *n != count_blocks(sbuf_view(&pem))))
        e = ERR_INVALID;
    sbuf_free(&pem);
    return e;
}
