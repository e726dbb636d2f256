/* What a flow will say next is told beforehand, where it is known (stdlib/ahead.h); what it does is the same as ever,
 * as all scenes show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/flows/compiled.h"

static const struct {
    const char *name, *text, *want;
    const char *caller;
    enum flow_end end;
    const char *seen;
} rows[] = {
    { .name = "the next text, with a value in it",
      .text = "flow f { let n = 2; say \"One.\"; say \"Number {n + 1}.\" }",
      .want = "Number 3.\n",
      .seen = "hear One.\nsay done\nhear Number 3.\nsay done\n" },
    { .name = "through what takes time or none, to the prompt",
      .text = "flow f { let n = 7; say \"One.\"; log \"x\"; pause 2s; gather digits: 1, prompt: \"Press {n}.\" { else "
              "{ } } }",
      .want = "Press 7.\nPress 7.\n",
      .seen = "hear One.\nsay done\n= x\npause done\nhear Press 7.\ngather timeout\n" },
    { .name = "a menu's prompt; and not what a key decides",
      .text = "flow f { let n = 7; say \"One.\"; menu \"Press {n}.\" { \"7\" { say \"Good {n}.\" } on gave_up { } } }",
      .want = "Press 7.\n",
      .caller = "3000:7",
      .seen = "hear One.\nsay done\nhear Press 7.\nmenu chosen\nhear Good 7.\nsay done\n" },
    { .name = "in the branch that the values choose, and in functions",
      .text = "fn tell(n: int) { say \"It is {n}.\" }\nflow f { var n = 1; say \"One.\"; n = n + 1; if n == 2 { "
              "tell(n) } else { say \"No.\" } }",
      .want = "It is 2.\n",
      .seen = "hear One.\nsay done\nhear It is 2.\nsay done\n" },
    { .name = "the end of the flow says nothing",
      .text = "flow f { say \"One.\"; hangup }",
      .want = "",
      .seen = "hear One.\nsay done\n" },
    { .name = "a long count ends the look ahead, not the flow",
      .text = "flow f { say \"One.\"; var n = 0; repeat 30000 { n = n + 1 }; say \"{n} it is.\" }",
      .want = "",
      .seen = "hear One.\nsay done\nhear 30000 it is.\nsay done\n" },
};

static void what_comes_next_is_told(void **state)
{
    static const struct sim_facts facts = { .from = { "ann", 3 } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene = {
            .name = rows[i].name, .caller = rows[i].caller, .want = rows[i].seen, .end = rows[i].end
        };
        scene_play_image(&scene, compiled("f.flow", rows[i].text), &facts);
        const char *told = scene_expected.p ? scene_expected.p : "";
        if (strcmp(told, rows[i].want) != 0)
            fail_msg("%s: told\n%s--- wanted:\n%s", rows[i].name, told, rows[i].want);
    }
    sbuf_free(&scene_expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_comes_next_is_told) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
