/* Keys: typed ahead, cutting short, ending an entry (docs/language.md, rules 24, 25, 34, 35). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/flows/compiled.h"

#define GATHER "gather digits: 1, timeout: 1s { on matched(d) { log \"got {d}\" } else { log \"none\" } }"

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
