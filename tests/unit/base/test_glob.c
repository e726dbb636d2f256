/* Patterns: a row a rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "vm/base/glob.h"

static const struct {
    const char *pattern, *text;
    bool fits;
} rows[] = {
    { "", "", true },
    { "", "a", false },
    { "abc", "abc", true },
    { "abc", "abcd", false },
    { "abc", "ab", false },
    { "1??", "123", true },
    { "1??", "12", false },
    { "?", "ż", true },
    { "?", "\xff", true },
    { "\xff", "\xff", true },
    { "\xff", "ÿ", false },
    { "x\xc5", "x\xc5", true },
    { "?", "żx", false },
    { "*ł", "ał", true },
    { "*", "", true },
    { "+48*", "+48221234567", true },
    { "+48*", "+4", false },
    { "*1*2*", "xx1yy2", true },
    { "*1*2*", "xx2yy1", false },
    { "a*b*c", "abbcbc", true },
    { "a*?", "a", false },
    { "[1-5]", "3", true },
    { "[1-5]", "6", false },
    { "[1-5]*", "5x", true },
    { "[13]", "3", false },
    { "[13]", "[13]", true },
    { "[a-]", "[a-]", true },
    { "[5-1]", "3", false },
    { "[5-1]", "[5-1]", true },
    { "a*b*c", "abcb", false },
    { "*1*2", "1323232", true },
    { "[ą-ż]", "ę", true },
    { "[", "[", true },
    { "[1", "[1", true },
    { "[]", "", false },
    { "\\*", "*", true },
    { "\\*", "x", false },
    { "\\[1", "[1", true },
    { "a\\", "a\\", true },
};

/* What can still come of a beginning: a menu waits for it. */
static const struct {
    const char *pattern, *text;
    bool whole, longer;
} begun[] = {
    { "1", "", false, true },        { "1", "1", true, false },      { "1", "2", false, false },
    { "1", "11", false, false },     { "", "", true, false },        { "", "1", false, false },
    { "12", "1", false, true },      { "1??", "1", false, true },    { "1??", "12", false, true },
    { "1??", "123", true, false },   { "1??", "223", false, false }, { "*", "", true, true },
    { "*", "whatever", true, true }, { "1*", "1", true, true },      { "1*2", "12", true, true },
    { "1*2", "13", false, true },    { "1*2", "3", false, false },   { "[1-5]", "3", true, false },
    { "[1-5]", "6", false, false },  { "[1-5]0", "5", false, true }, { "\\*", "*", true, false },
    { "\\*", "1", false, false },    { "\\*1", "*", false, true },   { "+48*", "+4822", true, true },
    { "+48*", "+47", false, false }, { "**", "", true, true },
};

static void knows_what_may_come(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof begun / sizeof *begun; i++) {
        struct glob_fit fit = glob_try(str_of(begun[i].pattern), str_of(begun[i].text));
        if (fit.whole != begun[i].whole || fit.longer != begun[i].longer)
            fail_msg("'%s' and '%s': whole %d, longer %d", begun[i].pattern, begun[i].text, fit.whole, fit.longer);
    }
}

static void fixed_is_seen(void **state)
{
    (void)state;
    assert_true(glob_is_fixed(STR("12#")));
    assert_true(glob_is_fixed(STR("\\*\\?")));
    assert_false(glob_is_fixed(STR("1?")));
    assert_false(glob_is_fixed(STR("*")));
    assert_false(glob_is_fixed(STR("[1-5]")));
}

static void elements_have_lengths(void **state)
{
    static const struct {
        const char *pattern;
        size_t length;
    } elements[] = { { "ab", 1 }, { "*", 1 },    { "[1-5]", 5 }, { "[ą-ż]x", 7 }, { "\\*x", 2 }, { "łx", 2 },
                     { "[", 0 },  { "[13]", 0 }, { "[5-1]", 0 }, { "[1-", 0 },    { "\\", 0 } };
    (void)state;
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        assert_int_equal(glob_element(str_of(elements[i].pattern)), elements[i].length);
}

static void fits_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (glob_fits(str_of(rows[i].pattern), str_of(rows[i].text)) != rows[i].fits)
            fail_msg("'%s' and '%s'", rows[i].pattern, rows[i].text);
}

/* What takes other matchers for ever. */
static void stars_do_not_multiply(void **state)
{
    char text[2001];
    (void)state;
    memset(text, 'a', 2000);
    text[2000] = '\0';
    assert_false(glob_fits(STR("a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"), str_of(text)));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(fits_or_not), cmocka_unit_test(knows_what_may_come),
                                        cmocka_unit_test(fixed_is_seen), cmocka_unit_test(elements_have_lengths),
                                        cmocka_unit_test(stars_do_not_multiply) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
