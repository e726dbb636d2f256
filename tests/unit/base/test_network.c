/* Addresses and networks as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "vm/base/network.h"

static void texts_are_read_and_written(void **state)
{
    static const struct {
        const char *text, *again; /* again NULL: refused */
    } rows[] = {
        { "192.0.2.7", "192.0.2.7" },
        { "10.0.0.0/8", "10.0.0.0/8" },
        { "10.1.0.0/8", NULL },
        { "0.0.0.0/0", "0.0.0.0/0" },
        { "192.0.2.7/32", "192.0.2.7" },
        { "192.0.2.7/33", NULL },
        { "2001:db8::/32", "2001:db8::/32" },
        { "[2001:db8::1]", "2001:db8::1" },
        { "::ffff:192.0.2.7", "192.0.2.7" },
        { "::/0", "::/0" },
        { "2001:db8::1/32", NULL },
        { "", NULL },
        { "ann", NULL },
        { "10.0.0.0/", NULL },
        { "10.0.0.0/x", NULL },
        { "10.0.0/8", NULL },
        { "10.0.0.0/-1", NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct network n;
        char text[NETWORK_TEXT];
        print_message("%s\n", rows[i].text);
        assert_int_equal(network_parse(&n, rows[i].text), rows[i].again ? ERR_OK : ERR_SYNTAX);
        if (!rows[i].again)
            continue;
        network_text(&n, text);
        assert_string_equal(text, rows[i].again);
    }
}

static void a_network_holds_what_lies_in_it(void **state)
{
    static const struct {
        const char *net, *address;
        bool holds;
    } rows[] = {
        { "10.0.0.0/8", "10.255.0.1", true },         { "10.0.0.0/8", "11.0.0.1", false },
        { "10.0.0.0/9", "10.127.255.255", true },     { "10.0.0.0/9", "10.128.0.0", false },
        { "0.0.0.0/0", "203.0.113.9", true },         { "0.0.0.0/0", "2001:db8::1", false },
        { "2001:db8::/33", "2001:db8:7fff::", true }, { "2001:db8::/33", "2001:db8:8000::", false },
        { "192.0.2.7", "192.0.2.7", true },           { "192.0.2.7", "192.0.2.8", false },
        { "192.0.2.0/24", "192.0.0.0/16", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct network net, address;
        print_message("%s %s\n", rows[i].net, rows[i].address);
        assert_int_equal(network_parse(&net, rows[i].net), ERR_OK);
        assert_int_equal(network_parse(&address, rows[i].address), ERR_OK);
        assert_int_equal(network_holds(&net, &address), rows[i].holds);
    }
}

static void a_prefix_is_counted_in_its_own_family(void **state)
{
    struct network n, p;
    char text[NETWORK_TEXT];
    (void)state;
    assert_int_equal(network_parse(&n, "192.0.2.77"), ERR_OK);
    p = network_prefix(&n, 24);
    network_text(&p, text);
    assert_string_equal(text, "192.0.2.0/24");
    assert_int_equal(network_parse(&n, "2001:db8:1:2:3::9"), ERR_OK);
    p = network_prefix(&n, 64);
    network_text(&p, text);
    assert_string_equal(text, "2001:db8:1:2::/64");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_read_and_written),
        cmocka_unit_test(a_network_holds_what_lies_in_it),
        cmocka_unit_test(a_prefix_is_counted_in_its_own_family),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
