/* Mistakes in a file: each is reported where it stands, once, and the rest of the file is read all the same. */
#include "tests/unit/compiler/front.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *text, *want;
} rows[] = {
    { "nothing wrong", "flow a { say \"hello\" }", "" },
    { "empty file", "", "" },
    { "three mistakes, three messages", "flow a {\n let = 3\n say \"ok\"\n var x 5\n if x == { hangup }\n hangup\n}\n",
      "2:6 expected a name, not '='\n4:8 expected '=', not '5'\n5:10 an object cannot stand here\n" },
    { "a comma is missing, its block is read", "flow a {\n bridge \"ann\" ring: 20s {\n on ended { let }\n }\n}",
      "2:15 expected ',' or the end of the line, not 'ring'\n3:17 expected a name, not '}'\n" },
    { "an unknown action's line says nothing here", "flow a {\n pleaze wait for (it\n fro x in y {\n let = 1\n }\n}",
      "4:6 expected a name, not '='\n" },
    { "block never closed", "flow a {\n if yes {\n  hangup\n\ntest \"t\" {\n expect ended\n}",
      "2:9 this '{' is never closed\n" },
    { "the block whose '}' stands too far left is blamed", "flow a {\n    if yes {\n        hangup\n}\n\nfn f() { }\n",
      "2:12 this '{' is never closed\n" },
    { "a line that ends too early is pointed at behind its last word", "flow a {\n    let x = 1 -   # why\n}",
      "3:1 expected a value, not '}'\n" },
    { "and not behind its comment", "flow a {\n    let x   # why\n}", "2:10 expected '=', not the end of the line\n" },
    { "brace too many", "flow a {\n}\n}\nflow b { }",
      "3:1 this '}' closes nothing\n4:6 a file has at most one flow\n" },
    { "statement outside of a flow", "say \"x\"\nflow a { let = 1 }",
      "1:1 expected use, language, pronounce, const, hours, permit, extern, fn, flow or test, not 'say'\n2:14 expected "
      "a name, "
      "not '='\n" },
    { "else on its own line", "flow a {\n if yes { hangup }\n else { hangup }\n}",
      "3:2 'else' stands on the line of the '}' before it\n" },
    { "text without end", "flow a {\n say \"hello\n say \"bye\"\n}", "2:6 this text has no closing quote\n" },
    { "brace in a text without end", "flow a {\n say \"hello {name\"\n hangup\n}",
      "2:13 this '{' in a text is never closed\n" },
    { "nothing in the braces of a text", "flow a {\n say \"a {} b {1 +} c\"\n}",
      "2:10 nothing stands between '{' and '}'\n2:18 expected a value, not '}' in a text\n" },
    { "unknown escape", "flow a { say \"a\\qb\" }", "1:16 a text knows no '\\q'\n" },
    { "foreign signs", "flow a {\n if a && b { }\n if !a { }\n say 'x'\n}",
      "2:7 unexpected '&&'\n3:5 unexpected '!'\n4:6 unexpected ''x''\n" },
    { "letters outside of texts", "flow a {\n let \xC5\xBC = 1\n}", "2:6 unexpected '\xC5\xBC'\n" },
    { "chained comparison", "flow a { if 1 < 2 < 3 { } }", "1:19 comparisons cannot be chained\n" },
    { "assignment as condition", "flow a { if x = 3 { } }", "1:15 '=' gives a value and cannot compare\n" },
    { "label twice", "flow a { bridge \"a\", ring: 1s, ring: 2s }", "1:32 'ring' is given twice\n" },
    { "by place after a label", "flow a { bridge ring: 1s, \"a\" }",
      "1:27 an argument without a label stands before those with one\n" },
    { "bindings for several outcomes", "flow a { bridge \"a\" { on ended, failed(why) { } } }",
      "1:40 a clause for several outcomes cannot give names to their values\n" },
    { "statement in a clause block", "flow a {\n menu \"x\" {\n say \"y\"\n on gave_up { let }\n }\n}",
      "3:2 only 'on', choices and 'else' can stand in the block of an action or a call\n4:19 expected a name, not "
      "'}'\n" },
    { "on without an action", "flow a {\n on done { let }\n}",
      "2:2 this 'on' belongs to no action\n2:16 expected a name, not '}'\n" },
    { "clauses that lost their action are spoken of once", "flow a {\n \"1\" { let }\n on x { }\n else { }\n hangup\n}",
      "2:2 a text alone says nothing\n2:12 expected a name, not '}'\n" },
    { "an answer of several lines", "test \"t\" {\n expect bridge \"a\" {\n busy\n }\n expect ended\n}", "" },
    { "an answer that never closes", "test \"t\" {\n expect bridge \"a\" { busy\n hear \"b\"\n hear \"c\"\n}",
      "2:20 this '{' is never closed\n3:2 expected '}', not 'hear'\n" },
    { "on hangup not last", "flow a {\n on hangup { log \"x\" }\n hangup\n}",
      "3:2 'on hangup' is the last thing in its flow\n" },
    { "on hangup in a function", "fn f() {\n on hangup { }\n}",
      "2:2 'on hangup' can only stand in a flow, outside of its blocks\n" },
    { "on hangup twice", "flow a {\n on hangup { }\n on hangup { }\n}", "3:2 a flow has one 'on hangup'\n" },
    { "capital letters", "flow Main {\n let myName = 1\n}",
      "1:6 names are written in small letters, as snake_case\n"
      "2:6 names are written in small letters, as snake_case\n" },
    { "keyword as a name", "flow a { let for = 1 }", "1:14 'for' is a word of the language and cannot be a name\n" },
    { "type as an outcome", "fn f() -> a | int { return a }", "1:15 'int' is a type and cannot be an outcome\n" },
    { "a time is no value", "flow a { let t = 09:30 }", "1:18 a time of day is no value\n" },
    { "days and times that are none",
      "hours h {\n closed 2026-02-30\n closed 02-30\n mon 9:00-17:00\n tue 17:00-09:00\n wed 09:00-24:01\n}",
      "2:9 there is no day 2026-02-30\n3:9 there is no such day in a year\n4:6 the hour of a time has two digits\n"
      "5:6 this ends before it starts\n6:12 there is no time 24:01\n" },
    { "numbers", "flow a {\n pause 5x\n pause 99999999999999999999\n pause 9999999999999d\n}",
      "2:8 '5x' is neither a number nor a duration\n3:8 '99999999999999999999' is too large\n4:8 '9999999999999d' is "
      "too large\n" },
    { "a name that is not said", "pronounce \"Ann\"\nflow a { }",
      "1:16 expected 'as' and how it is said, not the end of the line\n" },
    { "a name that is no text", "pronounce Ann as \"x\"\nflow a { }", "1:11 expected a name: \"Nguyen\", not 'Ann'\n" },
    { "two flows", "flow a { }\nflow b { }", "2:6 a file has at most one flow\n" },
    { "permit in a module", "permit dial \"+48*\"", "1:1 a file without a flow cannot permit anything\n" },
    { "test steps", "flow a { }\ntest \"t\" {\n prss \"1\"\n at 10:00\n expect ended by me\n hear\n}",
      "3:2 unknown test step 'prss'\n4:5 expected a date, as 2026-11-23 10:00, not '10:00'\n5:18 expected 'caller', "
      "not 'me'\n"
      "6:6 expected a value, not the end of the line\n" },
    { "fields and indexes", "flow a {\n let x = doc.\n let y = xs[1\n let z = (1\n}",
      "2:14 expected the name of a field, not the end of the line\n3:14 expected ']', not the end of the line\n"
      "4:12 expected ')', not the end of the line\n" },
    { "object in the wrong place", "flow a { let x = { a: 1 } }", "1:18 an object cannot stand here\n" },
    { "parameters", "fn f(a, b: int) -> int { return 1 }", "1:7 expected ':' and the parameter's type, not ','\n" },
};

