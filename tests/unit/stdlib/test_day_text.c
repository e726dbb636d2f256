/* Moments as text in a zone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stdlib/day_text.h"

static const struct {
    int64_t ms;
    const char *zone, *text;
} rows[] = {
    { 0, "UTC", "1970-01-01 00:00 4" },
    { -1, "UTC", "1969-12-31 23:59 3" },
    { 1767776400000, "UTC", "2026-01-07 09:00 3" },
    { 1767776400000, "Europe/Warsaw", "2026-01-07 10:00 3" },
    { 1767828600000, "Europe/Warsaw", "2026-01-08 00:30 4" },
    { 1783418400000, "Europe/Warsaw", "2026-07-07 12:00 2" },
    { 1792890000000, "Europe/Warsaw", "2026-10-25 02:00 7" }, /* the second time that this hour is shown */
    { 1767776400000, "Europe/Nowhere", "2026-01-07 09:00 3" },
    { 1767776400000, "", "2026-01-07 09:00 3" },
    { INT64_MAX, "UTC", "" },
    { INT64_MIN, "Europe/Warsaw", "" },
    { 253402300800000, "UTC", "" },
};

static void rows_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[ACTION_DAY_TEXT];
        day_text(rows[i].ms, str_of(rows[i].zone), text);
        assert_string_equal(text, rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(rows_hold) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
