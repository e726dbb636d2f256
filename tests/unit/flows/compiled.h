/* Flows as their authors write them, compiled and loaded as the server would. */
#ifndef TESTS_UNIT_FLOWS_COMPILED_H
#define TESTS_UNIT_FLOWS_COMPILED_H

#include "compiler/compile.h"
#include "tests/unit/stdlib/scene.h"

/* text NULL: the file at that path. Fails the test with the first mistake when the compiler refuses it. */
static inline struct image *compiled(const char *path, const char *text)
{
    struct compile *c = compile_new();
    const struct image *made;
    struct sbuf bytes = { 0 };
    struct image_refusal why = { "" };
    struct image *im = NULL;
    enum err e = text ? compile_text(c, path, str_of(text), &made) : compile_file(c, path, &made);
    if (e)
        fail_msg("%s: %s: %.*s", path, err_text(e),
                 STR_ARG(diags_count(compile_diags(c)) ? diags_at(compile_diags(c), 0)->message : STR("")));
    assert_int_equal(image_encode(made, IMAGE_STRIP_NOTHING, &bytes), ERR_OK);
    if (image_load(&im, bytes.p, bytes.len, &why))
        fail_msg("%s: refused: %s", path, why.text);
    sbuf_free(&bytes);
    compile_free(&c);
    return im;
}

#endif
