/* The flows that ship, from their source to the end of a call. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/flows/compiled.h"

#define WELCOME       "hear Welcome. To speak to somebody, press 1. To hear this again, press 2.\n"
#define MESSAGE       "hear Please leave a message after the tone.\nsay done\n"
#define GREETING(box) "hear This is the mailbox of " box ". Please leave a message after the tone.\nrecord " box "\n"
#define LEFT                                                                                                           \
    {                                                                                                                  \
        RECORD_SAVED, 4000, { "id", 2 }, false, false                                                                  \
    }
#define RANG_OUT                                                                                                       \
    {                                                                                                                  \
        .how = DIAL_NO_ANSWER, .after_ms = -1                                                                          \
    }

static const struct sim_facts plain = { .from = { "eve", 3 }, .dialed = { "ann", 3 }, .ring_ms = 15000 };
static const struct sim_facts with_voicemail = {
    .from = { "eve", 3 }, .dialed = { "ann", 3 }, .ring_ms = 15000, .has_voicemail = true
};

static const struct {
    const char *path;
    const struct sim_facts *facts;
    struct scene scene;
} rows[] = {
    { "flows/default.flow",
      &plain,
      { .name = "default: they talk",
        .dials = { { DIAL_ENDED, 2000, 40000, DIAL_BY_CALLEE, { 0 } } },
        .want = "dial ann\nbridge ended\n",
        .at = 42000 } },
    { "flows/default.flow",
      &plain,
      { .name = "default: busy, no voicemail",
        .dials = { { .how = DIAL_BUSY } },
        .want = "dial ann\nbridge busy\n",
        .end = FLOW_REJECTED } },
    { "flows/default.flow",
      &with_voicemail,
      { .name = "default: its own ring time, then a message",
        .dials = { RANG_OUT },
        .record = LEFT,
        .want = "dial ann\nbridge no_answer\n" GREETING("ann") "voicemail left\n",
        .at = 22960 } },
    { "flows/default.flow",
      &with_voicemail,
      { .name = "default: the caller gives up while it rings",
        .caller = "5000:-",
        .dials = { RANG_OUT },
        .want = "dial ann\n",
        .end = FLOW_CALLER_GONE } },
    { "flows/welcome.flow",
      &plain,
      { .name = "welcome: one, and somebody answers",
        .caller = "500:1",
        .dials = { { DIAL_ENDED, 0, 30000, DIAL_BY_CALLEE, { 0 } } },
        .want = WELCOME "menu chosen\ndial ann bob\nbridge ended\n",
        .at = 30500 } },
    { "flows/welcome.flow",
      &plain,
      { .name = "welcome: nobody comes, and the caller hangs up in the message",
        .caller = "500:1 30000:-",
        .dials = { RANG_OUT },
        .record = { RECORD_SAVED, 60000, { "id", 2 }, false, false },
        .want = WELCOME
        "menu chosen\ndial ann bob\nbridge no_answer\nhear Nobody can come to the phone.\nsay done\n" MESSAGE GREETING(
            "welcome") "voicemail left\n",
        .end = FLOW_CALLER_GONE,
        .at = 30000 } },
    { "flows/welcome.flow",
      &plain,
      { .name = "welcome: again, with all tries",
        .caller = "500:3 4000:2 5000:1",
        .dials = { { DIAL_ENDED, 0, 1000, DIAL_BY_CALLEE, { 0 } } },
        .want = WELCOME "menu invalid\nhear Please press 1 or 2.\nsay done\n" WELCOME "menu chosen\n" WELCOME
                        "menu chosen\ndial ann bob\nbridge ended\n" } },
    { "flows/welcome.flow",
      &plain,
      { .name = "welcome: twice nothing",
        .record = { RECORD_EMPTY, 5000, { 0 }, false, false },
        .want = WELCOME "menu timeout\nhear I did not hear you.\nsay done\n" WELCOME
                        "menu timeout\n" MESSAGE GREETING("welcome") "voicemail empty\n" } },
};

static void rows_play(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        scene_play_image(&rows[i].scene, compiled(rows[i].path, NULL), rows[i].facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(rows_play) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
