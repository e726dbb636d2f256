/* flowc keygen NAME: a pair of keys to sign images with. */
#include "compiler/flowc.h"

#include <stdio.h>

#include "vm/isa/image_seal.h"

static error_t on_option(int key, char *arg, struct argp_state *state)
{
    const char **name = state->input;
    switch (key) {
    case ARGP_KEY_ARG:
        if (*name)
            argp_usage(state);
        *name = arg;
        return 0;
    case ARGP_KEY_NO_ARGS: argp_usage(state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

const struct argp flowc_keygen_argp = {
    NULL,
    on_option,
    "NAME",
    "Makes a pair of keys (Ed25519): NAME.key signs images, NAME.pub tells who did.\vNAME.key is secret: 'flowc build "
    "--sign "
    "NAME.key' reads it. A server that is started with 'flowd --require-signature NAME.pub' takes only images that it "
    "has "
    "signed. Both are PEM, as openssl writes them. Neither file may be there already.",
    NULL,
    NULL,
    NULL
};

int flowc_keygen(int argc, char **argv)
{
    const char *name = NULL;
    struct sbuf secret = { 0 }, public = { 0 };
    argp_parse(&flowc_keygen_argp, argc, argv, 0, NULL, &name);
    sbuf_fmt(&secret, "%s.key", name);
    sbuf_fmt(&public, "%s.pub", name);
    enum err e = image_keys_make(secret.p, public.p);
    int status = FLOWC_OK;
    if (e == ERR_EXISTS) {
        fprintf(stderr, "flowc: %s or %s is there already; take another name\n", secret.p, public.p);
        status = FLOWC_USAGE;
    } else if (e) {
        status = flowc_cannot(secret.p, e);
    } else {
        printf("%s signs images: keep it secret. %s is for those who check.\n", secret.p, public.p);
    }
    sbuf_free(&secret);
    sbuf_free(&public);
    return status;
}
