/* The port pool: even ports, owners, a taken port skipped, and back to zero. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sipfront/media/ports.h"

static bool bind_fn(uint16_t port, void *arg)
{
    const uint16_t *busy = arg;
    return port != *busy;
}

static void gives_each_pair_once(void **state)
{
    struct ports *p;
    uint16_t busy = 20004, port;
    struct ports_try how = { bind_fn, &busy };
    unsigned seen = 0;

    (void)state;
    assert_int_equal(ports_new(&p, 20000, 20011), ERR_OK);
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(ports_take(p, &seen, &how, &port), ERR_OK);
        assert_true(port % 2 == 0 && port >= 20000 && port < 20011 && port != 20004);
        assert_false(seen & 1u << (port - 20000));
        seen |= 1u << (port - 20000);
    }
    assert_int_equal(ports_take(p, &seen, &how, &port), ERR_LIMIT);
    assert_int_equal(ports_in_use(p), 5);
    ports_give(p, &busy, 20000); /* not the owner: nothing happens */
    assert_int_equal(ports_in_use(p), 5);
    for (port = 20000; port < 20011; port += 2)
        if (port != 20004)
            ports_give(p, &seen, port);
    assert_int_equal(ports_in_use(p), 0);
    ports_give(p, &seen, 20000); /* twice: nothing happens */
    ports_give(p, &seen, 19000);
    assert_int_equal(ports_in_use(p), 0);
    ports_free(&p);
    assert_null(p);
    ports_free(&p);
}

static const struct {
    uint16_t min, max;
    enum err want;
} ranges[] = {
    { 10000, 10001, ERR_OK },      { 10001, 10003, ERR_OK }, { 10001, 10002, ERR_INVALID },
    { 20000, 10000, ERR_INVALID }, { 0, 1000, ERR_INVALID }, { 65535, 65535, ERR_INVALID },
};

static void refuses_empty_ranges(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        struct ports *p;
        enum err e = ports_new(&p, ranges[i].min, ranges[i].max);
        if (e != ranges[i].want)
            fail_msg("%u-%u: %s", ranges[i].min, ranges[i].max, err_text(e));
        ports_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_each_pair_once),
        cmocka_unit_test(refuses_empty_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
