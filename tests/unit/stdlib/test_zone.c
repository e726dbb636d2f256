/* Time zones against known facts of the tz database, and against the C library's own reading of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "stdlib/hours.h"
#include "stdlib/zone.h"

static void local_times(void **state)
{
    static const struct {
        const char *zone;
        int64_t utc;
        const char *want;
    } rows[] = {
        { "UTC", 0, "1970-01-01 00:00:00 3" },
        { "UTC", -1, "1969-12-31 23:59:59 2" },
        { "Europe/Warsaw", 1792886399, "2026-10-25 01:59:59 6" }, /* summer time, an hour before it ends */
        { "Europe/Warsaw", 1792889999, "2026-10-25 02:59:59 6" }, /* the last second of summer time */
        { "Europe/Warsaw", 1792890000, "2026-10-25 02:00:00 6" }, /* the hour comes again */
        { "Europe/Warsaw", 1774745999, "2026-03-29 01:59:59 6" },
        { "Europe/Warsaw", 1774746000, "2026-03-29 03:00:00 6" },
        { "America/New_York", 4102444800, "2099-12-31 19:00:00 3" }, /* beyond the tables: by rule */
        { "Australia/Sydney", 4102444800, "2100-01-01 11:00:00 4" }, /* summer in January */
        { "Asia/Kolkata", 1700000000, "2023-11-15 03:43:20 2" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct local_time t;
        char got[64];
        const struct zone *z = zone_find(str_of(rows[i].zone));
        assert_non_null(z);
        zone_local(z, rows[i].utc, &t);
        snprintf(got, sizeof got, "%04d-%02u-%02u %02u:%02u:%02u %u", t.year, t.month, t.day, t.hour, t.minute,
                 t.second, t.weekday);
        assert_string_equal(got, rows[i].want);
    }
}

/* Every seven hours and some from 1950 to 2100: the same offset as localtime_r() gives. */
static void as_the_c_library(void **state)
{
    static const char *const names[] = { "Europe/Warsaw", "America/New_York", "Australia/Lord_Howe",
                                         "Africa/Casablanca", "Pacific/Apia" };
    (void)state;
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        const struct zone *z = zone_find(str_of(names[n]));
        assert_non_null(z);
        setenv("TZ", names[n], 1);
        tzset();
        for (time_t t = -631152000; t < 4102444800; t += 25261) {
            struct tm tm;
            localtime_r(&t, &tm);
            if (zone_offset(z, t) != tm.tm_gmtoff)
                fail_msg("%s at %lld: %d, the C library says %ld", names[n], (long long)t, zone_offset(z, t),
                         tm.tm_gmtoff);
        }
    }
}

static void moments(void **state)
{
    const struct zone *z = zone_find(str_of("Europe/Warsaw"));
    int64_t at[2];
    (void)state;
    assert_int_equal(
        zone_moments(z, &(struct local_time){ .year = 2026, .month = 10, .day = 25, .hour = 2, .minute = 30 }, at), 2);
    assert_int_equal(at[0], 1792888200);
    assert_int_equal(at[1], 1792891800);
    assert_int_equal(
        zone_moments(z, &(struct local_time){ .year = 2026, .month = 3, .day = 29, .hour = 2, .minute = 30 }, at), 0);
    assert_int_equal(zone_moments(z, &(struct local_time){ .year = 2026, .month = 1, .day = 7, .hour = 10 }, at), 1);
    assert_int_equal(at[0], 1767776400);
}

static void unknown(void **state)
{
    static const char *const names[] = { "",         "Europe/Nowhere", "../../etc/passwd", "/etc/localtime",
                                         "zone.tab", "Europe" };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_null(zone_find(str_of(names[i])));
}

static void opening_hours(void **state)
{
    static const struct image_hours_rule rules[] = {
        { .days = 0x1f, .from = 9 * 60, .to = 17 * 60 },
        { .days = 0x20, .from = 10 * 60, .to = 14 * 60 },
        { .year = 2026, .month = 12, .day = 25 },
        { .month = 5, .day = 1, .from = 12 * 60, .to = 1440 },
    };
    static const struct {
        int64_t utc;
        bool open;
    } rows[] = {
        { 1795424400, true },  /* Monday 2026-11-23 10:00 */
        { 1795449599, true },  /* 16:59:59 */
        { 1795449600, false }, /* 17:00 */
        { 1795860000, true },  /* Saturday 2026-11-28 11:00 */
        { 1795946400, false }, /* Sunday */
        { 1798192800, false }, /* Friday 2026-12-25 11:00: the date beats the day */
        { 1777633200, true },  /* 2026-05-01 13:00, every year */
        { 1777626000, false }, /* 2026-05-01 11:00 */
    };
    const struct image_hours h = { .zone = STR("Europe/Warsaw"), .rules = rules, .nrules = 4 };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (hours_open(&h, rows[i].utc * 1000) != rows[i].open)
            fail_msg("row %zu", i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(local_times), cmocka_unit_test(as_the_c_library), cmocka_unit_test(moments),
        cmocka_unit_test(unknown),     cmocka_unit_test(opening_hours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
