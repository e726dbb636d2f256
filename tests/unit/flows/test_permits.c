/* What a flow may dial, judged as it runs (docs/language.md, permits; rules 5, 16, 30). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/flows/compiled.h"

/* Whom the caller's name names is dialled: an outside text. */
#define TRY                                                                                                            \
    "{ on failed(why) { log why } on limited { log \"limited\" } on ended { log \"talked\" } else { log \"no\" } }"
#define DIALS_NAME "flow f { bridge call.from_name " TRY " }"
#define SENDS_NAME "flow f { transfer call.from_name { on failed(why) { log why } on done { log \"sent\" } } }"
#define TALK                                                                                                           \
    {                                                                                                                  \
        {                                                                                                              \
            DIAL_ENDED, 0, 1000, DIAL_BY_CALLEE, { 0 }                                                                 \
        }                                                                                                              \
    }
#define REFUSED      "bridge failed\n= not permitted\n"
#define TALKED(whom) "dial " whom "\nbridge ended\n= talked\n"

static const struct {
    const char *name, *text, *from_name, *want;
} outside[] = {
    { "any Connection", "permit dial connections\n" DIALS_NAME, "ann", TALKED("ann") },
    { "a pattern", "permit dial \"1??\"\n" DIALS_NAME, "101", TALKED("101") },
    { "no pattern fits", "permit dial \"1??\"\n" DIALS_NAME, "ann", REFUSED },
    { "a number needs a pattern, whatever else is permitted", "permit dial connections\n" DIALS_NAME, "+4822",
      REFUSED },
    { "so does an address", "permit dial connections, \"+48*\"\n" DIALS_NAME, "sip:ann@x.example", REFUSED },
    { "so does an address in large letters", "permit dial connections\n" DIALS_NAME, "SIP:ann@x.example", REFUSED },
    { "a number under a pattern", "permit dial connections, \"+48*\"\n" DIALS_NAME, "+48 22-1", TALKED("+48 22-1") },
    { "a number with more in it", "permit dial \"+48*\"\n" DIALS_NAME, "+4822@evil.example", REFUSED },
    { "a number with a letter", "permit dial \"+48*\"\n" DIALS_NAME, "+4822;x", REFUSED },
    { "a host", "permit dial \"sip:*@x.example\"\n" DIALS_NAME, "sip:a@x.example", TALKED("sip:a@x.example") },
    { "another host", "permit dial \"sip:*@x.example\"\n" DIALS_NAME, "sip:a@x.example.evil", REFUSED },
    { "two hosts", "permit dial \"sip:*@x.example\"\n" DIALS_NAME, "sip:a@evil.example;q=@x.example", REFUSED },
    { "two addresses", "permit dial \"sip:*@x.example\"\n" DIALS_NAME, "sip:evil,sip:a@x.example", REFUSED },
    { "of two lines one is enough", "permit dial \"+44*\"\npermit dial \"+48*\"\n" DIALS_NAME, "+4822",
      TALKED("+4822") },
    { "empty", "permit dial \"1??\"\n" DIALS_NAME, "", REFUSED },
    { "a transfer", "permit dial \"1??\"\n" SENDS_NAME, "ann", "transfer failed\n= not permitted\n" },
    { "a transfer to a Connection", "permit dial connections\n" SENDS_NAME, "ann", "transfer failed\n= \n" },
    { "what the file says itself needs none", "flow f { bridge \"ann\" " TRY " }", "", TALKED("ann") },
};

static void outside_targets_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        struct sim_facts facts = { .from = { "eve", 3 }, .from_name = str_of(outside[i].from_name) };
        struct scene scene = { .name = outside[i].name, .dials = TALK, .want = outside[i].want };
        scene_play_image(&scene, compiled("permits.flow", outside[i].text), &facts);
    }
}

#define MOST(n, flow) "permit dial \"+48*\", \"+49*\" at most " n "\npermit dial \"+49*\" at most 1\n" flow

static const struct {
    const char *text;
    struct scene scene;
} rows[] = {
    { MOST("2", "flow f { bridge \"+481\" " TRY " }"),
      { .elsewhere = { 1, 9 }, .name = "room", .dials = TALK, .want = TALKED("+481") } },
    { MOST("2", "flow f { bridge \"+481\" " TRY " }"),
      { .elsewhere = { 2, 0 }, .name = "none: other calls hold the legs", .want = "bridge limited\n= limited\n" } },
    { MOST("2", "flow f { bridge \"+491\" " TRY " }"),
      { .elsewhere = { 2, 0 },
        .name = "the next line that covers it has room",
        .dials = TALK,
        .want = TALKED("+491") } },
    { MOST("2", "flow f { bridge [\"+481\", \"+482\", \"ann\", \"+483\"] " TRY " }"),
      { .elsewhere = { 0, 0 },
        .name = "the legs of one bridge count together",
        .dials = TALK,
        .want = TALKED("+481 +482 ann") } },
    { MOST("1", "flow f { bridge [\"+481\", \"+482\"], hunt: yes " TRY " }"),
      { .elsewhere = { 0, 0 },
        .name = "a hunt holds one at a time",
        .dials = { { .how = DIAL_BUSY }, { .how = DIAL_BUSY } },
        .want = "dial +481\ndial +482\nbridge busy\n= no\n" } },
    { MOST("1", "flow f { bridge [\"+481\", \"bob\"], hunt: yes " TRY " }"),
      { .elsewhere = { 1, 0 }, .name = "a hunt passes over what is limited", .dials = TALK, .want = TALKED("bob") } },
    { MOST("1", "flow f { repeat 2 { bridge \"+481\" " TRY " } }"),
      { .elsewhere = { 0, 0 },
        .name = "a leg that is over is free again",
        .dials = { { DIAL_ENDED, 0, 1000, DIAL_BY_CALLEE, { 0 } }, { DIAL_ENDED, 0, 1000, DIAL_BY_CALLEE, { 0 } } },
        .want = TALKED("+481") TALKED("+481") } },
};

