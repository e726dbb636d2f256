/* Numbers: what people dial and carriers write, both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sipfront/call/numbering.h"

static const struct numbering germany = { "49", "0", "00", "112,110" };
static const struct numbering poland = { "48", "", "00", "112" };
static const struct numbering nowhere = { "", "0", "00", "112,911,999" };

/* want NULL: no telephone number. */
static void test_dialled(void **state)
{
    static const struct {
        const struct numbering *n;
        const char *dialled, *want;
    } rows[] = {
        { &germany, "030 123-456", "+4930123456" },
        { &germany, "0048221234567", "+48221234567" },
        { &germany, "+48 (22) 123.45.67", "+48221234567" },
        { &germany, "112", "112" },
        { &germany, "110", "110" },
        { &germany, "123456", NULL }, /* local: nobody knows of which place */
        { &germany, "ann", NULL },
        { &germany, "", NULL },
        { &germany, "+", NULL },
        { &germany, "+0123456", NULL },
        { &germany, "+1234567890123456", NULL }, /* 16 digits */
        { &germany, "00", NULL },
        { &germany, "12+34567", NULL },
        { &germany, "sip:030123456", NULL },
        { &poland, "221234567", "+48221234567" },
        { &poland, "11", NULL }, /* with the country code it is still too short */
        { &nowhere, "0221234567", NULL },
        { &nowhere, "0048221234567", "+48221234567" },
        { &nowhere, "911", "911" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[NUMBER_TEXT] = "";
        bool ok = numbering_dialled(rows[i].n, rows[i].dialled, out);
        if (ok != (rows[i].want != NULL) || (ok && strcmp(out, rows[i].want) != 0))
            fail_msg("\"%s\": got \"%s\", want \"%s\"", rows[i].dialled, ok ? out : "none",
                     rows[i].want ? rows[i].want : "none");
    }
}

static void test_to_carrier(void **state)
{
    static const struct {
        const char *format, *country, *number, *want;
    } rows[] = {
        { "plus", "", "+4930123456", "+4930123456" },
        { "digits", "", "+4930123456", "4930123456" },
        { "international", "", "+4930123456", "004930123456" },
        { "national", "", "+4930123456", "030123456" },
        { "national", "", "+48221234567", "0048221234567" },
        { "national", "48", "+48221234567", "0221234567" },
        { "national", "", "112", "112" },
        { "digits", "", "112", "112" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct trunk_settings t;
        char out[NUMBER_TEXT];
        trunk_settings_init(&t, "t");
        t.format = rows[i].format;
        t.country = rows[i].country;
        numbering_to_carrier(&germany, &t, rows[i].number, out);
        assert_string_equal(out, rows[i].want);
    }
}

static void test_called(void **state)
{
    static const struct {
        const char *format, *prepend, *text, *want;
        int strip;
    } rows[] = {
        { "plus", "", "4930123456", "+4930123456", 0 },
        { "national", "", "30123456", "+4930123456", 0 },
        { "plus", "+4930", "99456789", "+4930456789", 2 },
        { "plus", "", "030123456", "+4930123456", 0 },
        { "plus", "", "", NULL, 0 },
        { "plus", "", "12", NULL, 9 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct trunk_settings t;
        char out[NUMBER_TEXT] = "";
        trunk_settings_init(&t, "t");
        t.format = rows[i].format;
        t.prepend = rows[i].prepend;
        t.strip = rows[i].strip;
        assert_int_equal(numbering_called(&germany, &t, rows[i].text, out), rows[i].want != NULL);
        if (rows[i].want)
            assert_string_equal(out, rows[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialled),
        cmocka_unit_test(test_to_carrier),
        cmocka_unit_test(test_called),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
