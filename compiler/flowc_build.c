/* flowc build FILE [-o OUT] [--strip] */
#include "compiler/flowc.h"

#include <stdio.h>

#include <stdlib.h>
#include <string.h>

#include "vm/isa/image_seal.h"

struct build {
    const char *file;
    const char *out; /* NULL: beside the source */
    unsigned strip;  /* enum image_strip */
    const char *key; /* to sign with; NULL: not signed */
};

static error_t on_option(int key, char *arg, struct argp_state *state)
{
    struct build *b = state->input;
    switch (key) {
    case 'o': b->out = arg; return 0;
    case 'S': b->key = arg; return 0;
    case 's': b->strip |= IMAGE_STRIP_DEBUG | IMAGE_STRIP_SOURCE | IMAGE_STRIP_TESTS; return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            argp_usage(state);
        b->file = arg;
        return 0;
    case ARGP_KEY_NO_ARGS: argp_usage(state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* "flows/a.flow" becomes "flows/a.flowc"; any other name gets ".flowc" behind it. */
static void default_out(struct sbuf *out, const char *file)
{
    struct str s = str_of(file);
    sbuf_str(out, s);
    sbuf_cstr(out, str_ends(s, ".flow") ? "c" : ".flowc");
}

static int sign(const struct build *b, struct sbuf *bytes)
{
    struct image_signing_key key;
    enum err e = image_key_read_secret(b->key, &key);
    if (e == ERR_INVALID) {
        fprintf(stderr, "flowc: %s: there is no secret key (Ed25519, PEM) in it; 'flowc keygen' makes one\n", b->key);
        return FLOWC_USAGE;
    }
    if (!e)
        e = image_sign(bytes, &key);
    return e ? flowc_cannot(b->key, e) : FLOWC_OK;
}

static int write_image(const struct build *b, const struct image *im)
{
    struct sbuf bytes = { 0 }, path = { 0 };
    enum err e = image_encode(im, b->strip, &bytes);
    if (b->out)
        sbuf_cstr(&path, b->out);
    else
        default_out(&path, b->file);
    int status = b->key && !e ? sign(b, &bytes) : FLOWC_OK;
    if (!e && !status)
        e = file_write(path.p, bytes.p, bytes.len);
    if (e)
        status = flowc_cannot(path.p, e);
    sbuf_free(&bytes);
    sbuf_free(&path);
    return status;
}

static const struct argp_option options[] = {
    { "output", 'o', "OUT", 0, "Where the image goes; FILE with .flowc at its end unless said", 0 },
    { "sign", 'S', "KEY", 0, "Sign the image with this key (flowc keygen)", 0 },
    { "strip", 's', NULL, 0, "Leave out source, line numbers and tests", 0 },
    { 0 }
};
const struct argp flowc_build_argp = { options, on_option, "FILE", "Compiles a flow into an image that flowd runs.",
                                       NULL,    NULL,      NULL };

int flowc_build(int argc, char **argv)
{
    struct build b = { .strip = IMAGE_PACK };
    struct compile *compile = compile_new();
    const struct image *im = NULL;
    int status = FLOWC_MISTAKES;
    argp_parse(&flowc_build_argp, argc, argv, 0, NULL, &b);
    enum err e = compile_file(compile, b.file, &im);
    flowc_show(compile_diags(compile));
    if (!e)
        status = write_image(&b, im);
    else if (e != ERR_SYNTAX)
        status = flowc_cannot(b.file, e);
    compile_free(&compile);
    return status;
}
