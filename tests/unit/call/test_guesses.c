/* Wrong PINs of conferences: whom they shut out, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sipfront/call/guesses.h"

#define MINUTE (60 * 1000LL)

static const struct guess ann = { { "board", 5 }, { "ann", 3 } };

static void five_wrong_ones_shut_out(void **state)
{
    static const int64_t shut_minutes[] = { 0, 0, 0, 0, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440 };
    struct guesses *g = guesses_new();
    int64_t now = 1000;
    (void)state;
    for (size_t i = 0; i < sizeof shut_minutes / sizeof *shut_minutes; i++) {
        int64_t ms = shut_minutes[i] * MINUTE;
        assert_false(guesses_shut(g, &ann, now));
        assert_int_equal(guesses_wrong(g, &ann, now), ms);
        assert_int_equal(guesses_shut(g, &ann, now), ms > 0);
        assert_int_equal(guesses_shut(g, &ann, now + ms - 1), ms > 0);
        now += ms;
    }
    guesses_free(&g);
}

static void a_right_one_begins_afresh(void **state)
{
    struct guesses *g = guesses_new();
    (void)state;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < GUESSES_FREE - 1; i++)
            assert_int_equal(guesses_wrong(g, &ann, 0), 0);
        guesses_right(g, &ann);
    }
    assert_false(guesses_shut(g, &ann, 0));
    guesses_free(&g);
}

static void others_and_other_rooms_are_apart(void **state)
{
    const struct guess bob = { ann.room, STR("bob") }, elsewhere = { STR("sales"), ann.caller };
    struct guesses *g = guesses_new();
    (void)state;
    for (int i = 0; i < GUESSES_FREE; i++)
        guesses_wrong(g, &ann, 0);
    assert_true(guesses_shut(g, &ann, 0));
    assert_false(guesses_shut(g, &bob, 0));
    assert_false(guesses_shut(g, &elsewhere, 0));
    guesses_right(g, &bob);
    assert_true(guesses_shut(g, &ann, 0));
    guesses_free(&g);
}

/* One caller more than there is room for: the one that has rested longest is forgotten. */
static void a_full_table_forgets_the_oldest(void **state)
{
    struct guesses *g = guesses_new();
    char names[GUESSES_KEPT + 1][16];
    (void)state;
    for (int i = 0; i <= GUESSES_KEPT; i++) {
        snprintf(names[i], sizeof names[i], "c%d", i);
        const struct guess by = { ann.room, str_of(names[i]) };
        for (int k = 0; k < GUESSES_FREE; k++)
            guesses_wrong(g, &by, i);
    }
    for (int i = 0; i <= GUESSES_KEPT; i++) {
        const struct guess by = { ann.room, str_of(names[i]) };
        assert_int_equal(guesses_shut(g, &by, GUESSES_KEPT), i > 0);
    }
    guesses_free(&g);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_wrong_ones_shut_out),
        cmocka_unit_test(a_right_one_begins_afresh),
        cmocka_unit_test(others_and_other_rooms_are_apart),
        cmocka_unit_test(a_full_table_forgets_the_oldest),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
