/* The queue of typed-ahead digits, and the order of refused dials. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stdlib/dial_rank.h"
#include "stdlib/digits.h"

static void put_all(struct digits *d, const char *keys)
{
    for (; *keys; keys++)
        digits_put(d, *keys, 0);
}

static void first_in_first_out(void **state)
{
    struct digits d = { 0 };
    char key;
    (void)state;
    assert_false(digits_take(&d, &key));
    put_all(&d, "12#");
    assert_true(digits_take(&d, &key) && key == '1');
    put_all(&d, "4");
    assert_true(digits_take(&d, &key) && key == '2');
    assert_true(digits_take(&d, &key) && key == '#');
    assert_true(digits_take(&d, &key) && key == '4');
    assert_false(digits_take(&d, &key));
}

static void full_queue_drops(void **state)
{
    struct digits d = { 0 };
    (void)state;
    for (int i = 0; i < DIGITS_MAX; i++)
        assert_true(digits_put(&d, '1', 0));
    assert_false(digits_put(&d, '2', 0));
    assert_int_equal(digits_find(&d, STR("2")), -1);
    digits_clear(&d);
    assert_true(digits_put(&d, '2', 0));
}

static void find_by_barge(void **state)
{
    struct digits d = { 0 };
    (void)state;
    assert_int_equal(digits_find(&d, BARGE_ANY_KEY), -1);
    put_all(&d, "15#");
    assert_int_equal(digits_find(&d, BARGE_ANY_KEY), 0);
    assert_int_equal(digits_find(&d, STR("#5")), 1);
    assert_int_equal(digits_find(&d, STR("")), -1);
    assert_int_equal(digits_take_at(&d, 1), '5');
    assert_int_equal(d.count, 2);
    assert_int_equal(d.queue[1], '#');
}

static void ending_key_is_swallowed_once(void **state)
{
    static const struct {
        const char *name, *waiting, *later;
        int64_t later_at;
        unsigned left;
    } rows[] = {
        { "it waits already", "#", "", 0, 0 },     { "it comes next", "", "#", 500, 0 },
        { "it comes too late", "", "#", 3000, 1 }, { "another comes first", "", "1#", 500, 2 },
        { "another waits", "1", "#", 500, 2 },     { "it comes twice", "", "##", 500, 1 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct digits d = { 0 };
        put_all(&d, rows[i].waiting);
        digits_swallow(&d, STR("#"), 0, 3000);
        for (const char *k = rows[i].later; *k; k++)
            digits_put(&d, *k, rows[i].later_at);
        if (d.count != rows[i].left)
            fail_msg("%s: %u left", rows[i].name, d.count);
    }
}

static void keys_are_known(void **state)
{
    (void)state;
    assert_true(digit_is_key('0') && digit_is_key('*') && digit_is_key('D'));
    assert_false(digit_is_key('\0') || digit_is_key('E') || digit_is_key('a'));
}

static void refusals_have_an_order(void **state)
{
    static const enum dial_outcome order[] = { DIAL_ENDED,   DIAL_NO_ANSWER, DIAL_BUSY,   DIAL_DECLINED,
                                               DIAL_LIMITED, DIAL_FAILED,    DIAL_OFFLINE };
    (void)state;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        for (size_t k = 0; k < sizeof order / sizeof *order; k++)
            assert_int_equal(dial_outranks(order[i], order[k]), i < k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_in_first_out), cmocka_unit_test(full_queue_drops),
        cmocka_unit_test(find_by_barge),      cmocka_unit_test(ending_key_is_swallowed_once),
        cmocka_unit_test(keys_are_known),     cmocka_unit_test(refusals_have_an_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
