/* flowc dump FILE: the listing of an image, or of what a flow compiles to. */
#include "compiler/flowc.h"

#include <stdio.h>

#include "vm/isa/disasm.h"

static error_t on_option(int key, char *arg, struct argp_state *state)
{
    const char **file = state->input;
    switch (key) {
    case ARGP_KEY_ARG:
        if (*file)
            argp_usage(state);
        *file = arg;
        return 0;
    case ARGP_KEY_NO_ARGS: argp_usage(state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static void print_image(const struct image *im)
{
    struct sbuf out = { 0 };
    image_disasm(im, &out);
    if (out.len)
        fwrite(out.p, 1, out.len, stdout);
    sbuf_free(&out);
}

static int dump_image(const char *path)
{
    struct image *im = NULL;
    struct image_refusal why = { 0 };
    enum err e = image_load_file(&im, path, &why);
    if (e) {
        fprintf(stderr, "flowc: %s: %s%s%s\n", path, err_text(e), why.text[0] ? ": " : "", why.text);
        return FLOWC_USAGE;
    }
    print_image(im);
    image_unref(&im);
    return FLOWC_OK;
}

static int dump_flow(const char *path)
{
    struct compile *compile = compile_new();
    const struct image *im = NULL;
    enum err e = compile_file(compile, path, &im);
    int status = e ? FLOWC_MISTAKES : FLOWC_OK;
    flowc_show(compile_diags(compile));
    if (!e)
        print_image(im);
    else if (e != ERR_SYNTAX)
        status = flowc_cannot(path, e);
    compile_free(&compile);
    return status;
}

const struct argp flowc_dump_argp = {
    NULL, on_option, "FILE", "Shows the bytecode of a flow (.flow) or of an image (.flowc).", NULL, NULL, NULL
};

int flowc_dump(int argc, char **argv)
{
    const char *file = NULL;
    argp_parse(&flowc_dump_argp, argc, argv, 0, NULL, &file);
    return str_ends(str_of(file), ".flowc") ? dump_image(file) : dump_flow(file);
}
