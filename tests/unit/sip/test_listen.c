/* Where to listen, as people write it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sipfront/sip/listen.h"

static void texts_are_read(void **state)
{
    static const struct {
        const char *text, *transport, *address; /* address NULL: refused */
        uint16_t port;
    } rows[] = {
        { "192.0.2.1", "", "192.0.2.1", 5060 },
        { "192.0.2.1:5070", "", "192.0.2.1", 5070 },
        { "tls:192.0.2.1:5061", "tls", "192.0.2.1", 5061 },
        { "udp:[2001:db8::1]:0", "udp", "2001:db8::1", 0 },
        { "[2001:db8::1]", "", "2001:db8::1", 5060 },
        { "2001:db8::1", "", "2001:db8::1", 5060 },
        { "tcp:::1", "tcp", "::1", 5060 },
        { "0.0.0.0", "", "0.0.0.0", 5060 },
        { "", "", NULL, 0 },
        { "example.com", "", NULL, 0 },
        { "192.0.2.1:65536", "", NULL, 0 },
        { "192.0.2.1:", "", NULL, 0 },
        { "192.0.2.0/24", "", NULL, 0 },
        { "sctp:192.0.2.1", "", NULL, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sip_listen l;
        print_message("%s\n", rows[i].text);
        assert_int_equal(listen_parse(&l, rows[i].text, 5060), rows[i].address ? ERR_OK : ERR_SYNTAX);
        if (!rows[i].address)
            continue;
        assert_string_equal(l.transport, rows[i].transport);
        assert_string_equal(l.address, rows[i].address);
        assert_int_equal(l.port, rows[i].port);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(texts_are_read) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
