/* Any text as a flow: it is refused with mistakes that can be shown, or it becomes an image that loads and runs. */
#include "compiler/compile.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/run/random_host.h"

enum { ACTIONS = 50 };

static void show(const struct diags *list)
{
    struct sbuf shown = { 0 };
    for (size_t i = 0; i < diags_count(list); i++)
        diag_render(&shown, list, diags_at(list, i), i & 1);
    sbuf_free(&shown);
}

/* A flow may be too big for an image, and is then refused as such: nothing else may go wrong. */
static void load(const struct image *made, uint64_t seed)
{
    struct sbuf bytes = { 0 };
    struct image_refusal why = { "" };
    struct image *im = NULL;
    enum err e = image_encode(made, IMAGE_STRIP_NOTHING, &bytes);
    fuzz_holds(e == ERR_OK || e == ERR_TOO_BIG, "what was compiled can be written", err_text(e));
    if (!e) {
        e = image_load(&im, bytes.p, bytes.len, &why);
        fuzz_holds(e == ERR_OK, "what was compiled is accepted", why.text);
        random_run(im, seed, ACTIONS);
    }
    image_unref(&im);
    sbuf_free(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct compile *c = compile_new();
    struct str text = { (const char *)data, size };
    const struct image *made = NULL;
    enum err e = compile_text(c, "fuzz.flow", text, &made);
    FUZZ_HOLDS(e != ERR_SYNTAX || diags_errors(compile_diags(c)), "what is refused has a mistake");
    FUZZ_HOLDS(e || !diags_errors(compile_diags(c)), "what is accepted has none");
    show(compile_diags(c));
    if (!e)
        load(made, str_hash(text));
    compile_free(&c);
    return 0;
}
