/* What the checker reports: each row is a source and exactly the errors (E) and warnings (W) that are due, as
 * "line:text". */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "compiler/compile.h"

struct row {
    const char *name, *source, *want;
};

/* In a flow's body: the first line of `source` is line 2. */
#define BODY(text) "flow a {\n" text "\n}\n"
#define GATHER     "gather digits: 4, secret: yes { on matched(pin) { "
#define GATHERED   " }; on invalid, timeout { } }"

static const struct row rows[] = {
    { "nothing wrong", BODY("say \"hi\""), "" },
    { "unknown name", BODY("say \"{x}\""), "E2:unknown name 'x'\n" },
    { "unknown name, one line each", BODY("log x\nlog y"), "E2:unknown name 'x'\nE3:unknown name 'y'\n" },
    { "poison", BODY("let n = x\nlet m = n + 1\nlog \"{m}\""), "E2:unknown name 'x'\n" },
    { "unknown function", BODY("let n = twice(2)\nlog \"{n}\""), "E2:unknown function 'twice'\n" },
    { "unknown action", BODY("sya \"hi\""), "E2:unknown action 'sya'\n" },
    { "text + text", BODY("log \"a\" + \"b\""), "E2:a text and a text do not go together with '+'\n" },
    { "comparison", BODY("if 1 == \"1\" { }"), "E2:an int and a text cannot be compared\n" },
    { "duration wanted", BODY("pause 5"), "E2:pause wants a duration, not an int\n" },
    { "label's duration", BODY("record max: 5 { else { } }"), "E2:'max' of record wants a duration, not an int\n" },
    { "bool wanted", BODY("if 1 { }"), "E2:'if' wants a bool, not an int\n" },
    { "unknown label", BODY("say \"x\", rat: 3"), "E2:say has no argument 'rat'\n" },
    { "twice", BODY("say \"x\", rate: 100, rate: 90"), "E2:'rate' is given twice\n" },
    { "twice, once by place", BODY("bridge \"ann\", target: \"bob\" { else { } }"), "E2:'target' is given twice\n" },
    { "twice to a function", "fn two(a: int) -> int { return a }\nflow f { log \"{two(1, a: 2)}\" }\n",
      "E2:'a' is given twice\n" },
    { "by place", BODY("say \"x\", \"y\""), "E2:say takes no further value without a label\n" },
    { "missing", BODY("say rate: 100"), "E2:say needs its text\n" },
    { "literal", BODY("let b = yes\nsay \"x\", barge: b"), "E3:'barge' of say is written out: a literal\n" },
    { "range", BODY("say \"x\", rate: 5"), "E2:'rate' of say is from 50 to 200\n" },
    { "ending keys that no phone has", BODY("gather until: \"x\" { else { } }"),
      "E2:'until' of gather wants keys of a phone\n" },
    { "no ending key, several", BODY("gather until: \"\" { else { } }; record until: \"#*\" { else { } }"), "" },
    { "digits said twice", BODY("gather digits: 4, max: 5 { else { } }"),
      "E2:gather takes either 'digits', or 'min' and 'max'\n" },
    { "more than most", BODY("gather min: 5, max: 4 { else { } }"),
      "E2:'min' is more than 'max', so no digits can match\n" },
    { "menu's own argument", BODY("menu \"x\", choices: [\"1\"] { \"1\" { }; on gave_up { } }"),
      "E2:menu has no argument 'choices'\n" },
    { "bad cause", BODY("reject 200"), "E2:reject wants a code from 400 to 699\n" },

    { "unhandled, one", BODY("record { on saved, empty { } }"),
      "E2:this record can end in 'failed', and nothing says what happens then\n" },
    { "unhandled, first", BODY("bridge \"ann\" { on ended { } }"),
      "E2:this bridge can end in 'busy', and nothing says what happens then\n" },
    { "no clauses", BODY("gather digits: 1"),
      "E2:this gather can end in 'matched', and nothing says what happens then\n" },
    { "unknown outcome", BODY("say \"x\" { on gone { } }"), "E2:say has no outcome 'gone'\n" },
    { "outcome twice", BODY("say \"x\" { on done { }; on done { } }"), "E2:'done' has a clause already\n" },
    { "too many names", BODY("say \"x\" { on done(a) { } }"), "E2:'done' brings no value\n" },
    { "names for several", BODY("bridge \"ann\" { on busy, failed(why) { }; else { } }"),
      "E2:a clause for several outcomes cannot give names to their values\n" },
    { "literal behind", BODY("gather digits: 1 { on matched(d) { log d }; on matched \"1\" { }; else { } }"),
      "E2:this is never reached: 'on matched' above takes all\n" },
    { "literal never exhausts", BODY("gather digits: 1 { on matched \"1\" { }; on invalid, timeout { } }"),
      "E2:this gather can end in 'matched', and nothing says what happens then\n" },
    { "digits that never come", BODY("gather digits: 4 { on matched \"123\" { }; else { } }"),
      "W2:this gather never brings the digits \"123\"\n" },
    { "digits that are not valid", BODY("gather digits: 2, valid: \"1?\" { on matched \"21\" { }; else { } }"),
      "W2:this gather never brings the digits \"21\"\n" },
    { "a key that ends the digits", BODY("gather min: 1, max: 4 { on matched \"12#\" { }; else { } }"),
      "W2:this gather never brings the digits \"12#\"\n" },
    { "another key ends them", BODY("gather min: 1, max: 4, until: \"*\" { on matched \"12#\" { }; else { } }"), "" },
    { "valid and digits", BODY("gather digits: 4, valid: \"1??\" { else { } }"),
      "W2:no digits of this gather fit \"1??\"\n" },
    { "valid and digits, a run", BODY("gather digits: 4, valid: \"1*\" { else { } }"), "" },
    { "valid and max", BODY("gather max: 3, valid: \"1??*?\" { else { } }"),
      "W2:no digits of this gather fit \"1??*?\"\n" },
    { "valid and min", BODY("gather min: 3, valid: \"1?\" { else { } }"), "W2:no digits of this gather fit \"1?\"\n" },
    { "valid without keys", BODY("gather digits: 2, valid: \"[a-z]?\" { else { } }"),
      "W2:no digits of this gather fit \"[a-z]?\"\n" },
    { "valid of the key that ends", BODY("gather digits: 2, valid: \"?#\" { else { } }"),
      "W2:no digits of this gather fit \"?#\"\n" },
    { "a count that is computed",
      BODY("let n = 1 + text_n()\ngather digits: n, valid: \"1??\" { else { } }") "fn text_n() -> int { return 2 }\n",
      "" },
    { "digits matched",
      BODY("gather digits: 4 { on matched(d) { match d { \"12\" { }; \"1234\" { }; else { } } }; else { } }"),
      "W2:these digits are never \"12\"\n" },
    { "digits compared", BODY("gather digits: 4 { on matched(d) { if d == \"abcd\" or \"1234\" == d { } }; else { } }"),
      "W2:these digits are never \"abcd\"\n" },
    { "digits compared the other way", BODY("gather digits: 4 { on matched(d) { if \"12\" != d { } }; else { } }"),
      "W2:these digits are never \"12\"\n" },
    { "digits in a list", BODY("gather digits: 2 { on matched(d) { if d in [\"12\", \"1\"] { } }; else { } }"),
      "W2:these digits are never \"1\"\n" },
    { "digits and a pattern",
      BODY("gather digits: 2 { on matched(d) { if d matches \"1?\" or d matches \"1??\" { } }; else { } }"),
      "W2:these digits never fit \"1??\"\n" },
    { "what is not valid is compared as well",
      BODY("gather digits: 2 { on invalid(d) { if d == \"1\" { } }; else { } }"), "" },
    { "a choice's keys", BODY("menu \"x\" { \"1?*\"(d) { if d == \"12*\" or d == \"12\" { } }; on gave_up { } }"),
      "W2:these digits are never \"12\"\n" },
    { "choice elsewhere", BODY("say \"x\" { \"1\" { } }"), "E2:only a menu has choices\n" },
    { "choice twice", BODY("menu \"x\" { \"1\" { }; \"1\" { }; on gave_up { } }"),
      "E2:the choice \"1\" is there already\n" },
    { "unpressable", BODY("menu \"x\" { \"x\" { }; on gave_up { } }"), "E2:nobody can press \"x\"\n" },
    { "again outside", BODY("again"), "E2:'again' stands in a menu's choice only\n" },
    { "again in on invalid", BODY("menu \"x\" { \"1\" { }; on invalid { again }; on gave_up { } }"),
      "E2:'again' stands in a menu's choice only\n" },
    { "break in a menu", BODY("menu \"x\" { \"1\" { break }; on gave_up { } }"),
      "E2:there is no loop here to leave\n" },

    { "behind hangup", BODY("hangup\nsay \"x\"\nsay \"y\""), "E3:nothing reaches this line\n" },
    { "behind both", BODY("if 1 < 2 { hangup } else { reject busy }\nlog \"x\""), "E3:nothing reaches this line\n" },
    { "behind a function", BODY("bye()\nlog \"x\"") "fn bye() { hangup }\n", "E3:nothing reaches this line\n" },
    { "behind all clauses", BODY("bridge \"ann\" { else { hangup } }\nlog \"x\""), "E3:nothing reaches this line\n" },
    { "recursion comes back", BODY("f(3)\nlog \"x\"") "fn f(n: int) { if n > 0 { f(n - 1) } }\n", "" },
    { "loop", BODY("var n = 0\nloop { n = n + 1 }"), "E3:this loop never ends and never waits\n" },
    { "loop, one way dry", BODY("var n = 0\nloop { n = n + 1\nif n > 3 { break }\nif n > 2 { pause 1s } }"),
      "E3:this loop can go round without waiting\n" },
    { "loop that waits", BODY("loop { pause 1s }"), "" },
    { "loop that waits in a function", BODY("loop { rest() }") "fn rest() { pause 1s }\n", "" },
    { "dry continue", BODY("var n = 0\nloop { if n > 2 { n = n + 1; continue }; pause 1s }"),
      "E3:this loop can go round without waiting\n" },
    { "no return", BODY("log \"{f()}\"") "fn f() -> int { if 1 < 2 { return 1 } }\n",
      "E4:a path comes to the end of 'f' without a 'return'\n" },
    { "no outcome", BODY("f() { else { } }") "fn f() -> good | bad { log \"x\" }\n",
      "E4:a path comes to the end of 'f' without a 'return'\n" },
    { "own outcomes", BODY("f()") "fn f() -> done | bad { return bad }\n",
      "E2:this f can end in 'bad', and nothing says what happens then\n" },
    { "own quiet outcome", BODY("f()") "fn f() -> done { return done }\n", "" },
    { "action in a value", BODY("log \"{f()}\"") "fn f() -> int { log \"x\"; return 1 }\n",
      "E4:a function that gives a value contains no action\n" },
    { "wrong outcome", BODY("f() { else { } }") "fn f() -> good { return bad }\n",
      "E4:this function has no outcome 'bad'\n" },
    { "missing argument", BODY("f()") "fn f(n: int) { log \"{n}\" }\n", "E2:f() needs 'n'\n" },
    { "argument's type", BODY("f(\"x\")") "fn f(n: int) { log \"{n}\" }\n", "E2:'n' wants an int, not a text\n" },
    { "value unused", BODY("f()") "fn f() -> int { return 1 }\n", "E2:the value of f() is not used\n" },
    { "no value", BODY("let x = f()\nlog x") "fn f() { }\n", "E2:f() gives no value\n" },
    { "two functions", BODY("f()") "fn f() { }\nfn f() { }\n", "E5:there are two functions by the name 'f'\n" },
    { "the language's", BODY("") "fn number(n: int) -> text { return \"{n}\" }\n",
      "E4:'number' is a function of the language\n" },
    { "the prelude keeps its names", BODY("log number(ones)") "const ones = 11\n", "" },

    { "let changes", BODY("let n = 1\nn = 2\nlog \"{n}\""), "E3:'n' never changes\n" },
    { "var's type", BODY("var n = 1\nn = \"x\"\nlog \"{n}\""), "E3:n wants an int, not a text\n" },
    { "twice in a block", BODY("let n = 1\nlet n = 2\nlog \"{n}\""), "E3:the name 'n' is taken\n" },
    { "shadow", BODY("let n = 1\nlog \"{n}\"\nif n > 0 { let n = 2; log \"{n}\" }"),
      "W4:'n' hides another value of that name\n" },
    { "unused", BODY("let n = 1"), "W2:the variable 'n' is never used\n" },
    { "unused function", BODY("") "fn f() { }\n", "W4:the function 'f' is never used\n" },
    { "no unused among errors", BODY("let n = 1\nlog m"), "E3:unknown name 'm'\n" },
    { "empty list", BODY("let l = []\nlog \"{l}\""), "E2:nothing says what this empty list would hold\n" },
    { "mixed list", BODY("let l = [1, \"a\"]\nfor i in l { }"),
      "E2:the values of a list have one type, and this is a text among int\n" },
    { "index without else", BODY("let l = [\"a\"]\nlog l[0]"),
      "E3:nothing says what it is when the list has no such element\n" },
    { "as without else", BODY("let t = \"1\" as int\nlog \"{t}\""),
      "E2:nothing says what it is when it cannot be read so\n" },
    { "duration in a text", BODY("log \"{5s}\""), "E2:a duration cannot stand in a text as it is\n" },
    { "unknown field", BODY("log call.form"), "E2:the call has no field 'form'\n" },
    { "match without else", BODY("let n = 1\nmatch n { 1 { } }"),
      "E3:this match can meet other values, and nothing says what happens then\n" },
    { "match twice", BODY("let n = 1\nmatch n { 1 { }; 1 { }; else { } }"), "E3:this value has an arm already\n" },
    { "match complete", BODY("match 1 < 2 { yes { }; no { } }"), "" },
    { "bad pattern", BODY("if \"1\" matches \"[1-\" { }"), "E2:the pattern \"[1-\" is not complete\n" },
    { "constant needs itself", "const a = b\nconst b = a\n" BODY("log \"{a}\""), "E1:this constant needs itself\n" },
    { "no constant", "const a = call.from\n" BODY("log a"), "E1:a constant is known before the call: this is not\n" },
    { "unknown hours", BODY("if open(ofice) { }"), "E2:unknown hours 'ofice'\n" },
    { "unknown zone", "hours h { zone \"Mars/Base\"; mon 09:00-10:00 }\n" BODY("if open(h) { }"),
      "E1:unknown zone \"Mars/Base\"\n" },

    { "names", "pronounce \"Nguyen\" as \"win\", \"New Orleans\" as \"noo orlins\"\n" BODY(""), "" },
    { "a name twice", "pronounce \"Ann\" as \"a\"\npronounce \"Bob\" as \"b\", \"ANN\" as \"a\"\n" BODY(""),
      "E2:it is said already how \"ANN\" is pronounced\n" },
    { "no word", "pronounce \"?\" as \"a\"\npronounce \"\" as \"b\"\npronounce \"x \" as \"c\"\n" BODY(""),
      "E1:\"?\" is no word of a text\nE2:\"\" is no word of a text\nE3:\"x \" is no word of a text\n" },
    { "not said", "pronounce \"Ann\" as \"\"\n" BODY(""), "E1:\"Ann\" would not be said at all\n" },
    { "a value may have that name", BODY("let pronounce = 1\nlog \"{pronounce}\""), "" },

    { "dial without permit", BODY("bridge \"+48123\" { else { } }"), "E2:no 'permit dial' covers \"+48123\"\n" },
    { "dial with permit", "permit dial \"+48*\"\n" BODY("bridge \"+48123\" { else { } }"), "" },
    { "another permit", "permit dial \"+44*\"\n" BODY("bridge [\"ann\", \"+48123\"] { else { } }"),
      "E3:no 'permit dial' covers \"+48123\"\n" },
    { "constant dialled", "const who = [\"+48123\"]\n" BODY("bridge who { else { } }"),
      "E3:no 'permit dial' covers \"+48123\"\n" },
    { "fetch", BODY("fetch \"https://x.example/a\" { else { } }"),
      "E2:no 'permit fetch' covers \"https://x.example/a\"\n" },
    { "fetch permitted", "permit fetch \"https://x.example\"\n" BODY("fetch \"https://x.example/a\" { else { } }"),
      "" },
    { "fetch of a longer host",
      "permit fetch \"https://x.example\"\n" BODY("fetch \"https://x.example.org\" { else { } }"),
      "E3:no 'permit fetch' covers \"https://x.example.org\"\n" },

    { "caller dials", BODY("bridge call.from { else { } }"),
      "E2:'call.from' comes from outside; no 'permit dial' allows it\n" },
    { "caller dials by a function", BODY("f(call.from)") "fn f(who: text) { bridge who { else { } } }\n",
      "E4:'who' comes from outside; no 'permit dial' allows it\n" },
    { "by a result", BODY("bridge f() { else { } }") "fn f() -> text { return header(\"X-A\") }\n",
      "E2:'f()' comes from outside; no 'permit dial' allows it\n" },
    { "by a payload",
      BODY("f() { on got(d) { bridge d { else { } } } }") "fn f() -> got(d: text) { return got(call.to) }\n",
      "E2:'d' comes from outside; no 'permit dial' allows it\n" },
    { "by a later assignment", BODY("var t = \"ann\"\nrepeat 2 { bridge t { else { } }; t = call.from }"),
      "E3:'t' comes from outside; no 'permit dial' allows it\n" },
    { "a comparison is clean", BODY("let b = call.from == \"x\"\nif b { bridge \"ann\" { else { } } }"), "" },
    { "outside file", BODY("play call.from"), "E2:'call.from' comes from outside and cannot be played\n" },
    { "caller_id", BODY("bridge \"ann\", caller_id: call.to { else { } }"),
      "E2:'call.to' comes from outside and cannot be the caller_id of 'bridge'\n" },
    { "caller_id of the caller", BODY("bridge \"ann\", caller_id: call.from { else { } }"), "" },
    { "a ring", BODY("bridge \"ann\", ring_tone: \"internal\", auto_answer: yes { else { } }"), "" },
    { "a ring that is no address", BODY("bridge \"ann\", ring_tone: \"http://a b\" { else { } }"),
      "E2:the ring tone \"http://a b\" is no whole address: what is no plain letter, as a blank, is written as %20\n" },
    { "a ring of a constant", "const r = \"two words\"\n" BODY("bridge \"ann\", ring_tone: r { else { } }"),
      "E3:the ring tone \"two words\" is neither an address nor one word of at most 32 letters, digits, '-', '_' and "
      "'.'\n" },
    { "a mistyped ring", BODY("bridge \"ann\", ring_tone: \"extrenal\" { else { } }"),
      "W2:the ring tone \"extrenal\" is taken for a word of the phone's own settings\n" },
    { "a ring from outside", BODY("bridge \"ann\", ring_tone: header(\"Alert-Info\") { else { } }"),
      "E2:'header(\"Alert-Info\")' comes from outside and cannot be the ring_tone of 'bridge'\n" },
    { "a number answers by itself",
      "permit dial \"+48*\"\n" BODY("bridge [\"ann\", \"+48221234567\"], auto_answer: yes { else { } }"),
      "E3:\"+48221234567\" cannot be made to answer by itself: only phones of this server can\n" },
    { "a number that is asked to do nothing",
      "permit dial \"+48*\"\n" BODY("bridge \"+48221234567\", auto_answer: no { else { } }"), "" },
    { "secret said", BODY(GATHER "say pin" GATHERED), "E2:'pin' is secret and cannot be said\n" },
    { "secret compared", BODY(GATHER "if pin == \"1234\" { hangup }" GATHERED), "" },
    { "secret by a function", BODY(GATHER "f(pin)" GATHERED) "fn f(t: text) { log \"got {t}\" }\n",
      "E4:'t' is secret and cannot go into a log\n" },
    { "secret round and round",
      BODY(GATHER "f(pin, 3)" GATHERED) "fn f(t: text, n: int) { if n > 0 { f(t, n - 1) }; log t }\n",
      "E4:'t' is secret and cannot go into a log\n" },
    { "secret fetched",
      "permit fetch \"https://x.example\"\n" BODY(
          GATHER "fetch \"https://x.example\", json: { p: pin } { else { } }" GATHERED),
      "E3:'pin' is secret and cannot be the json of 'fetch'\n" },
    { "secret revealed",
      "permit fetch \"https://x.example\"\n" BODY(
          GATHER "fetch \"https://x.example\", json: { p: reveal(pin) } { else { } }" GATHERED),
      "" },
    { "revealed elsewhere", BODY(GATHER "log reveal(pin)" GATHERED),
      "E2:reveal() stands only in the 'json:' or 'form:' of a 'fetch' to a constant https host\n" },
    { "revealed in the open",
      "permit fetch \"http://x.example\"\n" BODY(
          GATHER "fetch \"http://x.example\", json: { p: reveal(pin) } { else { } }" GATHERED),
      "E3:reveal() stands only in the 'json:' or 'form:' of a 'fetch' to a constant https host\n" },
    { "revealed to anyone",
      "permit fetch \"https://*\"\n" BODY(
          GATHER "fetch \"https://{call.from}\", json: { p: reveal(pin) } { else { } }" GATHERED),
      "E3:reveal() stands only in the 'json:' or 'form:' of a 'fetch' to a constant https host\n" },

    { "a lost head", BODY("f(1)") "fn f(n: ) -> int { return \"x\" }\n", "E4:expected a type, not ')'\n" },
    { "lost clauses", BODY("bridge \"ann\" { on busy( { } }"), "E2:expected a name for the value, not '{'\n" },
    { "a lost statement", BODY("let x =\nlog x"), "E2:expected a value, not the end of the line\n" },
    { "continue with nobody", BODY("continue with nowhere_at_all"),
      "W2:there is no flow 'nowhere_at_all' beside this one: no file \"nowhere_at_all.flow\"\n" },
    { "test: unknown action", BODY("") "test \"t\" { expect brige \"ann\"\nexpect ended }\n",
      "E4:unknown action 'brige'\n" },
    { "test: unknown outcome", BODY("") "test \"t\" { expect bridge \"ann\" { lost }\nexpect ended }\n",
      "E4:bridge has no outcome 'lost'\n" },
    { "test: payload", BODY("") "test \"t\" { expect bridge \"ann\" { busy \"x\" }\nexpect ended }\n",
      "E4:'busy' brings no value\n" },
    { "test: no end", BODY("") "test \"t\" { hear \"x\" }\n", "E4:this test does not say how the call ends\n" },
};

