/* The lexer: what a text is cut into. */
#include "tests/unit/compiler/front.h"

#include <string.h>

/* Tokens by their names in token.def, with what they stand for. */
static const char *const kind_names[] = {
#define TOKEN(name, text, goes_on)   #name,
#define KEYWORD(name, text, goes_on) text,
#include "compiler/token.def"
#undef TOKEN
#undef KEYWORD
};

static const struct {
    const char *name, *text, *want;
} rows[] = {
    { "empty", "", "NEWLINE END" },
    { "words and keywords", "let let_ on_ on", "let WORD:let_ WORD:on_ on NEWLINE END" },
    { "durations", "500ms 20s 5m 2h 1d 1h30m 1d2h3m4s5ms",
      "DURATION:500 DURATION:20000 DURATION:300000 DURATION:7200000 DURATION:86400000 DURATION:5400000 "
      "DURATION:93784005 NEWLINE END" },
    { "zero and the largest", "0 007 9223372036854775807", "INT:0 INT:7 INT:9223372036854775807 NEWLINE END" },
    { "dates and times", "2026-12-25 09:30 24:00 12-25",
      "DATE:2026-12-25 TIME:570 TIME:1440 INT:12 MINUS INT:25 NEWLINE END" },
    { "29 February", "2024-02-29 2000-02-29", "DATE:2024-02-29 DATE:2000-02-29 NEWLINE END" },
    { "ranges of times", "09:00-17:00", "TIME:540 MINUS TIME:1020 NEWLINE END" },
    { "no date", "12026-12-25", "INT:12026 MINUS INT:12 MINUS INT:25 NEWLINE END" },
    { "signs", "( ) [ ] { } , : | -> . = + - * / % == != < <= > >= ;",
      "PAREN_OPEN PAREN_CLOSE BRACKET_OPEN BRACKET_CLOSE BRACE_OPEN BRACE_CLOSE COMMA COLON BAR ARROW DOT ASSIGN PLUS "
      "MINUS STAR SLASH "
      "PERCENT EQUAL NOT_EQUAL LESS LESS_EQUAL GREATER GREATER_EQUAL SEMICOLON NEWLINE END" },
    { "lines end", "a\n\n\nb # c\n# d\n", "WORD:a NEWLINE WORD:b NEWLINE NEWLINE END" },
    { "lines go on", "a,\nb |\nc ->\nd +\ne and\nf (\n)",
      "WORD:a COMMA WORD:b BAR WORD:c ARROW WORD:d PLUS WORD:e and WORD:f PAREN_OPEN PAREN_CLOSE "
      "NEWLINE END" },
    { "and over comments", "a, # one\n\n# two\nb", "WORD:a COMMA WORD:b NEWLINE END" },
    { "carriage returns", "a\r\nb,\r\nc\r\n", "WORD:a NEWLINE WORD:b COMMA WORD:c NEWLINE NEWLINE END" },
    { "byte order mark",
      "\xEF\xBB\xBF"
      "a",
      "WORD:a NEWLINE END" },
    { "plain texts", "\"a\" \"\" \"\\\"\\{\"", "TEXT TEXT TEXT NEWLINE END" },
    { "expressions in texts", "\"a {b} c {d}\"", "TEXT_OPEN WORD:b TEXT_MIDDLE WORD:d TEXT_CLOSE NEWLINE END" },
    { "texts in texts", "\"a {f(\"b {c} d\")} e\"",
      "TEXT_OPEN WORD:f PAREN_OPEN TEXT_OPEN WORD:c TEXT_CLOSE PAREN_CLOSE TEXT_CLOSE NEWLINE END" },
    { "braces in a text's expression", "\"{ f({}) }\"",
      "TEXT_OPEN WORD:f PAREN_OPEN BRACE_OPEN BRACE_CLOSE PAREN_CLOSE TEXT_CLOSE NEWLINE END" },
    { "hash in a text", "\"# no comment\" # one", "TEXT NEWLINE END" },
    { "broken text", "\"abc\nd", "BAD NEWLINE WORD:d NEWLINE END" },
    { "label before a time", "for:30m", "for COLON DURATION:1800000 NEWLINE END" },
};

static void show(struct front *f, const struct token *t)
{
    sbuf_fmt(&f->shown, "%s%s", f->shown.len ? " " : "", kind_names[t->kind]);
    if (t->kind == TOKEN_WORD)
        sbuf_fmt(&f->shown, ":%.*s", STR_ARG(t->u.name->text));
    else if (t->kind == TOKEN_INT || t->kind == TOKEN_DURATION || t->kind == TOKEN_TIME)
        sbuf_fmt(&f->shown, ":%lld", (long long)t->u.number);
    else if (t->kind == TOKEN_DATE)
        sbuf_fmt(&f->shown, ":%04d-%02d-%02d", (int)(t->u.number >> 16), (int)(t->u.number >> 8 & 255),
                 (int)(t->u.number & 255));
}

static void tokens_are(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct front f;
        struct tokens tokens = { 0 };
        front_open(&f, str_of(rows[i].text));
        lex_file(&tokens, &f.env, f.source, false);
        for (size_t k = 0; k < tokens.len; k++)
            show(&f, &tokens.items[k]);
        if (strcmp(f.shown.p, rows[i].want) != 0)
            fail_msg("%s:\nwant: %s\ngot:  %s", rows[i].name, rows[i].want, f.shown.p);
        vec_free(&tokens);
        front_close(&f);
    }
}

static void comments_on_demand(void **state)
{
    struct front f;
    struct tokens tokens = { 0 };
    (void)state;
    front_open(&f, STR("a, # one  \r\n# two\nb"));
    lex_file(&tokens, &f.env, f.source, true);
    for (size_t k = 0; k < tokens.len; k++)
        show(&f, &tokens.items[k]);
    assert_string_equal(f.shown.p, "WORD:a COMMA COMMENT COMMENT WORD:b NEWLINE END");
    assert_int_equal(tokens.items[2].len, 5);
    vec_free(&tokens);
    front_close(&f);
}

/* Any bytes at all are read to the end without harm; a cheap walk over pairs and triples of bytes that mean something.
 */
static void anything_is_read(void **state)
{
    static const char bytes[] = "a0\"{}\\\n\r #-:9(.\xC5\xBC";
    size_t n = sizeof bytes - 1;
    (void)state;
    for (size_t i = 0; i < n * n * n * n; i++) {
        char text[4] = { bytes[i % n], bytes[i / n % n], bytes[i / n / n % n], bytes[i / n / n / n] };
        size_t bad;
        struct front f;
        if (!utf8_valid((struct str){ text, 4 }, &bad))
            continue;
        front_open(&f, (struct str){ text, 4 });
        parse_file(&f.env, f.source);
        front_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_are),
        cmocka_unit_test(comments_on_demand),
        cmocka_unit_test(anything_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
