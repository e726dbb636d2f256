/* What the emitter puts into an image, read back from its listing: each row is a source and lines that the listing
 * holds, in order. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "compiler/compile.h"
#include "vm/isa/disasm.h"

struct row {
    const char *name, *source;
    const char *want[8];
};

#define BODY(text) "flow a {\n" text "\n}\n"

static const struct row rows[] = {
    { "constants are folded", BODY("var n = 2 + 3 * 4\nlog \"{n}\""), { "LOADI      s0, 14" } },
    { "constant texts are joined",
      "const who = \"ann\"\n" BODY("say \"Hello {who}, {1 + 1}\""),
      { "\"Hello ann, 2\"" } },
    { "small sums", BODY("var n = 1\nn = n - 1\nlog \"{n}\""), { "ADDI       s0, s0, -1" } },
    { "small products",
      BODY("var n = 1\nn = n * 3\nn = -3 * n\nlog \"{n}\""),
      { "MULI       s0, s0, 3", "MULI       s0, s0, -3" } },
    { "small divisors",
      BODY("var n = 9\nn = n / 2\nn = n % 127\nlog \"{n}\""),
      { "DIVI       s0, s0, 2", "REMI       s0, s0, 127" } },
    { "divisors that are not small",
      BODY("var n = 9\nn = n / -1\nn = n % 128\nn = 9 / n\nlog \"{n}\""),
      { "DIV  ", "REM  ", "DIV  " } },
    { "so many turns", BODY("repeat 3 { log \"a\" }"), { "LOADI      s0, 3", "ACT        log", "DOWN       s0" } },
    { "perhaps no turn", BODY("var n = 1\nrepeat n { n = n + 1 }"), { "JLTI       s1, 1", "ADDI", "DOWN       s1" } },
    { "no turn", BODY("repeat 0 { log \"a\" }"), { "LOADI      s0, 0", "JLTI       s0, 1" } },
    { "comparisons jump", BODY("var n = 1\nif n > 3 { log \"a\" }"), { "JLTI       s0, 4" } },
    { "and, or, not",
      BODY("var n = 1\nif not (n == 1 or n == 2) and n != 5 { log \"a\" }"),
      { "JEQI       s0, 1", "JEQI       s0, 2", "JEQI       s0, 5" } },
    { "only what is written is passed",
      BODY("bridge \"ann\", ring: 5s { else { } }"),
      { "action bridge target: list of text, ring: duration ->" } },
    { "a target is a list",
      BODY("bridge call.from { else { } }") "permit dial connections\n",
      { "outside: bool ->", "FIELDT", "LISTT" } },
    { "a target of the flow's own",
      BODY("bridge call.dialed { else { } }"),
      { "action bridge target: list of text ->" } },
    { "barge as text",
      BODY("say \"x\", barge: yes\nsay \"x\", barge: \"12\"\nsay \"x\", barge: no"),
      { "\"*any\"", "\"12\"", "\"\"" } },
    { "no outcome, no switch", BODY("say \"x\""), { "ACT        say", "HALT" } },
    { "one clause", BODY("say \"x\" { on failed { log \"f\" } }"), { "JEQI       s0, 2" } },
    { "tries are the compiler's",
      BODY("menu \"m\", tries: 5 { \"1\" { again }; on gave_up { } }"),
      { "action menu prompt: text, choices: list of text ->", "LOADI      s0, 5", "LISTTK", "ACT        menu",
        "ADDI       s0, s0, -1", "LOOP" } },
    { "sounds", BODY("play [\"a.wav\", tone(\"dial\")]"), { "FILESOUND", "TONESOUND", "LISTS" } },
    { "a list of file names",
      "const files = [\"a.wav\", \"b.wav\"]\n" BODY("play files"),
      { "FILESOUND", "FILESOUND", "LISTS" } },
    { "texts in a table", BODY("match call.from { \"1\" { }; \"2\" { log \"a\" }; else { } }"), { "TSWITCH" } },
    { "hangup has its place",
      BODY("var n = 1\nlog \"{n}\"\non hangup { log \"left {n}\" }"),
      { "on hangup ->", "HALT", "HALT" } },
    { "json",
      BODY("notify webhook: \"https://x.example\", text: \"x\"\nfetch \"https://x.example\", json: { a: [1, yes, "
           "\"t\"] } { else { } }") "permit fetch \"https://x.example\"\n",
      { "JOBJ", "JARR", "JOFN", "JOFB", "JOFT", "JPUT" } },
    { "functions not reached are left out",
      BODY("f()") "fn g() { log \"never\" }\nfn f() { log \"now\" }\n",
      { "function 1 f" } },
};

static void listing(const struct row *row, struct sbuf *out)
{
    struct compile *c = compile_new();
    const struct image *image;
    struct image *loaded;
    struct image_refusal why = { "" };
    struct sbuf bytes = { 0 };
    enum err e = compile_text(c, "a.flow", str_of(row->source), &image);
    if (e)
        print_message("%s: %.*s\n", row->name, STR_ARG(diags_at(compile_diags(c), 0)->message));
    assert_int_equal(e, ERR_OK);
    assert_int_equal(image_encode(image, IMAGE_STRIP_SOURCE, &bytes), ERR_OK);
    e = image_load(&loaded, bytes.p, bytes.len, &why);
    if (e)
        print_message("%s: %s\n", row->name, why.text);
    assert_int_equal(e, ERR_OK);
    image_disasm(loaded, out);
    image_unref(&loaded);
    sbuf_free(&bytes);
    compile_free(&c);
}

static void test_rows(void **state)
{
    unsigned wrong = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sbuf text = { 0 };
        listing(&rows[i], &text);
        const char *from = text.p;
        for (size_t k = 0; k < 8 && rows[i].want[k] && from; k++) {
            from = strstr(from, rows[i].want[k]);
            if (from)
                from += strlen(rows[i].want[k]);
            else
                print_message("%s: no '%s' in\n%s\n", rows[i].name, rows[i].want[k], text.p);
        }
        wrong += !from;
        sbuf_free(&text);
    }
    assert_int_equal(wrong, 0);
}

/* More values at once than a function has slots: said, not written wrong. */
static void test_too_many_values(void **state)
{
    struct sbuf source = { 0 };
    struct compile *c = compile_new();
    const struct image *image;
    (void)state;
    sbuf_cstr(&source, "flow a {\n");
    for (int i = 0; i < 300; i++)
        sbuf_fmt(&source, "var v%d = %d\n", i, i);
    for (int i = 0; i < 300; i++)
        sbuf_fmt(&source, "log \"{v%d}\"\n", i);
    sbuf_cstr(&source, "}\n");
    assert_int_equal(compile_text(c, "a.flow", sbuf_view(&source), &image), ERR_SYNTAX);
    assert_null(image);
    assert_true(str_is(diags_at(compile_diags(c), 0)->message, "'a' holds too many values at once"));
    compile_free(&c);
    sbuf_free(&source);
}

