/* Which addresses are private, and what an operator's network is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "sipfront/web/address.h"

union any {
    struct sockaddr sa;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un un;
};

static union any address(const char *text)
{
    union any a = { .v4 = { .sin_family = AF_INET } };
    if (inet_pton(AF_INET, text, &a.v4.sin_addr) == 1)
        return a;
    a = (union any){ .v6 = { .sin6_family = AF_INET6 } };
    if (inet_pton(AF_INET6, text, &a.v6.sin6_addr) != 1)
        fail_msg("%s is no address", text);
    return a;
}

static void what_is_private(void **state)
{
    static const struct {
        const char *text;
        bool is_private;
    } rows[] = {
        { "127.0.0.1", true },
        { "127.255.255.255", true },
        { "0.0.0.0", true },
        { "10.0.0.1", true },
        { "100.64.0.1", true },
        { "100.63.255.255", false },
        { "100.128.0.0", false },
        { "169.254.169.254", true },
        { "172.15.255.255", false },
        { "172.16.0.1", true },
        { "172.31.255.255", true },
        { "172.32.0.0", false },
        { "192.168.1.1", true },
        { "192.169.0.0", false },
        { "198.18.0.1", true },
        { "198.20.0.0", false },
        { "224.0.0.1", true },
        { "255.255.255.255", true },
        { "93.184.216.34", false },
        { "8.8.8.8", false },
        { "::", true },
        { "::1", true },
        { "fe80::1", true },
        { "fec0::1", true },
        { "fc00::1", true },
        { "fdff::1", true },
        { "ff02::1", true },
        { "2001:db8::1", true },
        { "2606:2800:220::1", false },
        { "::ffff:127.0.0.1", true },
        { "::ffff:8.8.8.8", false },
        { "::127.0.0.1", true },
        { "64:ff9b::10.0.0.1", true },
        { "64:ff9b::8.8.8.8", false },
        { "2002:0a00:0001::1", true },
        { "2002:0808:0808::1", false },
        { "2001:0:1:2:3:4:80ff:fffe", true }, /* Teredo of 127.0.0.1, inverted */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        union any a = address(rows[i].text);
        if (address_is_private(&a.sa) != rows[i].is_private)
            fail_msg("%s should be %s", rows[i].text, rows[i].is_private ? "private" : "public");
    }
}

static void another_family_is_private(void **state)
{
    union any a = { .un = { .sun_family = AF_UNIX } };
    (void)state;
    assert_true(address_is_private(&a.sa));
}

static void what_an_operator_permits(void **state)
{
    static const struct {
        const char *range, *text;
        bool within;
    } rows[] = {
        { "10.1.0.0/16", "10.1.255.255", true },
        { "10.1.0.0/16", "10.2.0.0", false },
        { "127.0.0.1", "127.0.0.1", true },
        { "127.0.0.1", "127.0.0.2", false },
        { "127.0.0.0/8", "::ffff:127.0.0.1", true },
        { "fd00::/8", "fd12::1", true },
        { "fd00::/8", "fc00::1", false },
        { "0.0.0.0/0", "10.0.0.1", true },
        { "0.0.0.0/0", "fd00::1", false },
        { "172.16.0.0/12", "172.31.0.1", true },
        { "172.16.0.0/12", "172.32.0.1", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct address_range r;
        union any a = address(rows[i].text);
        assert_true(address_range_read(&r, rows[i].range));
        if (address_is_within(&a.sa, &r, 1) != rows[i].within)
            fail_msg("%s in %s should be %d", rows[i].text, rows[i].range, rows[i].within);
    }
}

static void what_is_no_network(void **state)
{
    static const char *const rows[] = { "",           "10.0.0",      "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1",
                                        "fd00::/129", "10.0.0.0/8x", "localhost",   "/8",        "10.0.0.0/ 8" };
    struct address_range r;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (address_range_read(&r, rows[i]))
            fail_msg("'%s' was read", rows[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_private),
        cmocka_unit_test(another_family_is_private),
        cmocka_unit_test(what_an_operator_permits),
        cmocka_unit_test(what_is_no_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
