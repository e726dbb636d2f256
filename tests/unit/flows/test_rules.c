/* Rules of the language that show only when a flow runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/flows/compiled.h"

static const struct {
    const char *text;
    struct scene scene;
} rows[] = {
    { "flow f { gather digits: 2 { on matched(d) { log \"got {d}\" } on invalid(d) { log \"bad {d}\" } on timeout { "
      "log \"none\" } } }",
      { .name = "the payload is what was typed", .caller = "100:42", .want = "gather matched\n= got 42\n" } },
    { "flow f { repeat 2 { gather digits: 1, timeout: 1s { else { say \"No.\" } } } else { log \"over\" } }",
      { .name = "repeat's else",
        .want = "gather timeout\nhear No.\nsay done\ngather timeout\nhear No.\nsay done\n= over\n" } },
    { "flow f { for p in [\"ann\", \"bob\"] { bridge p, ring: 5s { on ended { hangup } else { log p } } } }",
      { .name = "a loop of bridges",
        .dials = { { .how = DIAL_BUSY }, { DIAL_ENDED, 0, 1000, DIAL_BY_CALLEE, { 0 } } },
        .want = "dial ann\nbridge busy\n= ann\ndial bob\nbridge ended\n" } },
    { "flow f { bridge \"ann\" { on ended(talk, by) { log by } else { } }; say \"Bye.\"; on hangup { log \"gone\" } }",
      { .name = "the caller leaves the talk",
        .caller = "3000:-",
        .dials = { { DIAL_ENDED, 0, 9000, DIAL_BY_CALLEE, { 0 } } },
        .want = "dial ann\nbridge ended\n= caller\n= gone\n",
        .end = FLOW_CALLER_GONE } },
    { "flow f { var n = 0; repeat 3 { n = n + 1; pause 1s }; on hangup { log \"at {n}\" } }",
      { .name = "on hangup sees the flow's variables",
        .caller = "1500:-",
        .want = "pause done\n= at 2\n",
        .end = FLOW_CALLER_GONE } },
    { "flow f { var n = 10; var z = 0; pause 1s; n = n / z; log \"{n}\" }",
      { .name = "division by zero faults", .want = "pause done\n", .end = FLOW_FAULT } },
    { "fn who() -> a(x: text) | b { gather digits: 1 { on matched(d) { return a(d) } else { return b } } }\n"
      "flow f { who() { on a(x) { log \"a {x}\" } on b { log \"b\" } } }",
      { .name = "outcomes of one's own", .caller = "100:7", .want = "gather matched\n= a 7\n" } },
    { "hours h { zone \"Asia/Tokyo\"; mon-fri 09:00-17:00 }\nflow f { log \"{date(2026-01-07)}, {time(2026-01-07 + "
      "9h30m)}\"; if open(h) { log \"open\" } }",
      { .name = "moments are told in the file's zone",
        .want = "= Wednesday, January seventh, nine thirty\n= open\n" } },
    { "language \"de\"\nhours h { zone \"Europe/Berlin\"; mon 09:00-17:00 }\nflow f { if open(h) { hangup }\n"
      "for n in [0, 1, 21, 101, 1001, 2000001, 101000000, -5] { log number(n) }\n"
      "log \"{date(2026-11-23)}, {time(2026-11-23 + 13h5m)}, {time(2026-11-23 + 1h)}, {digits(\"12\")}\" }",
      { .name = "a flow speaks its language",
        .want = "= null\n= eins\n= einundzwanzig\n= einhunderteins\n= eintausendeins\n= zwei Millionen eins\n"
                "= einhunderteine Millionen\n= minus fünf\n"
                "= Montag, der dreiundzwanzigste November, dreizehn Uhr fünf, ein Uhr, 1 2\n" } },
};

static void rows_play(void **state)
{
    static const struct sim_facts facts = { .from = { "eve", 3 } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        scene_play_image(&rows[i].scene, compiled("rules.flow", rows[i].text), &facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(rows_play) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
