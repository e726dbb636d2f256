/* Slices, buffers and files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vm/base/str.h"

static void compares(void **state)
{
    (void)state;
    assert_true(str_eq(str_of(NULL), STR("")));
    assert_true(str_is(STR("abc"), "abc") && str_is(STR(""), "") && str_is(str_of(NULL), NULL));
    assert_true(!str_is(STR("ab"), "abc") && !str_is(STR("abc"), "ab") && !str_is(STR(""), "a"));
    assert_true(!str_is(STR("a\0b"), "a") && !str_is(STR("a\0"), "a") && !str_is(STR("a"), NULL));
    assert_true(str_starts(STR("abc"), "ab") && !str_starts(STR("a"), "ab") && str_starts(str_of(NULL), ""));
    assert_true(str_ends(STR("abc"), "bc") && !str_ends(STR("c"), "bc"));
    assert_true(str_cmp(STR("a"), STR("ab")) < 0 && str_cmp(STR("b"), STR("ab")) > 0);
    assert_int_equal(str_cmp(STR("a\0b"), STR("a\0b")), 0);
    assert_true(str_cmp(STR("z"), STR("\xc3\xa9")) < 0); /* bytes are unsigned */
    assert_true(str_hash(STR("a")) != str_hash(STR("b")));
}

static const struct {
    const char *text;
    bool ok;
    int64_t value;
} ints[] = {
    { "0", true, 0 },
    { "-0", true, 0 },
    { "007", true, 7 },
    { "9223372036854775807", true, INT64_MAX },
    { "-9223372036854775808", true, INT64_MIN },
    { "9223372036854775808", false, 0 },
    { "-9223372036854775809", false, 0 },
    { "99999999999999999999", false, 0 },
    { "", false, 0 },
    { "-", false, 0 },
    { "+1", false, 0 },
    { " 1", false, 0 },
    { "1x", false, 0 },
};

static void reads_ints(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ints / sizeof *ints; i++) {
        int64_t n = 0;
        bool ok = str_to_int(str_of(ints[i].text), &n);
        if (ok != ints[i].ok || n != ints[i].value)
            fail_msg("'%s' gives %d, %ld", ints[i].text, ok, (long)n);
    }
}

static const struct {
    const char *a, *b;
    unsigned max, want;
} distances[] = {
    { "bridge", "bridge", 2, 0 }, { "bridge", "brigde", 2, 2 },  { "say", "play", 2, 2 },
    { "", "ab", 3, 2 },           { "kitten", "sitting", 5, 3 }, { "kitten", "sitting", 1, 2 },
};

static void measures_distance(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof distances / sizeof *distances; i++)
        assert_int_equal(str_distance(str_of(distances[i].a), str_of(distances[i].b), distances[i].max),
                         distances[i].want);
}

static void buffer_grows(void **state)
{
    struct sbuf b = { 0 };
    (void)state;
    for (int i = 0; i < 1000; i++)
        sbuf_fmt(&b, "%03d", i);
    sbuf_char(&b, '!');
    sbuf_str(&b, STR("x\0y"));
    assert_int_equal(b.len, 3004);
    assert_memory_equal(b.p + 2997, "999!x\0y\0", 8);
    sbuf_clear(&b);
    assert_string_equal(b.p, "");
    sbuf_add(&b, NULL, 0);
    assert_int_equal(sbuf_view(&b).len, 0);
    sbuf_free(&b);
    assert_null(b.p);
}

static void files_are_whole_or_untouched(void **state)
{
    char dir[] = "/tmp/callflow-str-XXXXXX", path[64];
    struct sbuf b = { 0 };
    struct stat st;
    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/f", dir);
    assert_int_equal(sbuf_read_file(&b, path, 10), ERR_NOT_FOUND);
    assert_int_equal(file_write(path, "0123456789", 10), ERR_OK);
    assert_int_equal(sbuf_read_file(&b, path, 9), ERR_TOO_BIG);
    assert_int_equal(b.len, 0);
    assert_int_equal(sbuf_read_file(&b, path, 10), ERR_OK);
    assert_string_equal(b.p, "0123456789");
    assert_int_equal(file_write(path, "", 0), ERR_OK);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, 0);
    assert_int_equal(sbuf_read_file(&b, dir, 10), ERR_IO);
    unlink(path);
    assert_int_equal(rmdir(dir), 0); /* no temporary is left */
    assert_int_equal(file_write(path, "x", 1), ERR_IO);
    sbuf_free(&b);
}

static void words_are_cut_off(void **state)
{
    struct str rest = STR("  one two/three");

    (void)state;
    assert_true(str_is(str_word(&rest, " "), "one"));
    assert_true(str_is(str_word(&rest, " /"), "two"));
    assert_true(str_is(str_word(&rest, "/ "), "three"));
    assert_int_equal(str_word(&rest, " ").len, 0);
    assert_int_equal(rest.len, 0);
    rest = (struct str){ NULL, 0 };
    assert_int_equal(str_word(&rest, " ").len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_cut_off), cmocka_unit_test(compares),
        cmocka_unit_test(reads_ints),        cmocka_unit_test(measures_distance),
        cmocka_unit_test(buffer_grows),      cmocka_unit_test(files_are_whole_or_untouched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