static void errors_are(void **state)
{
    int failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct front f;
        front_open(&f, str_of(rows[i].text));
        assert_non_null(parse_file(&f.env, f.source));
        const char *got = front_errors(&f);
        if (strcmp(got, rows[i].want) != 0) {
            print_error("%s:\nwant:\n%sgot:\n%s", rows[i].name, rows[i].want, got);
            failed++;
        }
        front_close(&f);
    }
    assert_int_equal(failed, 0);
}

/* Deep nesting of each kind is refused, and never exhausts the stack. */
static void nesting_is_limited(void **state)
{
    static const struct {
        const char *before, *again, *after;
    } deep[] = {
        { "flow a { let x = ", "(", "1" },
        { "flow a { let x = ", "-", "1" },
        { "flow a { let x = 1", "+1", "" },
        { "flow a { let x = ", "[", "" },
        { "flow a { if ", "not ", "yes { } }" },
        { "flow a { ", "loop { ", "" },
        { "flow a { let x = a", ".b", "" },
        { "flow a { let x = a", " as int else a", "" },
        { "flow a { if yes { }", " else if yes { }", "" },
        { "flow a { notify json: ", "{ a: ", "" },
        { "fn f(a: ", "list of ", "int) { }" },
        { "test \"t\" { ", "repeat 2 { ", "" },
        { "flow a { let x = ", "f(", "" },
        { "flow a { ", "menu \"x\" { on a { ", "" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof deep / sizeof *deep; i++) {
        struct sbuf text = { 0 };
        struct front f;
        sbuf_cstr(&text, deep[i].before);
        for (int n = 0; n < 100000; n++)
            sbuf_cstr(&text, deep[i].again);
        sbuf_cstr(&text, deep[i].after);
        front_open(&f, sbuf_view(&text));
        parse_file(&f.env, f.source);
        if (!strstr(front_errors(&f), "nested deeper than") || strchr(f.shown.p, '\n') != strrchr(f.shown.p, '\n'))
            fail_msg("%s%s…: %.300s", deep[i].before, deep[i].again, f.shown.p);
        front_close(&f);
        sbuf_free(&text);
    }
}

/* Every beginning of a good file is read without harm: what is missing at the end is the commonest state in an editor.
 */
static void beginnings_are_read(void **state)
{
    static const char *const files[] = { "flows/reception.flow", "flows/support.flow", "flows/default.flow",
                                         "flows/hunt.flow" };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct sbuf text = { 0 };
        assert_int_equal(sbuf_read_file(&text, files[i], 1 << 20), ERR_OK);
        for (size_t len = 0; len < text.len; len++) {
            struct front f;
            front_open(&f, (struct str){ text.p, len });
            parse_file(&f.env, f.source);
            if (diags_errors(f.env.diags) > 6)
                fail_msg("%s cut at %zu: a cascade\n%s", files[i], len, front_errors(&f));
            front_close(&f);
        }
        sbuf_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are),
        cmocka_unit_test(nesting_is_limited),
        cmocka_unit_test(beginnings_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
