/* The port pool: even ports, owners, a taken port passed by, rest before the next call, and back to zero. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/socket.h>
#include <unistd.h>

#include "sipfront/media/ports.h"

enum { FIRST = 28400, LAST = 28407 /* four pairs */ };

struct fixture {
    struct ports *ports;
    struct net_address v4, v6;
    unsigned opened;
    bool refuses;
};

static bool watch(struct port_pair *pair, void *arg)
{
    struct fixture *f = arg;

    assert_true(pair->rtp >= 0 && pair->rtcp >= 0);
    f->opened++;
    return !f->refuses;
}

static void begin(struct fixture *f)
{
    *f = (struct fixture){ 0 };
    assert_true(net_address_parse(&f->v4, "127.0.0.1", 0));
    assert_true(net_address_parse(&f->v6, "::1", 0));
    assert_int_equal(ports_new(&f->ports, FIRST, LAST, watch, f), ERR_OK);
}

static int own_port(int fd)
{
    struct net_address a = { .len = sizeof a.v6 };

    assert_int_equal(getsockname(fd, &a.any, &a.len), 0);
    return net_address_port(&a);
}

static struct port_pair *take(struct fixture *f, const struct net_address *a, int64_t now_ms)
{
    struct port_pair *pair;

    assert_int_equal(ports_take(f->ports, a, f, now_ms, &pair), ERR_OK);
    assert_ptr_equal(atomic_load(&pair->owner), f);
    assert_int_equal(own_port(pair->rtp), pair->port);
    assert_int_equal(own_port(pair->rtcp), pair->port + 1);
    return pair;
}

static int bind_port(int port)
{
    struct net_address a;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    assert_true(net_address_parse(&a, "127.0.0.1", (uint16_t)port));
    assert_int_equal(bind(fd, &a.any, a.len), 0);
    return fd;
}

/* One is another program's: its RTCP port. */
static void gives_each_pair_once(void **state)
{
    struct fixture f;
    struct port_pair *pairs[3], *none;
    int other = bind_port(FIRST + 5);
    unsigned seen = 0;

    (void)state;
    begin(&f);
    for (unsigned i = 0; i < 3; i++) {
        pairs[i] = take(&f, &f.v4, 0);
        assert_true(pairs[i]->port % 2 == 0 && pairs[i]->port >= FIRST && pairs[i]->port < LAST);
        assert_int_not_equal(pairs[i]->port, FIRST + 4);
        assert_false(seen & 1u << (pairs[i]->port - FIRST));
        seen |= 1u << (pairs[i]->port - FIRST);
    }
    assert_int_equal(ports_take(f.ports, &f.v4, &f, 0, &none), ERR_LIMIT);
    assert_null(none);
    assert_int_equal(ports_in_use(f.ports), 3);
    ports_give(f.ports, pairs[0], &seen, 0); /* not the owner: nothing happens */
    assert_int_equal(ports_in_use(f.ports), 3);
    for (unsigned i = 0; i < 3; i++)
        ports_give(f.ports, pairs[i], &f, 0);
    assert_int_equal(ports_in_use(f.ports), 0);
    ports_give(f.ports, pairs[0], &f, 0); /* twice: nothing happens */
    assert_int_equal(ports_in_use(f.ports), 0);
    ports_free(&f.ports);
    assert_null(f.ports);
    ports_free(&f.ports);
    close(other);
}

static void a_pair_rests_before_its_next_call(void **state)
{
    struct fixture f;
    struct port_pair *a, *b;

    (void)state;
    begin(&f);
    a = take(&f, &f.v4, 1000);
    ports_give(f.ports, a, &f, 1000);
    b = take(&f, &f.v4, 1000 + PORTS_REST_MS - 1);
    assert_ptr_not_equal(a, b);
    ports_give(f.ports, b, &f, 1000 + PORTS_REST_MS - 1);
    assert_ptr_equal(take(&f, &f.v4, 1000 + PORTS_REST_MS), a); /* the same sockets */
    assert_int_equal(f.opened, 2);
    ports_free(&f.ports);
}

static void what_still_comes_lengthens_the_rest(void **state)
{
    struct fixture f;
    struct port_pair *a, *b;

    (void)state;
    begin(&f);
    a = take(&f, &f.v4, 0);
    b = take(&f, &f.v4, 0);
    ports_give(f.ports, a, &f, 0);
    ports_give(f.ports, b, &f, 10);
    ports_disturbed(f.ports, a, 1500);
    assert_ptr_equal(take(&f, &f.v4, 10 + PORTS_REST_MS), b);
    assert_ptr_not_equal(take(&f, &f.v4, 1499 + PORTS_REST_MS), a);
    assert_ptr_equal(take(&f, &f.v4, 1500 + PORTS_REST_MS), a);
    ports_disturbed(f.ports, a, 4000); /* it is owned: nothing happens */
    assert_int_equal(ports_in_use(f.ports), 3);
    ports_free(&f.ports);
}

/* Rather a pair that has not rested than no call. */
static void when_all_are_open_the_longest_at_rest_goes(void **state)
{
    struct fixture f;
    struct port_pair *pairs[4];

    (void)state;
    begin(&f);
    for (unsigned i = 0; i < 4; i++)
        pairs[i] = take(&f, &f.v4, 0);
    ports_give(f.ports, pairs[2], &f, 0);
    ports_give(f.ports, pairs[1], &f, 1);
    assert_ptr_equal(take(&f, &f.v4, 2), pairs[2]);
    assert_ptr_equal(take(&f, &f.v6, 2), pairs[1]); /* turned over to the other family */
    assert_true(pairs[1]->v6);
    assert_int_equal(f.opened, 5);
    ports_free(&f.ports);
}

static void what_cannot_be_watched_is_not_given(void **state)
{
    struct fixture f;
    struct port_pair *pair;

    (void)state;
    begin(&f);
    f.refuses = true;
    assert_int_equal(ports_take(f.ports, &f.v4, &f, 0, &pair), ERR_LIMIT);
    assert_int_equal(ports_in_use(f.ports), 0);
    f.refuses = false;
    take(&f, &f.v4, 0);
    ports_free(&f.ports);
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
        enum err e = ports_new(&p, ranges[i].min, ranges[i].max, watch, NULL);
        if (e != ranges[i].want)
            fail_msg("%u-%u: %s", ranges[i].min, ranges[i].max, err_text(e));
        ports_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_each_pair_once),
        cmocka_unit_test(a_pair_rests_before_its_next_call),
        cmocka_unit_test(what_still_comes_lengthens_the_rest),
        cmocka_unit_test(when_all_are_open_the_longest_at_rest_goes),
        cmocka_unit_test(what_cannot_be_watched_is_not_given),
        cmocka_unit_test(refuses_empty_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
