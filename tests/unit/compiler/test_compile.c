/* Whole compilations: files that use others, what may not be read, the same bytes each time, images that the verifier
 * takes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compiler/compile.h"

struct given {
    const char *name, *text;
};

struct project {
    const char *title;
    struct given files[4]; /* the first is compiled */
    enum err want;
    const char *message; /* of the first error; NULL: there is none */
};

static const struct project projects[] = {
    { "alone", { { "a.flow", "flow a { say \"hi\" }\n" } }, ERR_OK, NULL },
    { "uses a module",
      { { "a.flow", "use \"b.flow\"\nflow a { say \"{greeting} {f(2)}\" }\n" },
        { "b.flow", "const greeting = \"hello\"\nfn f(n: int) -> int { return n + 1 }\n" } },
      ERR_OK,
      NULL },
    { "uses of uses are flat",
      { { "a.flow", "use \"b.flow\"\nflow a { f() }\n" },
        { "b.flow", "use \"c.flow\"\nfn f() { log word }\n" },
        { "c.flow", "const word = \"x\"\n" } },
      ERR_OK,
      NULL },
    { "one module twice",
      { { "a.flow", "use \"b.flow\"\nuse \"c.flow\"\nflow a { log word }\n" },
        { "b.flow", "use \"c.flow\"\n" },
        { "c.flow", "const word = \"x\"\n" } },
      ERR_OK,
      NULL },
    { "missing module", { { "a.flow", "use \"nowhere.flow\"\nflow a { }\n" } }, ERR_SYNTAX, "cannot use \"" },
    { "circle",
      { { "a.flow", "use \"b.flow\"\nflow a { }\n" }, { "b.flow", "use \"a.flow\"\n" } },
      ERR_SYNTAX,
      "this 'use' closes a circle: that file uses this one" },
    { "itself", { { "a.flow", "use \"a.flow\"\nflow a { }\n" } }, ERR_SYNTAX, "this 'use' closes a circle" },
    { "a name from two files",
      { { "a.flow", "use \"b.flow\"\nconst word = \"y\"\nflow a { log word }\n" },
        { "b.flow", "const word = \"x\"\n" } },
      ERR_SYNTAX,
      "the name 'word' is taken" },
    { "an error in a module",
      { { "a.flow", "use \"b.flow\"\nflow a { f() }\n" }, { "b.flow", "fn f() { log x }\n" } },
      ERR_SYNTAX,
      "unknown name 'x'" },
    { "nothing to run",
      { { "a.flow", "fn f() { }\n" } },
      ERR_SYNTAX,
      "this file has no flow, so there is nothing to run" },
    { "not UTF-8", { { "a.flow", "flow a { say \"\xff\" }\n" } }, ERR_SYNTAX, "this is not UTF-8 text" },
};

static void write_file(const char *dir, const struct given *f)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, f->name);
    assert_int_equal(file_write(path, f->text, strlen(f->text)), ERR_OK);
}

static void remove_files(const char *dir, const struct project *p)
{
    char path[512];
    for (size_t i = 0; i < 4 && p->files[i].name; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, p->files[i].name);
        unlink(path);
    }
}

static bool as_wanted(const struct project *p, const struct compile *c, enum err e)
{
    const struct diags *list = compile_diags(c);
    if (e != p->want || (diags_errors(list) > 0) != (p->message != NULL))
        return false;
    return !p->message || str_starts(diags_at(list, 0)->message, p->message);
}

static void test_projects(void **state)
{
    char dir[] = "/tmp/test_compile_XXXXXX", path[512];
    unsigned wrong = 0;
    (void)state;
    assert_non_null(mkdtemp(dir));
    for (size_t i = 0; i < sizeof projects / sizeof *projects; i++) {
        const struct project *p = &projects[i];
        struct compile *c = compile_new();
        const struct image *image;
        for (size_t k = 0; k < 4 && p->files[k].name; k++)
            write_file(dir, &p->files[k]);
        snprintf(path, sizeof path, "%s/%s", dir, p->files[0].name);
        enum err e = compile_file(c, path, &image);
        if (!as_wanted(p, c, e)) {
            wrong++;
            print_message("%s: %s\n", p->title, err_name(e));
            if (diags_count(compile_diags(c)))
                print_message("  %.*s\n", STR_ARG(diags_at(compile_diags(c), 0)->message));
        }
        compile_free(&c);
        remove_files(dir, p);
    }
    rmdir(dir);
    assert_int_equal(wrong, 0);
}

static void test_missing_file(void **state)
{
    struct compile *c = compile_new();
    const struct image *image;
    (void)state;
    assert_int_equal(compile_file(c, "/nowhere/at/all.flow", &image), ERR_NOT_FOUND);
    assert_null(image);
    assert_null(compile_tree(c));
    assert_int_equal(diags_count(compile_diags(c)), 0);
    compile_free(&c);
}

/* Compiles a file into bytes; the verifier must take them. */
static void build(const char *path, struct sbuf *bytes)
{
    struct compile *c = compile_new();
    const struct image *image;
    struct image *loaded;
    struct image_refusal why = { "" };
    assert_int_equal(compile_file(c, path, &image), ERR_OK);
    assert_int_equal(image_encode(image, IMAGE_STRIP_NOTHING, bytes), ERR_OK);
    enum err e = image_load(&loaded, bytes->p, bytes->len, &why);
    if (e)
        print_message("%s: %s\n", path, why.text);
    assert_int_equal(e, ERR_OK);
    image_unref(&loaded);
    compile_free(&c);
}

static void test_samples(void **state)
{
    static const char *const paths[] = { "flows/default.flow", "flows/welcome.flow", "flows/hunt.flow",
                                         "flows/reception.flow", "flows/support.flow" };
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct sbuf one = { 0 }, two = { 0 };
        build(paths[i], &one);
        build(paths[i], &two);
        assert_int_equal(one.len, two.len);
        assert_memory_equal(one.p, two.p, one.len);
        sbuf_free(&one);
        sbuf_free(&two);
    }
}

static void test_module_checks(void **state)
{
    struct compile *c = compile_new();
    (void)state;
    assert_int_equal(compile_file(c, "flows/company.flow", NULL), ERR_OK);
    assert_non_null(compile_tree(c));
    compile_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_projects), cmocka_unit_test(test_missing_file),
                                        cmocka_unit_test(test_samples), cmocka_unit_test(test_module_checks) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
