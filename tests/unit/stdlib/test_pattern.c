/* Patterns of digits and names, and what could still come of a beginning. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "stdlib/pattern.h"

static const struct {
    const char *pattern, *text;
    bool whole, longer;
} rows[] = {
    { "1", "", false, true },         { "1", "1", true, false },
    { "1", "2", false, false },       { "1", "11", false, false },
    { "", "", true, false },          { "", "1", false, false },
    { "12", "1", false, true },       { "1??", "1", false, true },
    { "1??", "12", false, true },     { "1??", "123", true, false },
    { "1??", "223", false, false },   { "*", "", true, true },
    { "*", "whatever", true, true },  { "1*", "1", true, true },
    { "1*2", "12", true, true },      { "1*2", "13", false, true },
    { "1*2", "1323232", true, true }, { "[1-5]", "3", true, false },
    { "[1-5]", "6", false, false },   { "[1-5]0", "5", false, true },
    { "[a", "[a", true, false },      { "[12]", "[12]", true, false },
    { "\\*", "*", true, false },      { "\\*", "1", false, false },
    { "\\*1", "*", false, true },     { "\\", "\\", true, false },
    { "#", "#", true, false },        { "+48*", "+4822", true, true },
    { "+48*", "+47", false, false },  { "**", "", true, true },
    { "?", "\xc5\x82", true, false }, { "?", "\xc5\x82x", false, false },
    { "*ł", "ał", true, true },       { "x\xc5", "x\xc5", true, false },
};

static void rows_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pattern_fit fit = pattern_try(str_of(rows[i].text), str_of(rows[i].pattern));
        if (fit.whole != rows[i].whole || fit.longer != rows[i].longer)
            fail_msg("'%s' on '%s': whole %d, longer %d", rows[i].pattern, rows[i].text, fit.whole, fit.longer);
        assert_int_equal(pattern_match(str_of(rows[i].text), str_of(rows[i].pattern)), rows[i].whole);
    }
}

/* A pattern that a backtracking matcher would take for ever over. */
static void many_stars_are_quick(void **state)
{
    char text[4000], pattern[200];
    (void)state;
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i < sizeof pattern; i += 2)
        memcpy(pattern + i, "*a", 2);
    pattern[sizeof pattern - 1] = 'b';
    assert_false(pattern_match((struct str){ text, sizeof text }, (struct str){ pattern, sizeof pattern }));
    text[sizeof text - 1] = 'b';
    assert_true(pattern_match((struct str){ text, sizeof text }, (struct str){ pattern, sizeof pattern }));
}

static void too_long_fits_nothing(void **state)
{
    char pattern[PATTERN_MAX + 1];
    (void)state;
    memset(pattern, '1', sizeof pattern);
    assert_true(pattern_match((struct str){ pattern, PATTERN_MAX }, (struct str){ pattern, PATTERN_MAX }));
    assert_false(pattern_match((struct str){ pattern, sizeof pattern }, (struct str){ pattern, sizeof pattern }));
}

static void fixed_is_seen(void **state)
{
    (void)state;
    assert_true(pattern_is_fixed(STR("12#")));
    assert_true(pattern_is_fixed(STR("\\*\\?")));
    assert_false(pattern_is_fixed(STR("1?")));
    assert_false(pattern_is_fixed(STR("*")));
    assert_false(pattern_is_fixed(STR("[1-5]")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_hold),
        cmocka_unit_test(many_stars_are_quick),
        cmocka_unit_test(too_long_fits_nothing),
        cmocka_unit_test(fixed_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
