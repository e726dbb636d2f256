/* PINs of mailboxes: which are taken, and that a hash fits its PIN alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sipfront/call/pin.h"

static void test_good_and_weak(void **state)
{
    static const struct {
        const char *digits;
        bool good;
    } rows[] = {
        { "2580", true },  { "123", false }, { "1234", false },        { "4321", false },          { "1111", false },
        { "12a4", false }, { "", false },    { "123456789012", true }, { "1234567890123", false }, { "1357", true },
        { "9876", false }, { "1212", true }, { "25 8", false },        { "2580#", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (pin_is_good(str_of(rows[i].digits)) != rows[i].good)
            fail_msg("'%s' is %s", rows[i].digits, rows[i].good ? "refused" : "taken");
}

static void test_hash(void **state)
{
    char a[PIN_HASH], b[PIN_HASH];
    (void)state;
    assert_int_equal(pin_hash(STR("2580"), a), ERR_OK);
    assert_int_equal(pin_hash(STR("2580"), b), ERR_OK);
    assert_string_not_equal(a, b); /* a salt of its own */
    assert_null(strstr(a, "2580:"));
    assert_true(pin_matches(STR("2580"), a));
    assert_true(pin_matches(STR("2580"), b));
    assert_false(pin_matches(STR("2581"), a));
    assert_false(pin_matches(STR("258"), a));
    assert_false(pin_matches(STR(""), a));
}

#define SALT "00112233445566778899aabbccddeeff"

static void test_what_is_no_hash_matches_nothing(void **state)
{
    static const char *const rows[] = { "",
                                        "2580",
                                        "pbkdf2:",
                                        "pbkdf2:0:00:00",
                                        "pbkdf2:100000:zz:zz",
                                        "pbkdf2:100000:00112233445566778899aabbccddeeff:00",
                                        "pbkdf2:999999999:" SALT ":" SALT SALT };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_false(pin_matches(STR("2580"), rows[i]));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_and_weak),
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_what_is_no_hash_matches_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
