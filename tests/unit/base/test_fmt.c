/* Formatting: what the C library writes, to the byte, whole and cut short. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "vm/base/fmt.h"

enum { ROOM = 128 };

/* In every size up to the whole and beyond, 0 too. */
#define SAME(...)                                                                                                      \
    do {                                                                                                               \
        int whole = snprintf(NULL, 0, __VA_ARGS__);                                                                    \
        for (size_t size = 0; size <= (size_t)whole + 2; size++) {                                                     \
            char want[ROOM], got[ROOM];                                                                                \
            memset(want, '#', ROOM);                                                                                   \
            memset(got, '#', ROOM);                                                                                    \
            assert_int_equal(snprintf(want, size, __VA_ARGS__), whole);                                                \
            assert_int_equal(fmt_text(got, size, __VA_ARGS__), whole);                                                 \
            assert_memory_equal(got, want, ROOM);                                                                      \
        }                                                                                                              \
    } while (0)

static void own_conversions(void **state)
{
    (void)state;
    SAME("%s", "");
    SAME("plain 100%%");
    SAME("call=%s from=%s", "abc", "");
    SAME("%.*s|%.3s|%.0s|%.9s", 2, "wxyz", "abcdef", "abc", "abc");
    SAME("%.*s", -1, "whole");
    SAME("%d %d %d %d", 0, -1, INT_MAX, INT_MIN);
    SAME("%u %u", 0u, UINT_MAX);
    SAME("%ld %lu %lld %llu", LONG_MIN, ULONG_MAX, LLONG_MIN, ULLONG_MAX);
    SAME("%zu", SIZE_MAX);
    SAME("%x %x %llx", 0u, 0xdeadbeefu, ULLONG_MAX);
    SAME("%03d %04lld %02x %3d %5u %02u", -5, 12LL, 10u, 7, 123456u, 100u);
    SAME("%c%c", 'a', 'b');
    SAME("%010d|%10d", -42, -42);
}

/* Also when ours stand before and behind them. */
static void others_are_the_librarys(void **state)
{
    (void)state;
    SAME("%d %.2f %s", 1, 2.675, "x");
    SAME("%5s|%-5s|%s", "ab", "cd", "ef");
    SAME("%+d % d %#x %X %o", 1, 2, 3u, 0xabu, 8u);
    SAME("%hhu %hd %u", (unsigned char)3, (short)4, 5u);
    SAME("%s %lc %s", "a", L'b', "c");
    SAME("%.3d %5c %e", 7, 'x', 1.5);
    SAME("%70d", 1);
}

/* What a byte is missing for is not looked at: the text need not end. */
static void reads_no_further_than_it_may(void **state)
{
    char text[2] = { 'a', 'b' }, out[8];

    (void)state;
    assert_int_equal(fmt_text(out, sizeof out, "%.*s", 2, text), 2);
    assert_string_equal(out, "ab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_conversions),
        cmocka_unit_test(others_are_the_librarys),
        cmocka_unit_test(reads_no_further_than_it_may),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
