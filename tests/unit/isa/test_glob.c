/* Patterns: a row a rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "vm/isa/glob.h"

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
    { "[13]", "3", true },
    { "[13]", "2", false },
    { "[a-]", "-", true },
    { "[ą-ż]", "ę", true },
    { "[", "[", true },
    { "[1", "[1", true },
    { "[]", "", false },
    { "\\*", "*", true },
    { "\\*", "x", false },
    { "\\[1", "[1", true },
    { "a\\", "a\\", true },
};

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
    const struct CMUnitTest tests[] = { cmocka_unit_test(fits_or_not), cmocka_unit_test(stars_do_not_multiply) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
