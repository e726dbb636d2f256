/* Diagnostics as text: places, carets, notes, order. */
#include "tests/unit/compiler/front.h"

#include <string.h>

static const struct {
    const char *name, *text;
    uint32_t start, len;
    const char *want;
} rows[] = {
    { "one word", "flow a {\n    bridge x\n}\n", 13, 6,
      "t.flow:2:5: error: wrong\n    2 |     bridge x\n      |     ^^^^^^\n" },
    { "tabs", "\tab\tcd\n", 4, 2, "t.flow:1:5: error: wrong\n    1 |     ab  cd\n      |         ^^\n" },
    { "columns count characters", "\"\xC5\xBC\xC3\xB3\" x", 7, 1,
      "t.flow:1:6: error: wrong\n    1 | \"\xC5\xBC\xC3\xB3\" x\n      |      ^\n" },
    { "wide characters", "\xE6\xBC\xA2 x", 4, 1, "t.flow:1:3: error: wrong\n    1 | \xE6\xBC\xA2 x\n      |    ^\n" },
    { "over the line's end", "abc\ndef", 1, 5, "t.flow:1:2: error: wrong\n    1 | abc\n      |  ^^\n" },
    { "the file's end", "abc\n", 4, 0, "t.flow:2:1: error: wrong\n    2 | \n      | ^\n" },
    { "no length", "abc", 1, 0, "t.flow:1:2: error: wrong\n    1 | abc\n      |  ^\n" },
    { "carriage return", "ab\r\ncd", 0, 2, "t.flow:1:1: error: wrong\n    1 | ab\n      | ^^\n" },
    { "escape characters stay out of the terminal", "a\x1b[31mb", 0, 1,
      "t.flow:1:1: error: wrong\n    1 | a\xEF\xBF\xBD[31mb\n      | ^\n" },
};

static void rendered_as(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct front f;
        front_open(&f, str_of(rows[i].text));
        struct diag *d = diag_error(f.env.diags, (struct span){ f.source, rows[i].start, rows[i].len }, "wrong");
        diag_render(&f.shown, f.env.diags, d, false);
        if (strcmp(f.shown.p, rows[i].want) != 0)
            fail_msg("%s:\nwant:\n%sgot:\n%s", rows[i].name, rows[i].want, f.shown.p);
        front_close(&f);
    }
}

static void notes_and_help(void **state)
{
    struct front f;
    (void)state;
    front_open(&f, STR("a\nb\n"));
    struct diag *d = diag_warning(f.env.diags, (struct span){ f.source, 2, 1 }, "'%s' is not used", "b");
    diag_note(d, (struct span){ f.source, 0, 1 }, "first");
    diag_note(d, (struct span){ f.source, 2, 1 }, "second");
    diag_help(d, "remove it");
    diag_render(&f.shown, f.env.diags, d, false);
    assert_string_equal(f.shown.p, "t.flow:2:1: warning: 'b' is not used\n    2 | b\n      | ^\n"
                                   "t.flow:1:1: note: first\n    1 | a\n      | ^\n"
                                   "t.flow:2:1: note: second\n    2 | b\n      | ^\nhelp: remove it\n");
    sbuf_clear(&f.shown);
    diag_render(&f.shown, f.env.diags, d, true);
    assert_non_null(strstr(f.shown.p, "\x1b[1;35mwarning:\x1b[0m"));
    front_close(&f);
}

static void sorted_and_said_once(void **state)
{
    struct front f;
    (void)state;
    front_open(&f, STR("abc\ndef\n"));
    diag_error(f.env.diags, (struct span){ f.source, 4, 1 }, "late");
    diag_error(f.env.diags, (struct span){ f.source, 1, 1 }, "early");
    diag_warning(f.env.diags, (struct span){ f.source, 1, 1 }, "other");
    diag_error(f.env.diags, (struct span){ f.source, 1, 2 }, "early");
    assert_int_equal(diags_errors(f.env.diags), 3);
    assert_string_equal(front_errors(&f), "1:2 early\n1:2 other\n2:1 late\n");
    assert_int_equal(diags_errors(f.env.diags), 2);
    front_close(&f);
}

static void dropped(void **state)
{
    struct front f;
    (void)state;
    front_open(&f, STR("abc"));
    diag_error(f.env.diags, (struct span){ f.source, 0, 1 }, "kept");
    size_t mark = diags_count(f.env.diags);
    diag_error(f.env.diags, (struct span){ f.source, 1, 1 }, "gone");
    diags_drop(f.env.diags, mark);
    assert_int_equal(diags_errors(f.env.diags), 1);
    assert_string_equal(front_errors(&f), "1:1 kept\n");
    front_close(&f);
}

static const struct {
    const char *bytes;
    size_t len, bad;
    bool valid;
} encodings[] = {
    { "abc", 3, 0, true },
    { "\xC5\xBC", 2, 0, true },
    { "\xF0\x9F\x98\x80", 4, 0, true },
    { "a\xFF", 2, 1, false },
    { "a\xC5", 2, 1, false },            /* cut off */
    { "\xC0\xAF", 2, 0, false },         /* overlong */
    { "\xE0\x80\xAF", 3, 0, false },     /* overlong */
    { "\xED\xA0\x80", 3, 0, false },     /* a surrogate */
    { "\xF4\x90\x80\x80", 4, 0, false }, /* beyond U+10FFFF */
    { "\x80", 1, 0, false },
};

static void utf8_is_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++) {
        size_t bad = 0;
        struct str text = { encodings[i].bytes, encodings[i].len };
        assert_int_equal(utf8_valid(text, &bad), encodings[i].valid);
        assert_int_equal(bad, encodings[i].bad);
    }
}

static void paths_join(void **state)
{
    struct arena *a = arena_new();
    (void)state;
    assert_string_equal(source_join_path(a, STR("flows/a.flow"), STR("b.flow")), "flows/b.flow");
    assert_string_equal(source_join_path(a, STR("a.flow"), STR("lib/b.flow")), "lib/b.flow");
    assert_string_equal(source_join_path(a, STR("flows/a.flow"), STR("/b.flow")), "/b.flow");
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rendered_as), cmocka_unit_test(notes_and_help),  cmocka_unit_test(sorted_and_said_once),
        cmocka_unit_test(dropped),     cmocka_unit_test(utf8_is_checked), cmocka_unit_test(paths_join),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
