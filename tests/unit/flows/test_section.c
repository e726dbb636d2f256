/* The section of tests: what the compiler wrote comes back, and no other bytes lead the reader or a run astray. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "stdlib/sim/test_run.h"
#include "tests/unit/flows/compiled.h"

static const char source[] =
    "permit dial \"+48*\"\n"
    "permit fetch \"https://a.example\"\n"
    "flow f {\n"
    "    repeat 2 { gather digits: 1, timeout: 1s { else { log \"none\" } } }\n"
    "    fetch \"https://a.example/x\" { else { } }\n"
    "    bridge \"ann\" { else { } }\n"
    "    voicemail \"box\"\n"
    "}\n"
    "test \"all kinds of steps\" {\n"
    "    at 2026-11-23 10:00\n"
    "    call from \"+48221234567\" to \"ann\" with voicemail\n"
    "    repeat 2 { press \"1\" after 200ms }\n"
    "    expect no transfer\n"
    "    expect fetch \"https://a.example/x\" { status 404 }\n"
    "    expect bridge call.dialed, ring: 20s { busy }\n"
    "    expect voicemail \"box\" { caller hangs up after 6s }\n"
    "    expect ended by caller\n"
    "}\n"
    "test \"left\" { press \"12\"; expect fetch { ok { \"a\": [1, \"b\"] } }; expect bridge { ended after 3s }\n"
    "    expect voicemail { left \"It is {call.from}.\" }; expect ended }\n";

static void run_all(struct image *im, const struct test_suite *suite, uint32_t *passed)
{
    *passed = 0;
    for (uint32_t i = 0; i < suite->ntests; i++) {
        struct test_result result;
        test_run(im, suite, &suite->tests[i], NULL, &result);
        *passed += result.passed;
        test_result_free(&result);
    }
}

static void comes_back(void **state)
{
    struct image *im = compiled("section.flow", source);
    struct test_suite *suite;
    const char *why = "";
    uint32_t passed;
    (void)state;
    assert_int_equal(test_suite_read(&suite, im->tests, &why), ERR_OK);
    assert_int_equal(suite->ntests, 2);
    assert_true(str_is(suite->tests[0].title, "all kinds of steps"));
    assert_int_equal(suite->tests[0].steps[0].line, 10);
    run_all(im, suite, &passed);
    assert_int_equal(passed, 2);
    test_suite_free(&suite);
    image_unref(&im);
}

/* Whether the bytes are read at all; if so every test of theirs is run. */
static bool try_bytes(struct image *im, const char *bytes, size_t len)
{
    struct test_suite *suite;
    const char *why = NULL;
    uint32_t passed;
    char *copy = malloc(len + 1); /* so that a read behind the end is seen */
    assert_non_null(copy);
    memcpy(copy, bytes, len);
    char *exact = realloc(copy, len ? len : 1);
    assert_non_null(exact);
    bool read = test_suite_read(&suite, (struct str){ exact, len }, &why) == ERR_OK;
    free(exact);
    assert_true(read || why);
    if (read)
        run_all(im, suite, &passed);
    test_suite_free(&suite);
    return read;
}

static void cut_off_is_refused(void **state)
{
    struct image *im = compiled("section.flow", source);
    (void)state;
    for (size_t len = 1; len < im->tests.len; len++)
        assert_false(try_bytes(im, im->tests.p, len));
    image_unref(&im);
}

static void damaged_harms_nobody(void **state)
{
    static const unsigned char masks[] = { 0x01, 0x02, 0x40, 0x80, 0xff };
    struct image *im = compiled("section.flow", source);
    char *bytes = malloc(im->tests.len);
    size_t read = 0;
    (void)state;
    assert_non_null(bytes);
    for (size_t i = 0; i < im->tests.len; i++)
        for (size_t k = 0; k < sizeof masks; k++) {
            memcpy(bytes, im->tests.p, im->tests.len);
            bytes[i] = (char)(bytes[i] ^ masks[k]);
            read += try_bytes(im, bytes, im->tests.len);
        }
    assert_true(read > 0); /* a changed letter is still a test */
    free(bytes);
    image_unref(&im);
}

static void nothing_is_no_test(void **state)
{
    struct test_suite *suite;
    const char *why = "";
    (void)state;
    assert_int_equal(test_suite_read(&suite, STR(""), &why), ERR_OK);
    assert_int_equal(suite->ntests, 0);
    test_suite_free(&suite);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back),
        cmocka_unit_test(cut_off_is_refused),
        cmocka_unit_test(damaged_harms_nobody),
        cmocka_unit_test(nothing_is_no_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
