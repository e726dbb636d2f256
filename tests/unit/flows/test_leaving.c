/* The caller leaves: at every kind of place, and what is left of the flow (docs/language.md, rules 26 and 27). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/flows/compiled.h"

#define GONE "; on hangup { log \"gone\" }"
#define TALK                                                                                                           \
    {                                                                                                                  \
        DIAL_ENDED, 0, 9000, DIAL_BY_CALLEE, { 0 }                                                                     \
    }
#define SAID                                                                                                           \
    {                                                                                                                  \
        RECORD_SAVED, 60000, { "id", 2 }, false, false                                                                 \
    }

static const struct {
    const char *text;
    struct scene scene;
} rows[] = {
    { "flow f { bridge \"ann\" { on ended(talk, by) { log by } else { } }" GONE " }",
      { .name = "left the talk, and the flow ends by itself: on hangup once",
        .caller = "3000:-",
        .dials = { TALK },
        .want = "dial ann\nbridge ended\n= caller\n= gone\n",
        .end = FLOW_CALLER_GONE,
        .at = 3000 } },
    { "flow f { bridge \"ann\" { on ended { hangup } else { } }" GONE " }",
      { .name = "left the talk, and the flow hangs up, which needs the caller",
        .caller = "3000:-",
        .dials = { TALK },
        .want = "dial ann\nbridge ended\n= gone\n",
        .end = FLOW_CALLER_GONE } },
    { "flow f { bridge \"ann\" { on ended { continue with f } else { } }" GONE " }",
      { .name = "left the talk: nobody is handed over",
        .caller = "3000:-",
        .dials = { TALK },
        .want = "dial ann\nbridge ended\n= gone\n",
        .end = FLOW_CALLER_GONE } },
    { "flow f { voicemail \"ann\" { on left(m, l) { log m } else { } }; log \"more\"; say \"Bye.\"; log \"no\"" GONE
      " }",
      { .name = "left in a message: it is kept, the rest runs up to what needs the caller",
        .caller = "9000:-",
        .record = SAID,
        .want = "hear This is the mailbox of ann. Please leave a message after the tone.\nrecord ann\nvoicemail left\n"
                "= id\n= more\n= gone\n",
        .end = FLOW_CALLER_GONE,
        .at = 9000 } },
    { "flow f { voicemail \"ann\" { on empty { log \"empty\" } else { } }" GONE " }",
      { .name = "left in the greeting: nothing was said",
        .caller = "1000:-",
        .want = "hear This is the mailbox of ann. Please leave a message after the tone.\nvoicemail empty\n= empty\n"
                "= gone\n",
        .end = FLOW_CALLER_GONE } },
    { "flow f { record { on saved { log \"saved\" } else { log \"lost\" } }" GONE " }",
      { .name = "left in a recording",
        .caller = "1000:-",
        .record = SAID,
        .want = "record \nrecord saved\n= saved\n= gone\n",
        .end = FLOW_CALLER_GONE } },
    { "flow f { record { on empty { log \"empty\" } else { log \"lost\" } }" GONE " }",
      { .name = "left before the call is answered", .caller = "-1:-", .want = "= gone\n", .end = FLOW_CALLER_GONE } },
    { "flow f { gather prompt: \"Say.\" { else { log \"no\" } }" GONE " }",
      { .name = "left while a prompt plays",
        .caller = "100:-",
        .want = "hear Say.\n= gone\n",
        .end = FLOW_CALLER_GONE } },
    { "flow f { gather timeout: 5s { else { log \"no\" } }" GONE " }",
      { .name = "left between two keys", .caller = "100:1 200:-", .want = "= gone\n", .end = FLOW_CALLER_GONE } },
    { "fn deep(n: int) { if n > 0 { deeper(n) } else { pause 1m } }\nfn deeper(n: int) { pause 1s; pause 1m }\n"
      "flow f { var n = 0; n = 7; deep(n); on hangup { log \"{n}\" } }",
      { .name = "left deep in functions: the flow's own variables are there",
        .caller = "1500:-",
        .want = "pause done\n= 7\n",
        .end = FLOW_CALLER_GONE } },
    { "flow f { pause 5s; let t = \"set\"; pause 5s; on hangup { log \"<{t}>\" } }",
      { .name = "a variable whose line has not run is empty",
        .caller = "100:-",
        .want = "= <>\n",
        .end = FLOW_CALLER_GONE } },
    { "flow f { pause 1m; on hangup { log \"one\"; say \"Hello?\"; log \"two\" } }",
      { .name = "on hangup ends at what needs the caller",
        .caller = "100:-",
        .want = "= one\n",
        .end = FLOW_CALLER_GONE } },
    { "flow f { hangup; on hangup { log \"no\" } }", { .name = "the flow hangs up: no on hangup", .want = "" } },
    { "flow f { log \"end\"; on hangup { log \"no\" } }",
      { .name = "the flow ends: no on hangup", .want = "= end\n" } },
    { "flow f { pause 1s; let n = 0; let x = 1 / n; log \"{x}\"; on hangup { log \"no\" } }",
      { .name = "a fault is no hangup", .want = "pause done\n", .end = FLOW_FAULT } },
    { "flow f { pause 1m; on hangup { let n = 0; let x = 1 / n; log \"{x}\" } }",
      { .name = "a fault in on hangup ends quietly", .caller = "9:-", .want = "", .end = FLOW_CALLER_GONE } },
};

static void rows_play(void **state)
{
    static const struct sim_facts facts = { .from = { "eve", 3 } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        scene_play_image(&rows[i].scene, compiled("leaving.flow", rows[i].text), &facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(rows_play) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
