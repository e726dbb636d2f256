/* flowc verify IMAGE [--key PUB]: is it whole, safe to run, and signed by whom? */
#include "compiler/flowc.h"

#include <stdio.h>
#include <string.h>

#include "vm/isa/image_seal.h"

enum { KEYS_MAX = 64, KEYS_FILE_MAX = 16 };

struct key_row {
    const char *file;
    uint8_t key[IMAGE_KEY_SIZE];
};

struct verify {
    const char *file;
    struct key_row keys[KEYS_MAX];
    unsigned nkeys;
};

static void read_keys(struct verify *v, const char *file, struct argp_state *state)
{
    uint8_t keys[KEYS_FILE_MAX][IMAGE_KEY_SIZE];
    unsigned n;
    enum err e = image_keys_read(file, keys, KEYS_FILE_MAX, &n);
    if (e)
        argp_error(state, "--key %s: %s", file,
                   e == ERR_INVALID ? "there is no public key (Ed25519, PEM) in it" : err_text(e));
    for (unsigned i = 0; !e && i < n && v->nkeys < KEYS_MAX; i++) {
        v->keys[v->nkeys].file = file;
        memcpy(v->keys[v->nkeys++].key, keys[i], IMAGE_KEY_SIZE);
    }
}

static error_t on_option(int key, char *arg, struct argp_state *state)
{
    struct verify *v = state->input;
    switch (key) {
    case 'k': read_keys(v, arg, state); return 0;
    case ARGP_KEY_ARG:
        if (v->file)
            argp_usage(state);
        v->file = arg;
        return 0;
    case ARGP_KEY_NO_ARGS: argp_usage(state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    { "key", 'k', "PUB", 0, "It must be signed by a key of this file; may be repeated", 0 }, { 0 }
};
const struct argp flowc_verify_argp = { options,
                                        on_option,
                                        "IMAGE",
                                        "Checks an image: whole, safe to run, and by whom it is signed.\vExit status: "
                                        "0 well, 1 refused, not signed by a given "
                                        "key, or signed wrongly, 2 wrong use.",
                                        NULL,
                                        NULL,
                                        NULL };

static void print_hex(const char *what, const uint8_t bytes[32])
{
    printf("%s", what);
    for (int i = 0; i < 32; i++)
        printf("%02x", bytes[i]);
    printf("\n");
}

static const struct key_row *find(const struct verify *v, const uint8_t signer[IMAGE_KEY_SIZE])
{
    for (unsigned i = 0; i < v->nkeys; i++)
        if (memcmp(v->keys[i].key, signer, IMAGE_KEY_SIZE) == 0)
            return &v->keys[i];
    return NULL;
}

static int judge(const struct verify *v, const struct image *im)
{
    const struct key_row *by = im->is_signed ? find(v, im->signer) : NULL;
    printf("flow %.*s\n", STR_ARG(im->flow));
    print_hex("id ", im->id);
    if (im->is_signed)
        print_hex("signed by ", im->signer);
    else
        printf("not signed\n");
    if (by)
        printf("which is a key of %s\n", by->file);
    if (!v->nkeys || by)
        return FLOWC_OK;
    fprintf(stderr, "flowc: %s: it is %s\n", v->file, im->is_signed ? "signed by none of these keys" : "not signed");
    return FLOWC_MISTAKES;
}

int flowc_verify(int argc, char **argv)
{
    struct verify v = { 0 };
    struct image *im = NULL;
    struct image_refusal why = { 0 };
    argp_parse(&flowc_verify_argp, argc, argv, 0, NULL, &v);
    enum err e = image_load_file(&im, v.file, &why);
    if (e == ERR_NOT_FOUND || e == ERR_IO)
        return flowc_cannot(v.file, e);
    if (e) {
        fprintf(stderr, "flowc: %s: %s: %s\n", v.file, err_text(e), why.text);
        return FLOWC_MISTAKES;
    }
    int status = judge(&v, im);
    image_unref(&im);
    return status;
}
