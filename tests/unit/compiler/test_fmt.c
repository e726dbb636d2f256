/* The formatter: one layout, reached in one step, and the same program. */
#include "tests/unit/compiler/front.h"

#include <string.h>

#include "compiler/author/fmt.h"

/* Formats a text; the result is the caller's. */
static struct sbuf format(struct str text)
{
    struct sbuf out = { 0 };
    struct front f;
    front_open(&f, text);
    enum err e = fmt_source(&f.env, f.source, &out);
    if (e)
        fail_msg("%.*s\n%s", STR_ARG(text), front_errors(&f));
    front_close(&f);
    return out;
}

static const struct {
    const char *name, *text, *want;
} rows[] = {
    { "empty", "", "" },
    { "spaces", "flow  a{say   \"x\" ,barge : yes;hangup}", "flow a { say \"x\", barge: yes; hangup }\n" },
    { "indent", "flow a {\nif a {\nhangup\n}\n      else_()\n}\n",
      "flow a {\n    if a {\n        hangup\n    }\n    else_()\n}\n" },
    { "a block is broken whole or not at all", "flow a { if x { hangup\n answer }\n}",
      "flow a {\n    if x {\n        hangup\n        answer\n    }\n}\n" },
    { "a closing brace behind a statement", "flow a {\n    if x {\n        hangup } else {\n        answer\n    }\n}\n",
      "flow a {\n    if x {\n        hangup\n    } else {\n        answer\n    }\n}\n" },
    { "empty lines", "\n\nflow a {\n\n\n    hangup\n\n\n\n    answer\n\n}\n\n\n",
      "flow a {\n    hangup\n\n    answer\n}\n" },
    { "needless semicolons", "flow a {\n hangup;\n say \"x\";; answer; }",
      "flow a {\n    hangup\n    say \"x\"; answer\n}\n" },
    { "names", "pronounce   \"a\"as\"b\",\"c\"   as \"d\"\nflow a{hangup}",
      "pronounce \"a\" as \"b\", \"c\" as \"d\"\nflow a { hangup }\n" },
    { "operators", "const x=1+2*-3-(-4)\nconst y = not(a)and b==-1",
      "const x = 1 + 2 * -3 - (-4)\nconst y = not (a) and b == -1\n" },
    { "indexes and lists", "const x = xs [0] else - 1\nflow a {\nbridge[\"a\",\"b\"]\nplay -1\n}",
      "const x = xs[0] else -1\nflow a {\n    bridge [\"a\", \"b\"]\n    play -1\n}\n" },
    { "objects", "flow a {\nfetch u, json:{a:1,\"b\":[{c:2}]}\n}",
      "flow a {\n    fetch u, json: { a: 1, \"b\": [{ c: 2 }] }\n}\n" },
    { "texts", "const x = \"a{ b }c{f( 1,\"{ d }\" )}\"", "const x = \"a{b}c{f(1, \"{d}\")}\"\n" },
    { "hours", "hours h{\nmon - fri 09:00 - 17:00,18:00-19:00\nclosed 12 - 25\n}",
      "hours h {\n    mon-fri 09:00-17:00, 18:00-19:00\n    closed 12-25\n}\n" },
    { "outcomes", "fn f( ) ->yes|for( x :int ){\nreturn for ( 1 )\n}",
      "fn f() -> yes | for(x: int) {\n    return for(1)\n}\n" },
    { "clauses in columns", "flow a {\nbridge x {\non ended(t) {hangup}\non busy {}\nelse {hangup}\n}\n}",
      "flow a {\n    bridge x {\n        on ended(t) { hangup }\n        on busy     { }\n        else        { hangup "
      "}\n    }\n}\n" },
    { "but not beside a long one",
      "flow a {\nbridge x {\non ended {hangup}\non busy {}\non no_answer, declined, offline, failed {}\n}\n}",
      "flow a {\n    bridge x {\n        on ended { hangup }\n        on busy  { }\n        on no_answer, declined, "
      "offline, failed { }\n    }\n}\n" },
    { "a column that the author made is kept",
      "flow a {\nbridge x {\non ended    {}\non busy     {}\non no_answer, declined, offline, failed {}\n}\n}",
      "flow a {\n    bridge x {\n        on ended    { }\n        on busy     { }\n        on no_answer, declined, "
      "offline, failed { }\n    }\n}\n" },
    { "also beside a long one",
      "flow a {\nbridge x {\non busy                                  {}\non no_answer, declined, offline, failed "
      "{}\n}\n}",
      "flow a {\n    bridge x {\n        on busy                                  { }\n        on no_answer, declined, "
      "offline, failed { }\n    }\n}\n" },
    { "but not one that is far too wide", "flow a {\nbridge x {\non ended         {}\non busy          {}\n}\n}",
      "flow a {\n    bridge x {\n        on ended { }\n        on busy  { }\n    }\n}\n" },
    { "and not of one line alone", "flow a {\nbridge x {\non ended   {}\n}\n}",
      "flow a {\n    bridge x {\n        on ended { }\n    }\n}\n" },
    { "choices", "flow a {\nmenu \"x\" {\n\"1\"{again}\n\"1??\"(ext){}\non gave_up {}\n}\n}",
      "flow a {\n    menu \"x\" {\n        \"1\"        { again }\n        \"1?"
      "?\"(ext) { }\n        on gave_up { }\n    }\n}\n" },
    { "values in columns", "flow a {\nlet x = 1\nlet long = 2\n\nlet y = 3\n}",
      "flow a {\n    let x    = 1\n    let long = 2\n\n    let y = 3\n}\n" },
    { "comments", "#one\n  # two\nflow a { # three\n# four\nhangup #five\nsay \"x\"   # six\n# seven\n}\n# eight",
      "# one\n# two\nflow a {  # three\n    # four\n    hangup   # five\n    say \"x\"  # six\n    # seven\n}\n# "
      "eight\n" },
    { "further lines",
      "flow a {\nbridge x,\nring: 1s {\non ended {\nhangup\n}\n}\nlet x = 1 +\n2\nlet l = [\n1,\n2\n]\n}",
      "flow a {\n    bridge x,\n        ring: 1s {\n        on ended {\n            hangup\n        }\n    }\n    let "
      "x = 1 +\n        2\n"
      "    let l = [\n        1,\n        2\n    ]\n}\n" },
    { "tests", "test \"t\" {\nexpect bridge[\"a\"]{ended after 5s}\nexpect no bridge to[\"b\"]\npress \"1\"after 1s\n}",
      "test \"t\" {\n    expect bridge [\"a\"] { ended after 5s }\n    expect no bridge to [\"b\"]\n    press \"1\" "
      "after 1s\n}\n" },
};

