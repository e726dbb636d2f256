/* What permits cover: a row a rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vm/base/cover.h"

struct row {
    const char *pattern, *text;
    bool covered;
};

static const struct row targets[] = {
    { "ann", "ann", true },
    { "1??", "101", true },
    { "1??", "1011", false },
    { "+48*", "+48221234567", true },
    { "+48*", "+48 (22) 123-45.67", true },
    { "+48*", "+49221234567", false },
    { "+48*", "+48x", false },
    { "+48*", "+48;phone-context=x", false },
    { "*", "+", false },
    { "*", "+4822@evil.example", false },
    { "sip:*@x.example", "sip:ann@x.example", true },
    { "sip:*@x.example", "sips:ann@x.example", false },
    { "sip:*@x.example", "sip:ann@x.example.evil", false },
    { "sip:*@x.example", "sip:a@evil.example;q=@x.example", false },
    { "sip:*@x.example", "sip:evil.example,sip:a@x.example", false },
    { "sip:*@x.example", "sip:evil.example>@x.example", false },
    { "sip:*@x.example", "sip:a b@x.example", false },
    { "sip:*@x.example", "sip:\xc5\x82@x.example", false },
    { "SIP:*@x.example", "SIP:a@x.example", true },
};

static const struct row urls[] = {
    { "https://crm.example", "https://crm.example", true },
    { "https://crm.example", "https://crm.example/login?a=b#c", true },
    { "https://crm.example", "https://crm.example?a", true },
    { "https://crm.example", "https://crm.example:8443/login", true },
    { "https://crm.example", "https://crm.example:pw@evil.example", false },
    { "https://crm.example", "https://crm.example:x", false },
    { "https://crm.example", "https://crm.example.evil", false },
    { "https://crm.example", "https://crm.example@evil.example", false },
    { "https://crm.example", "https://crm.example\\@evil.example", false },
    { "https://crm.example", "http://crm.example", false },
    { "https://crm.example/a/", "https://crm.example/a/b", true },
    { "https://crm.example/a", "https://crm.example/ab", false },
    { "https://*.example/x", "https://a.example/x", true },
    { "https://crm.example", "https://crm.example/a b", true },
    { "", "https://crm.example", false },
    { "https://*.example/x", "https://evil.test/.example/x", false },
    { "https://*.example/x", "https://evil.test?.example/x", false },
    { "https://*.example", "https://a.example:444/anything", true },
    { "https://a?.example", "https://ab.example/x", true },
    { "https://crm.example:444", "https://crm.example:444/x", true },
    { "https://crm.example:444", "https://crm.example/x", false },
    { "https://crm.example/a/*", "https://crm.example/a/b/c?d", true },
    { "https://crm.example/a/", "https://crm.example/a/../b", false },
    { "https://crm.example/a/", "https://crm.example/a/%2E./b", false },
    { "https://crm.example/a/", "https://crm.example/a/..", false },
    { "https://crm.example/a/", "https://crm.example/a/.well-known/...", true },
    { "https://crm.example/a/", "https://crm.example/a/b?c=/../d", true },
    { "*", "https://crm.example/a", true },
};

static void check(const struct row *rows, size_t count, bool (*covers)(struct str pattern, struct str text))
{
    for (size_t i = 0; i < count; i++)
        if (covers(str_of(rows[i].pattern), str_of(rows[i].text)) != rows[i].covered)
            fail_msg("'%s' and '%s'", rows[i].pattern, rows[i].text);
}

static void targets_are_covered(void **state)
{
    (void)state;
    check(targets, sizeof targets / sizeof *targets, cover_dial);
}

static void addresses_are_covered(void **state)
{
    (void)state;
    check(urls, sizeof urls / sizeof *urls, cover_fetch);
}

static void names_are_told_from_the_rest(void **state)
{
    (void)state;
    assert_true(cover_is_abroad(STR("+48")) && cover_is_abroad(STR("sip:a@b")) && cover_is_abroad(STR("SIPS:a@b")));
    assert_false(cover_is_abroad(STR("")) || cover_is_abroad(STR("sip")) || cover_is_abroad(STR("48")));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(targets_are_covered), cmocka_unit_test(addresses_are_covered),
                                        cmocka_unit_test(names_are_told_from_the_rest) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