static void test_tables(void **state)
{
    struct compile *c = compile_new();
    const struct image *im;
    (void)state;
    const char *source =
        "pronounce \"Nguyen\" as \"win\", \"Ann\" as \"Awn\"\npermit dial \"+48*\", connections at "
        "most 2\npermit fetch \"https://x.example\"\n"
        "hours h {\nzone \"Europe/Warsaw\"\nmon-fri 09:00-12:00, 13:00-17:00\nclosed 12-25\n}\n" BODY(
            "if open(h) { say \"hi\" }\nplay \"a.wav\"\nsay \"hi\", rate: 100\n"
            "say \"hi\", voice: \"rms\"\nsay \"hi\", rate: 200, voice: \"rms\"\nsay \"hi\", voice: \"rms\"\n"
            "var n = 3\nn = 4\nsay \"unknown\", rate: n\ncontinue with b");
    assert_int_equal(compile_text(c, "a.flow", str_of(source), &im), ERR_OK);
    assert_int_equal(im->nnames, 2);
    assert_true(str_is(im->names[0].word, "Nguyen") && str_is(im->names[1].said, "Awn"));
    assert_int_equal(im->npermits, 2);
    assert_int_equal(im->permits[0].kind, PERMIT_DIAL_CONNECTIONS);
    assert_int_equal(im->permits[0].npatterns, 1);
    assert_int_equal(im->permits[0].at_most, 2);
    assert_int_equal(im->permits[1].kind, PERMIT_FETCH);
    assert_int_equal(im->nhours, 1);
    assert_int_equal(im->hours[0].nrules, 3);
    assert_int_equal(im->hours[0].rules[1].from, 13 * 60);
    assert_int_equal(im->hours[0].rules[2].month, 12);
    assert_int_equal(im->nprompts, 2);
    assert_int_equal(im->nspoken, 2);
    assert_true(str_is(im->spoken[0].text, "hi") && str_is(im->spoken[0].voice, "rms") && im->spoken[0].rate == 100);
    assert_int_equal(im->spoken[1].rate, 200);
    assert_int_equal(im->ncontinues, 1);
    assert_true(str_is(im->continues[0], "b"));
    assert_true(str_is(im->flow, "a"));
    compile_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows), cmocka_unit_test(test_too_many_values),
                                        cmocka_unit_test(test_tables) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
