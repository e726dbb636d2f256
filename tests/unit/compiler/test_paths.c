/* An image holds the same bytes wherever its files lie and however they are named. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/compile.h"

static const struct {
    const char *path, *text;
} files[] = {
    { "flows/a.flow", "use \"b.flow\"\nuse \"../shared/c.flow\"\nflow a { log \"{one()} {two()} {number(3)}\" }\n" },
    { "flows/b.flow", "fn one() -> int { return 1 }\n" },
    { "shared/c.flow", "use \"d.flow\"\nfn two() -> int { return 1 + two_less_one() }\n" },
    { "shared/d.flow", "fn two_less_one() -> int { return 1 }\n" },
};

static int make_project(void **state)
{
    static char folder[] = "/tmp/callflow-paths-XXXXXX";
    if (!mkdtemp(folder) || chdir(folder) || mkdir("flows", 0700) || mkdir("shared", 0700))
        return -1;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct str text = str_of(files[i].text);
        if (file_write(files[i].path, text.p, text.len))
            return -1;
    }
    *state = folder;
    return 0;
}

static int remove_project(void **state)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(files[i].path);
    return rmdir("flows") || rmdir("shared") || chdir("/") || rmdir(*state);
}

static struct sbuf built(const char *path)
{
    struct compile *c = compile_new();
    const struct image *made;
    struct sbuf bytes = { 0 };
    assert_int_equal(compile_file(c, path, &made), ERR_OK);
    assert_int_equal(image_encode(made, IMAGE_STRIP_NOTHING, &bytes), ERR_OK);
    compile_free(&c);
    return bytes;
}

static void same_bytes_by_any_path(void **state)
{
    struct sbuf whole = { 0 }, first = built("flows/a.flow"), other[4];
    sbuf_fmt(&whole, "%s/flows/a.flow", (const char *)*state);
    other[0] = built(whole.p);
    other[1] = built("./flows/a.flow");
    other[2] = built("shared/../flows/a.flow");
    assert_int_equal(chdir("flows"), 0);
    other[3] = built("a.flow");
    assert_int_equal(chdir(".."), 0);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(other[i].len, first.len);
        assert_memory_equal(other[i].p, first.p, first.len);
        sbuf_free(&other[i]);
    }
    sbuf_free(&first);
    sbuf_free(&whole);
}

static void paths_begin_at_the_flows_file(void **state)
{
    static const char *const wanted[] = { "a.flow", "b.flow", "../shared/c.flow", "../shared/d.flow", "prelude.flow" };
    struct sbuf bytes = built("flows/a.flow");
    struct image_refusal why = { "" };
    struct image *im;
    (void)state;
    assert_int_equal(image_load(&im, bytes.p, bytes.len, &why), ERR_OK);
    assert_int_equal(im->nsources, sizeof wanted / sizeof *wanted);
    for (uint32_t i = 0; i < im->nsources; i++)
        assert_true(str_is(im->sources[i].path, wanted[i]));
    image_unref(&im);
    sbuf_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(same_bytes_by_any_path),
                                        cmocka_unit_test(paths_begin_at_the_flows_file) };
    return cmocka_run_group_tests(tests, make_project, remove_project);
}
