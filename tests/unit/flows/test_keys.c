/* Keys: typed ahead, cutting short, ending an entry (docs/language.md, rules 24, 25, 34, 35). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/flows/compiled.h"

#define GATHER "gather digits: 1, timeout: 1s { on matched(d) { log \"got {d}\" } else { log \"none\" } }"

#define PIN                                                                                                            \
    "gather digits: 4, until: \"#*\", valid: \"1???\", prompt: \"PIN\" { on matched(d) { log d } on invalid(d) { log " \
    "\"bad "                                                                                                           \
    "{d}\" } on timeout { } }"
#define MENU(a, b)                                                                                                     \
    "menu \"Menu\", tries: 2 { \"" a "\" { log \"" a "\" } \"" b "\"(d) { log d } on invalid { log \"invalid\" } on "  \
    "timeout { log \"timeout\" } on gave_up { log \"gave up\" } }"

static const struct {
    const char *text;
    struct scene scene;
} rows[] = {
    { "flow f { say \"Hello there.\", barge: yes; " GATHER " }",
      { .name = "an interrupting key stays for the next gather",
        .caller = "100:4",
        .want = "hear Hello there.\nsay interrupted\ngather matched\n= got 4\n" } },
    { "flow f { say \"Hello there.\", barge: yes { on interrupted(d) { log \"cut by {d}\" } }; " GATHER " }",
      { .name = "on interrupted takes the key",
        .caller = "100:4",
        .want = "hear Hello there.\nsay interrupted\n= cut by 4\ngather timeout\n= none\n" } },
    { "flow f { say \"Hello there.\", barge: yes { on interrupted { } }; " GATHER " }",
      { .name = "on interrupted without a name takes it as well",
        .caller = "100:4",
        .want = "hear Hello there.\nsay interrupted\ngather timeout\n= none\n" } },
    { "flow f { say \"Hello there.\", barge: yes { on done { } else { log \"cut\" } }; " GATHER " }",
      { .name = "else stands for on interrupted",
        .caller = "100:4",
        .want = "hear Hello there.\nsay interrupted\n= cut\ngather timeout\n= none\n" } },
    { "flow f { say \"Hello there.\", barge: yes { on failed { } }; " GATHER " }",
      { .name = "a clause for another outcome does not",
        .caller = "100:4",
        .want = "hear Hello there.\nsay interrupted\ngather matched\n= got 4\n" } },
    { "flow f { play tone(\"dial\"), barge: \"12\"; play tone(\"dial\"), barge: \"12\" { on interrupted(d) { log d } "
      "}; "
      "" GATHER " }",
      { .name = "keys of barge cut short, others wait; both ways in one flow",
        .caller = "100:42",
        .want = "hear dial\nplay interrupted\nplay interrupted\n= 2\ngather matched\n= got 4\n" } },
    { "flow f { menu \"Menu\" { \"*\" { log \"star\" }; \"0\" { log \"zero\" }; on gave_up { } } }",
      { .name = "a choice's star is the key",
        .caller = "100:0",
        .want = "hear Menu\nmenu chosen\n= zero\n",
        .at = 100 } },
    { "flow f { menu \"Menu\" { \"*9\" { log \"star\" }; \"[1-3]?\"(d) { log d }; on gave_up { } } }",
      { .name = "a star, then more", .caller = "100:*9", .want = "hear Menu\nmenu chosen\n= star\n" } },
    { "flow f { menu \"Menu\" { \"*9\" { log \"star\" }; \"[1-3]?\"(d) { log d }; on gave_up { } } }",
      { .name = "a range", .caller = "100:3#", .want = "hear Menu\nmenu chosen\n= 3#\n", .at = 100 } },
    { "flow f { " PIN "; " GATHER " }",
      { .name = "each of several ending keys is swallowed behind a full entry",
        .caller = "100:1234* 600:7",
        .want = "hear PIN\ngather matched\n= 1234\ngather matched\n= got 7\n" } },
    { "flow f { " PIN "; " GATHER " }",
      { .name = "but only one, and only right behind it",
        .caller = "100:1234## 600:7",
        .want = "hear PIN\ngather matched\n= 1234\ngather invalid\n= none\n" } },
    { "flow f { repeat 2 { " PIN " } }",
      { .name = "also when the entry is not valid",
        .caller = "100:9234# 600:1234",
        .want = "hear PIN\ngather invalid\n= bad 9234\nhear PIN\ngather matched\n= 1234\n" } },
    { "flow f { bridge \"ann\" { else { } }; " GATHER " }",
      { .name = "what is typed while it rings is nobody's",
        .caller = "100:1",
        .dials = { { DIAL_NO_ANSWER, 20000, 0, 0, { 0 } } },
        .want = "dial ann\nbridge no_answer\ngather timeout\n= none\n" } },
    { "flow f { pause 1s; voicemail \"ann\"; " GATHER " }",
      { .name = "what was typed before a message is nobody's",
        .caller = "100:12 1500:#3",
        .record = { RECORD_SAVED, 2000, { "id", 2 }, false, false },
        .want = "pause done\nhear This is the mailbox of ann. Please leave a message after the tone.\nrecord ann\n"
                "voicemail left\ngather timeout\n= none\n" } },
    { "flow f { pause 1s; gather digits: 32, timeout: 1s { on matched(d) { log d } else { } }; " GATHER " }",
      { .name = "the queue holds 32",
        .caller = "100:1111111111222222222233333333334455",
        .want = "pause done\ngather matched\n= 11111111112222222222333333333344\ngather timeout\n= none\n" } },
    { "flow f { pause 1s; " MENU("1", "12") " }",
      { .name = "typed ahead: the longer choice",
        .caller = "100:12",
        .want = "pause done\nmenu chosen\n= 12\n",
        .at = 1000 } },
    { "flow f { pause 1s; " MENU("1", "12") "; " GATHER " }",
      { .name = "typed ahead: what is behind a choice stays",
        .caller = "100:124",
        .want = "pause done\nmenu chosen\n= 12\ngather matched\n= got 4\n" } },
    { "flow f { pause 1s; " MENU("1", "[1-3]?") " }",
      { .name = "a pattern that a fixed choice begins",
        .caller = "500:2 1200:2",
        .want = "pause done\nmenu chosen\n= 22\n",
        .at = 1200 } },
    { "flow f { " MENU("1", "2") " }",
      { .name = "the last try is gave_up, not timeout",
        .want = "hear Menu\nmenu timeout\n= timeout\nhear Menu\nmenu timeout\n= gave up\n" } },
    { "flow f { pause 1s; " MENU("1", "2") " }",
      { .name = "invalid empties the queue",
        .caller = "100:91 3000:2",
        .want = "pause done\nmenu invalid\n= invalid\nhear Menu\nmenu chosen\n= 2\n" } },
    { "flow f { menu \"Menu\", tries: 2, barge: no { \"1\" { log \"one\"; again }; on gave_up { log \"gave up\" } } }",
      { .name = "again has all tries, and barge: no empties the queue each time",
        .caller = "100:1 300:1",
        .want = "hear Menu\nmenu chosen\n= one\nhear Menu\nmenu chosen\n= one\nhear Menu\nmenu timeout\nhear Menu\n"
                "menu timeout\n= gave up\n" } },
    { "flow f { say \"Hello there.\", barge: yes; say \"Listen.\", barge: yes; " MENU("1", "2") " }",
      { .name = "one key passes over all that may be cut short",
        .caller = "100:2",
        .want = "hear Hello there.\nsay interrupted\nsay interrupted\nmenu chosen\n= 2\n" } },
};

static void rows_play(void **state)
{
    static const struct sim_facts facts = { .from = { "eve", 3 } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        scene_play_image(&rows[i].scene, compiled("keys.flow", rows[i].text), &facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(rows_play) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
