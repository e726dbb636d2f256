/* The larger flows that ship, from their source to the end of a call; test_shipped.c has those that a server begins
 * with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/flows/compiled.h"

#define MONDAY_10 INT64_C(1795424400000) /* 2026-11-23 10:00 in Warsaw */
#define SUNDAY    INT64_C(1795338000000)

#define REFUSAL(outcome)                                                                                               \
    {                                                                                                                  \
        .how = DIAL_##outcome, .after_ms = -1                                                                          \
    }
#define LEFT                                                                                                           \
    {                                                                                                                  \
        RECORD_SAVED, 4000, { "id", 2 }, false, false                                                                  \
    }
#define TALK                                                                                                           \
    {                                                                                                                  \
        DIAL_ENDED, 2000, 40000, DIAL_BY_CALLEE, { 0 }                                                                 \
    }

static const struct sim_facts monday = { .from = { "eve", 3 }, .from_name = { "Eve", 3 }, .wall_ms = MONDAY_10 };
static const struct sim_facts sunday = { .from = { "eve", 3 }, .wall_ms = SUNDAY };

static const struct {
    const char *path;
    const struct sim_facts *facts;
    struct scene scene;
} rows[] = {
    { "flows/hunt.flow",
      &monday,
      { .name = "hunt: the last one takes it",
        .dials = { REFUSAL(NO_ANSWER), REFUSAL(DECLINED), TALK },
        .want = "hear Trying person one.\n"
                "say done\n"
                "dial ann\n"
                "bridge no_answer\n"
                "hear Trying person two.\n"
                "say done\n"
                "dial bob\n"
                "bridge declined\n"
                "hear Trying person three.\n"
                "say done\n"
                "dial +447700900123\n"
                "bridge ended\n" } },
    { "flows/hunt.flow",
      &monday,
      { .name = "hunt: all lines abroad are taken, then the caller leaves",
        .elsewhere = { 1, 0 },
        .caller = "25000:-",
        .dials = { REFUSAL(OFFLINE), REFUSAL(BUSY) },
        .record = { RECORD_SAVED, 60000, { "id", 2 }, false, false },
        .end = FLOW_CALLER_GONE,
        .want = "hear Trying person one.\n"
                "say done\n"
                "dial ann\n"
                "bridge offline\n"
                "hear Trying person two.\n"
                "say done\n"
                "dial bob\n"
                "bridge busy\n"
                "hear Trying person three.\n"
                "say done\n"
                "bridge limited\n"
                "hear Nobody could take your call.\n"
                "say done\n"
                "hear This is the mailbox of night_duty. Please leave a message after the tone.\n"
                "record night_duty\n"
                "voicemail left\n"
                "= left at person 3\n" } },
    { "flows/reception.flow",
      &sunday,
      { .name = "reception: closed",
        .record = LEFT,
        .want = "hear We are closed. Please leave a message after the tone.\n"
                "say done\n"
                "hear This is the mailbox of reception. Please leave a message after the tone.\n"
                "record reception\n"
                "voicemail left\n" } },
    { "flows/reception.flow",
      &monday,
      { .name = "reception: the address, a wrong key, sales",
        .caller = "500:3 9000:9 20000:1",
        .dials = { REFUSAL(NO_ANSWER) },
        .record = LEFT,
        .want =
            "hear Thank you for calling Acme. For sales, press 1. For support, press 2. To hear our address, press 3.\n"
            "menu chosen\n"
            "hear We are at one Main Street.\n"
            "say done\n"
            "hear Thank you for calling Acme. For sales, press 1. For support, press 2. To hear our address, press 3.\n"
            "menu invalid\n"
            "hear That is not one of the choices.\n"
            "say done\n"
            "hear Thank you for calling Acme. For sales, press 1. For support, press 2. To hear our address, press 3.\n"
            "menu chosen\n"
            "dial ann bob\n"
            "hear hold.wav\n"
            "bridge no_answer\n"
            "hear This is the mailbox of sales. Please leave a message after the tone.\n"
            "record sales\n"
            "voicemail left\n"
            "hear Goodbye.\n"
            "say done\n" } },
    { "flows/reception.flow",
      &monday,
      { .name = "reception: handed over",
        .caller = "500:2",
        .end = FLOW_CONTINUE,
        .want =
            "hear Thank you for calling Acme. For sales, press 1. For support, press 2. To hear our address, press 3.\n"
            "menu chosen\n" } },
    { "flows/support.flow",
      &monday,
      { .name = "support: the second PIN is right",
        .caller = "500:0000 6000:1234",
        .fetches = { { .how = FETCH_STATUS, .code = 403 },
                     { .how = FETCH_OK,
                       .doc = { "{\"name\":\"Eva\",\"engineer\":{\"phone\":\"+48600700800\"}}", 50 } } },
        .dials = { TALK },
        .want = "hear Please enter your four digit PIN.\n"
                "gather matched\n"
                "fetch https://crm.example/login\n"
                "fetch status\n"
                "hear That PIN is not right.\n"
                "say done\n"
                "hear Please enter your four digit PIN.\n"
                "gather matched\n"
                "fetch https://crm.example/login\n"
                "fetch ok\n"
                "hear Hello Eva. I will connect you with your engineer.\n"
                "say done\n"
                "dial +48600700800\n"
                "bridge ended\n" } },
    { "flows/support.flow",
      &monday,
      { .name = "support: an engineer abroad, and the desk is busy",
        .caller = "500:1234",
        .fetches = { { .how = FETCH_OK, .doc = { "{\"engineer\":{\"phone\":\"+979123\"}}", 32 } } },
        .dials = { REFUSAL(BUSY) },
        .record = LEFT,
        .want = "hear Please enter your four digit PIN.\n"
                "gather matched\n"
                "fetch https://crm.example/login\n"
                "fetch ok\n"
                "hear Hello customer. I will connect you with your engineer.\n"
                "say done\n"
                "bridge failed\n"
                "hear Your engineer cannot come to the phone.\n"
                "say done\n"
                "dial ann bob\n"
                "hear hold.wav\n"
                "bridge busy\n"
                "hear This is the mailbox of support. Please leave a message after the tone.\n"
                "record support\n"
                "voicemail left\n" } },
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