static void add_found(struct sbuf *out, const struct compile *c)
{
    const struct diags *list = compile_diags(c);
    for (size_t i = 0; i < diags_count(list); i++) {
        const struct diag *d = diags_at(list, i);
        struct place at = source_place(compile_sources(c), d->span.file, d->span.start);
        sbuf_fmt(out, "%c%u:%.*s\n", d->severity == DIAG_ERROR ? 'E' : 'W', at.line, STR_ARG(d->message));
    }
}

static void test_rows(void **state)
{
    unsigned wrong = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sbuf found = { 0 };
        struct compile *c = compile_new();
        const struct image *image = NULL;
        enum err e = compile_text(c, "a.flow", str_of(rows[i].source), &image);
        add_found(&found, c);
        if (strcmp(found.p ? found.p : "", rows[i].want) != 0 ||
            (e == ERR_OK) != (strncmp(rows[i].want, "E", 1) != 0)) {
            wrong++;
            print_message("%s: (%s)\n  wanted %s\n  found  %s\n", rows[i].name, err_name(e), rows[i].want,
                          found.p ? found.p : "");
        }
        sbuf_free(&found);
        compile_free(&c);
    }
    assert_int_equal(wrong, 0);
}

/* The wording of the language's own example. */
static void test_help_lists_the_rest(void **state)
{
    struct compile *c = compile_new();
    (void)state;
    const char *source = BODY("bridge \"ann\", ring: 20s {\non ended, busy, no_answer, declined { }\n}");
    assert_int_equal(compile_text(c, "a.flow", str_of(source), NULL), ERR_SYNTAX);
    assert_int_equal(diags_count(compile_diags(c)), 1);
    const struct diag *d = diags_at(compile_diags(c), 0);
    assert_true(str_is(d->message, "this bridge can end in 'offline', and nothing says what happens then"));
    assert_true(str_is(d->help, "add 'on offline { … }', or 'else { … }' for all that is left: failed, limited"));
    assert_true(str_is(source_text(compile_sources(c), d->span), "bridge \"ann\""));
    compile_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows), cmocka_unit_test(test_help_lists_the_rest) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