static void laid_out_as(void **state)
{
    int failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sbuf once = format(str_of(rows[i].text)), twice = format(sbuf_view(&once));
        bool same = str_eq(sbuf_view(&once), str_of(rows[i].want));
        if (!same)
            print_error("%s:\nwant:\n%sgot:\n%s", rows[i].name, rows[i].want, once.len ? once.p : "");
        if (!str_eq(sbuf_view(&once), sbuf_view(&twice)))
            print_error("%s, formatted again:\n%s", rows[i].name, twice.p);
        failed += !same || !str_eq(sbuf_view(&once), sbuf_view(&twice));
        sbuf_free(&once);
        sbuf_free(&twice);
    }
    assert_int_equal(failed, 0);
}

/* The sample flows show the layout: they stay as they are. What is laid out means what it meant: token by token. */
static void tokens_of(struct str text, struct sbuf *out)
{
    struct front f;
    struct tokens tokens = { 0 };
    front_open(&f, text);
    lex_file(&tokens, &f.env, f.source, true);
    for (size_t i = 0; i < tokens.len; i++)
        if (tokens.items[i].kind != TOKEN_NEWLINE && tokens.items[i].kind != TOKEN_SEMICOLON)
            sbuf_fmt(out, "%.*s\n", (int)tokens.items[i].len,
                     source_at(f.env.sources, f.source)->text.p + tokens.items[i].start);
    vec_free(&tokens);
    front_close(&f);
}

static void samples_mean_the_same(void **state)
{
    static const char *const files[] = { "default", "welcome", "reception", "support", "hunt", "company" };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct sbuf path = { 0 }, text = { 0 }, want = { 0 }, got = { 0 };
        sbuf_fmt(&path, "flows/%s.flow", files[i]);
        assert_int_equal(sbuf_read_file(&text, path.p, 1 << 20), ERR_OK);
        struct sbuf once = format(sbuf_view(&text)), twice = format(sbuf_view(&once));
        assert_string_equal(once.p, text.p);
        assert_string_equal(once.p, twice.p);
        tokens_of(sbuf_view(&text), &want);
        tokens_of(sbuf_view(&once), &got);
        assert_string_equal(want.p, got.p);
        struct sbuf *all[] = { &path, &text, &want, &got, &once, &twice };
        for (size_t k = 0; k < sizeof all / sizeof *all; k++)
            sbuf_free(all[k]);
    }
}

static void mistakes_are_not_laid_out(void **state)
{
    static const char *const texts[] = { "flow a { let }", "flow a { \"x }", "flow a { unknown ]) { } }" };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct front f;
        struct sbuf out = { 0 };
        front_open(&f, str_of(texts[i]));
        assert_int_equal(fmt_source(&f.env, f.source, &out), ERR_SYNTAX);
        assert_int_equal(out.len, 0);
        front_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(laid_out_as),
        cmocka_unit_test(samples_mean_the_same),
        cmocka_unit_test(mistakes_are_not_laid_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
