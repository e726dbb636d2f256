/* How phones are asked to ring: what is a tone, and what it comes to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vm/base/ring_tone.h"

static const struct {
    const char *tone, *uri, *info; /* uri NULL: it is none */
} rows[] = {
    { "internal", "urn:alert:source:internal", "alert-internal" },
    { "urgent", "urn:alert:priority:high", "alert-urgent" },
    { "Bellcore-dr3", "http://127.0.0.1/Bellcore-dr3", "Bellcore-dr3" },
    { "urn:alert:service:recall:callback", "urn:alert:service:recall:callback", "" },
    { "urn:alert:country:pl", "urn:alert:country:pl", "" },
    { "urn:alert:source:vip@example.com", "urn:alert:source:vip@example.com", "" },
    { "http://sounds.example/a.wav?x=1&y=%20", "http://sounds.example/a.wav?x=1&y=%20", "" },
    { "HTTPS://sounds.example", "HTTPS://sounds.example", "" },
    { "http://[2001:db8::1]/a.wav", "http://[2001:db8::1]/a.wav", "" },
    { "sip:ring@sounds.example", "sip:ring@sounds.example", "" },
    { "two words", NULL, NULL },
    { "a\r\nX-Evil: 1", NULL, NULL },
    { "a;delay=0", NULL, NULL },
    { "abcdefghijklmnopqrstuvwxyz0123456", NULL, NULL },
    { "file:///etc/passwd", NULL, NULL },
    { "javascript:x", NULL, NULL },
    { "http://", NULL, NULL },
    { "http:///a", NULL, NULL },
    { "http://a b", NULL, NULL },
    { "http://a>;info=alert-autoanswer", NULL, NULL },
    { "http://a\r\nX-Evil: 1", NULL, NULL },
    { "http://a\"b", NULL, NULL },
    { "http://\xc5\x82.example", NULL, NULL },
    { "urn:alert:", NULL, NULL },
    { "urn:alert:source", NULL, NULL },
    { "urn:alert:source:", NULL, NULL },
    { "urn:alert::internal", NULL, NULL },
    { "urn:alert:source:-x", NULL, NULL },
    { "urn:alert:source:x>", NULL, NULL },
};

static void what_is_a_tone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str tone = str_of(rows[i].tone);
        struct sbuf uri = { 0 }, info = { 0 };
        const char *fault = ring_tone_fault(tone);
        if ((fault == NULL) != (rows[i].uri != NULL))
            fail_msg("%s: %s", rows[i].tone, fault ? fault : "no fault");
        if (fault)
            continue;
        ring_tone_uri(tone, &uri);
        ring_tone_info(tone, &info);
        assert_string_equal(uri.p, rows[i].uri);
        assert_string_equal(info.p ? info.p : "", rows[i].info);
        sbuf_free(&uri);
        sbuf_free(&info);
    }
    assert_null(ring_tone_fault(STR("")));
}

static void too_long(void **state)
{
    char url[RING_TONE_MAX + 2] = "http://a/";
    (void)state;
    memset(url + 9, 'x', sizeof url - 9);
    assert_non_null(ring_tone_fault((struct str){ url, RING_TONE_MAX + 1 }));
    assert_null(ring_tone_fault((struct str){ url, RING_TONE_MAX }));
}

/* Whatever an address holds, its escaped form ends no header and no <>. */
static void addresses_are_escaped(void **state)
{
    static const char *const escaped[][2] = {
        { "http://a/Ann B.wav", "http://a/Ann%20B.wav" },
        { "http://a/\r\nX: 1", "http://a/%0D%0AX:%201" },
        { "http://a/>;x=\"", "http://a/%3E;x=%22" },
        { "http://a/\xc5\x82", "http://a/%C5%82" },
        { "http://a/%20", "http://a/%20" },
        { "a b", "a b" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof escaped / sizeof *escaped; i++) {
        struct sbuf out = { 0 };
        ring_tone_escape(str_of(escaped[i][0]), &out);
        assert_string_equal(out.p, escaped[i][1]);
        sbuf_free(&out);
    }
}

static void what_was_meant(void **state)
{
    (void)state;
    assert_string_equal(ring_tone_meant(STR("extrenal")), "external");
    assert_string_equal(ring_tone_meant(STR("intern")), "internal");
    assert_null(ring_tone_meant(STR("external")));
    assert_null(ring_tone_meant(STR("Bellcore-dr1")));
    assert_null(ring_tone_meant(STR("http://urgent")));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_a_tone), cmocka_unit_test(too_long),
                                        cmocka_unit_test(addresses_are_escaped), cmocka_unit_test(what_was_meant) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