#define SENDS "flow f { transfer \"+481\" { on failed(why) { log why } on done { log \"sent\" } } }"

static const struct {
    const char *text;
    struct scene scene;
} transfers[] = {
    { MOST("2", SENDS), { .elsewhere = { 1 }, .name = "room for a transfer", .want = "transfer failed\n= \n" } },
    { MOST("2", SENDS), { .elsewhere = { 2 }, .name = "none", .want = "transfer failed\n= limited\n" } },
};

#define ASKS                                                                                                           \
    "flow f { fetch \"https://b.example/\" { on failed(why) { log why } on ok { log \"ok\" } else { log \"no\" } } }"
#define MOST_ASKED(n, flow) "permit fetch \"https://a.example\", \"https://b.example\" at most " n "\n" flow
#define OK                                                                                                             \
    {                                                                                                                  \
        {                                                                                                              \
            .how = FETCH_OK                                                                                            \
        }                                                                                                              \
    }
#define ASKED "fetch https://b.example/\nfetch ok\n= ok\n"

static const struct {
    const char *text;
    struct scene scene;
} requests[] = {
    { MOST_ASKED("2", ASKS), { .elsewhere = { 1 }, .name = "room for a request", .fetches = OK, .want = ASKED } },
    { MOST_ASKED("2", ASKS),
      { .elsewhere = { 2 }, .name = "none: other calls hold it", .want = "fetch failed\n= limited\n" } },
    { MOST_ASKED("1", "permit fetch \"https://b.example\"\n" ASKS),
      { .elsewhere = { 1 }, .name = "another line that covers it counts nothing", .fetches = OK, .want = ASKED } },
    { "permit fetch \"https://a.example\"\npermit fetch \"https://b.example\" at most 1\n" ASKS,
      { .elsewhere = { 0, 1 }, .name = "the line that covers it counts", .want = "fetch failed\n= limited\n" } },
    { "permit fetch \"https://a.example\" at most 1\npermit fetch \"https://b.example\"\n" ASKS,
      { .elsewhere = { 1 }, .name = "a line that does not cover it counts not", .fetches = OK, .want = ASKED } },
};

static void requests_are_counted(void **state)
{
    static const struct sim_facts facts = { .from = { "eve", 3 } };
    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        scene_play_image(&requests[i].scene, compiled("permits.flow", requests[i].text), &facts);
}

static void legs_are_counted(void **state)
{
    static const struct sim_facts facts = { .from = { "eve", 3 } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        scene_play_image(&rows[i].scene, compiled("permits.flow", rows[i].text), &facts);
}

static void transfers_are_counted(void **state)
{
    static const struct sim_facts facts = { .from = { "eve", 3 } };
    (void)state;
    for (size_t i = 0; i < sizeof transfers / sizeof *transfers; i++)
        scene_play_image(&transfers[i].scene, compiled("permits.flow", transfers[i].text), &facts);
}

/* What a line is counted by is what it says, wherever it stands and how many it allows. */
static void a_line_is_known_by_its_patterns(void **state)
{
    (void)state;
    struct image *a =
        compiled("permits.flow", "permit dial \"+48*\" at most 1\npermit dial \"+49*\", \"+48*\" at most 1\n"
                                 "permit fetch \"https://x.example\" at most 1\nflow f { }");
    struct image *b =
        compiled("permits.flow", "permit fetch \"https://x.example\" at most 1\npermit dial \"+1*\" at most 1\n"
                                 "permit dial \"+48*\" at most 9\npermit dial \"+48*\" at most 9\nflow f { }");
    assert_int_equal(permit_key(a, 0), permit_key(b, 2));
    assert_int_equal(permit_key(a, 2), permit_key(b, 0));
    assert_int_not_equal(permit_key(a, 0), permit_key(a, 1));
    assert_int_not_equal(permit_key(b, 2), permit_key(b, 3)); /* each its own */
    for (uint32_t i = 0; i < 4; i++)
        assert_true(permit_key(b, i) >= 0);
    image_unref(&a);
    image_unref(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(outside_targets_are_judged),
                                        cmocka_unit_test(legs_are_counted), cmocka_unit_test(requests_are_counted),
                                        cmocka_unit_test(transfers_are_counted),
                                        cmocka_unit_test(a_line_is_known_by_its_patterns) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
