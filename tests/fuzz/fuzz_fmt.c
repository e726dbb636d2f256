/* Any text through the formatter: what it prints is printed the same again, is accepted when the text was, and
 * compiles to the same image. */
#include "compiler/author/fmt.h"
#include "compiler/compile.h"
#include "tests/fuzz/fuzz.h"

static enum err format(struct str text, struct sbuf *out)
{
    uint32_t source, bad;
    struct arena *arena = arena_new();
    struct sources *sources = sources_new(arena);
    struct parse_env env = { arena, names_new(arena), sources, diags_new(arena, sources) };
    enum err e = source_add(sources, "fuzz.flow", text, &source, &bad);
    if (!e)
        e = fmt_source(&env, source, out);
    diags_close(env.diags);
    names_close(env.names);
    arena_free(&arena);
    return e;
}

/* The image without what says where its code stood in the text. */
static enum err compile(struct str text, struct sbuf *out)
{
    struct compile *c = compile_new();
    const struct image *made = NULL;
    enum err e = compile_text(c, "fuzz.flow", text, &made);
    if (!e)
        e = image_encode(made, IMAGE_STRIP_DEBUG | IMAGE_STRIP_SOURCE | IMAGE_STRIP_TESTS, out);
    compile_free(&c);
    return e;
}

static void compare(struct str text, struct str made)
{
    struct sbuf before = { 0 }, after = { 0 };
    enum err was = compile(text, &before), is = compile(made, &after);
    fuzz_holds(was == is, "formatting changes no verdict", made.p);
    fuzz_holds(str_eq(sbuf_view(&before), sbuf_view(&after)), "formatting changes no image", made.p);
    sbuf_free(&before);
    sbuf_free(&after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sbuf made = { 0 }, again = { 0 };
    struct str text = { (const char *)data, size };
    sbuf_cstr(&made, "");
    sbuf_cstr(&again, "");
    if (!format(text, &made)) {
        fuzz_holds(format(sbuf_view(&made), &again) == ERR_OK, "what was formatted can be read", made.p);
        fuzz_holds(str_eq(sbuf_view(&made), sbuf_view(&again)), "formatting again changes nothing", again.p);
        compare(text, sbuf_view(&made));
    }
    sbuf_free(&made);
    sbuf_free(&again);
    return 0;
}
