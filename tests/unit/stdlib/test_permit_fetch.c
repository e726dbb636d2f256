/* What a flow may fetch: addresses that mean to look like a permitted one are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stdlib/permit.h"

static const struct {
    const char *pattern, *url;
    bool want;
} rows[] = {
    { "https://crm.example", "https://crm.example", true },
    { "https://crm.example", "https://crm.example/", true },
    { "https://crm.example", "https://crm.example/login?pin=1", true },
    { "https://crm.example", "https://crm.example?pin=1", true },
    { "https://crm.example", "https://crm.example#top", true },
    { "https://crm.example", "https://crm.example:8443/login", true },
    { "https://crm.example", "https://crm.example:8443", true },
    { "https://crm.example/api/", "https://crm.example/api/login", true },
    { "https://*.crm.example/*", "https://eu.crm.example/login", true },
    { "https://crm.example", "https://crm.example.org/", false },
    { "https://crm.example", "https://crm.example-evil.org/", false },
    { "https://crm.example", "http://crm.example/", false },
    { "https://crm.example", "https://crm.example:pass@evil.example/", false },
    { "https://crm.example", "https://crm.example:443@evil.example/", false },
    { "https://crm.example", "https://crm.example:/", false },
    { "https://crm.example", "https://crm.example\\@evil.example/", false },
    { "https://*.crm.example/*", "https://evil.example\\.crm.example/", false },
    { "https://*.crm.example/*", "https://a@evil.example/.crm.example/", false },
    { "https://crm.example", "https://crm.example /", false },
    { "https://crm.example", "", false },
    { "", "https://crm.example/", false },
};

static void rows_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str pattern = str_of(rows[i].pattern);
        struct image_permit permit = { .kind = PERMIT_FETCH, .patterns = &pattern, .npatterns = 1 };
        struct image im = { .permits = &permit, .npermits = 1 };
        if (permit_fetch(&im, str_of(rows[i].url)) != rows[i].want)
            fail_msg("'%s' and '%s': %s is wanted", rows[i].pattern, rows[i].url, rows[i].want ? "yes" : "no");
    }
}

static void without_a_permit_nothing_passes(void **state)
{
    struct str pattern = STR("*");
    struct image_permit dial = { .kind = PERMIT_DIAL, .patterns = &pattern, .npatterns = 1 };
    struct image im = { .permits = &dial, .npermits = 1 };
    (void)state;
    assert_false(permit_fetch(&im, STR("https://crm.example/")));
    im.npermits = 0;
    assert_false(permit_fetch(&im, STR("https://crm.example/")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_hold),
        cmocka_unit_test(without_a_permit_nothing_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
