/* The guard: what it counts, whom it bans, and who is answered all the same. On a clock of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sipfront/sip/guard.h"
#include "vm/base/log.h"

static struct {
    int64_t now_ms;
    const char *registered; /* "ann" is registered from there */
    unsigned told, told_gone;
    struct guard *guard;
} t;

static int64_t now(void *self)
{
    (void)self;
    return t.now_ms;
}

static const struct clock test_clock = { .mono_ms = now, .wall_ms = now };

static struct network at(const char *text)
{
    struct network n;
    assert_int_equal(network_parse(&n, text), ERR_OK);
    return n;
}

static bool is_registered(void *owner, const char *user, const struct network *source)
{
    (void)owner;
    if (!t.registered || strcmp(user, "ann") != 0)
        return false;
    struct network where = at(t.registered);
    return network_holds(source, &where);
}

static bool is_trunk(void *owner, const struct network *address)
{
    (void)owner;
    struct network trunk = at("203.0.113.1");
    return network_holds(&trunk, address);
}

static void note(void *owner, const struct sip_ban *ban, bool gone)
{
    (void)owner;
    assert_string_equal(ban->user, "");
    *(gone ? &t.told_gone : &t.told) += 1;
}

static int begin(void **state)
{
    static struct network allowed[2];
    const struct sip_networks networks = { allowed, 2 };
    const struct guard_port port = { is_registered, is_trunk, note, NULL };
    (void)state;
    log_set_level(LOG_ERROR);
    memset(&t, 0, sizeof t);
    t.now_ms = 1700000000000;
    allowed[0] = at("10.0.0.0/8");
    allowed[1] = at("fd00::/8");
    return guard_new(&t.guard, &test_clock, &networks, &port) == ERR_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    guard_free(&t.guard);
    return 0;
}

static bool admits(const char *source, const char *user)
{
    struct network n = at(source);
    return guard_admits(t.guard, &n, user, true);
}

static void fails(const char *source, const char *user, unsigned times)
{
    struct network n = at(source);
    for (unsigned i = 0; i < times; i++)
        guard_failed(t.guard, &n, user);
}

static void prove(const char *source, const char *user)
{
    struct network n = at(source);
    guard_proved(t.guard, &n, user);
}

/* Who fails how often from where, and who is then answered. */
static void only_enough_failures_ban(void **state)
{
    static const struct {
        const char *name, *fails_at, *user;
        unsigned times;
        const char *asks_at, *asks;
        bool admitted;
    } rows[] = {
        { "four are typing mistakes", "192.0.2.1", "ann", 4, "192.0.2.1", "ann", true },
        { "five are not", "192.0.2.1", "ann", 5, "192.0.2.1", "ann", false },
        { "another user of the source is not concerned", "192.0.2.1", "ann", 5, "192.0.2.1", "bob", true },
        { "nor is the user elsewhere", "192.0.2.1", "ann", 5, "192.0.2.2", "ann", true },
        { "twenty ban the source for all", "192.0.2.1", "ann", 20, "192.0.2.1", "bob", false },
        { "a neighbour is not concerned", "192.0.2.1", "ann", 20, "192.0.2.2", "bob", true },
        { "an IPv6 customer is one source", "2001:db8::1", "ann", 20, "2001:db8::ffff:2", "bob", false },
        { "his neighbour is another", "2001:db8::1", "ann", 20, "2001:db8:0:1::1", "bob", true },
        { "allowed networks may fail", "10.9.9.9", "ann", 100, "10.9.9.9", "ann", true },
        { "of IPv6 too", "fd00::9", "ann", 100, "fd00::9", "ann", true },
    };
    (void)state;
    end(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("%s\n", rows[i].name);
        assert_int_equal(begin(NULL), 0);
        fails(rows[i].fails_at, rows[i].user, rows[i].times);
        assert_int_equal(admits(rows[i].asks_at, rows[i].asks), rows[i].admitted);
        end(NULL);
    }
    assert_int_equal(begin(NULL), 0);
}

static void a_user_is_guarded_against_many_sources(void **state)
{
    char source[32];
    (void)state;
    for (int i = 0; i < 59; i++) {
        snprintf(source, sizeof source, "192.0.2.%d", i);
        fails(source, "ann", 1);
    }
    assert_true(admits("198.51.100.1", "ann"));
    fails("192.0.2.200", "ann", 1);
    assert_false(admits("198.51.100.1", "ann"));
    assert_true(admits("198.51.100.1", "bob"));
    t.registered = "203.0.113.5"; /* her own phone goes on */
    assert_true(admits("203.0.113.5", "ann"));
    assert_int_equal(t.told, 0);
}

/* Calls of a carrier show no credentials; what guesses from its address is still stopped, user by user. */
static void the_address_of_a_trunk_is_never_banned(void **state)
{
    struct network trunk = at("203.0.113.1");
    (void)state;
    fails("203.0.113.1", "ann", 100);
    assert_int_equal(t.told, 0);
    assert_false(admits("203.0.113.1", "ann"));
    assert_true(admits("203.0.113.1", "bob"));
    assert_true(guard_admits(t.guard, &trunk, "ann", false));
    assert_int_equal(guard_ban(t.guard, &trunk, t.now_ms + 60000, false), ERR_OK); /* it was none yet */
    assert_true(guard_admits(t.guard, &trunk, "bob", false));
    assert_int_equal(guard_ban(t.guard, &trunk, 0, true), ERR_OK); /* as the operator says */
    assert_false(guard_admits(t.guard, &trunk, "bob", false));
}

/* An attacker behind the same NAT address as an honest phone. */
static void who_has_proved_itself_is_answered(void **state)
{
    (void)state;
    t.registered = "192.0.2.1";
    fails("192.0.2.1", "root", 20);
    assert_false(admits("192.0.2.1", "root"));
    assert_false(admits("192.0.2.1", "bob"));
    assert_true(admits("192.0.2.1", "ann"));
    assert_false(admits("192.0.2.1", "ann")); /* the second guess within a second */
    t.now_ms += 1000;
    assert_true(admits("192.0.2.1", "ann"));
    struct network n = at("192.0.2.1");
    assert_true(guard_admits(t.guard, &n, "ann", false)); /* asking for a challenge is no guess */
    assert_true(guard_admits(t.guard, &n, "ann", false));
}

/* A phone that only calls is known by its last right credentials, for a day. */
static void a_proof_is_remembered(void **state)
{
    (void)state;
    fails("192.0.2.1", "root", 1);
    prove("192.0.2.1", "bob");
    fails("192.0.2.1", "root", 19);
    assert_true(admits("192.0.2.1", "bob"));
    assert_false(admits("192.0.2.1", "carol"));
    t.now_ms += 86400000 - 1;
    fails("192.0.2.1", "root", 20);
    assert_true(admits("192.0.2.1", "bob"));
    t.now_ms += 1000;
    assert_false(admits("192.0.2.1", "bob"));
}

/* Nothing is kept of who was right where nobody was wrong. */
static void a_quiet_server_remembers_nothing(void **state)
{
    (void)state;
    prove("192.0.2.1", "bob");
    assert_false(guard_is_wary(t.guard));
    fails("192.0.2.1", "root", 1);
    assert_true(guard_is_wary(t.guard));
}

static void bans_end_and_grow(void **state)
{
    static const int64_t minutes[] = { 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440 };
    (void)state;
    for (size_t i = 0; i < sizeof minutes / sizeof *minutes; i++) {
        print_message("%lld min\n", (long long)minutes[i]);
        fails("192.0.2.1", "ann", 5);
        t.now_ms += minutes[i] * 60000 - 1;
        assert_false(admits("192.0.2.1", "ann"));
        t.now_ms += 1;
        assert_true(admits("192.0.2.1", "ann"));
    }
    prove("192.0.2.1", "ann"); /* begins anew */
    fails("192.0.2.1", "ann", 5);
    t.now_ms += 600000;
    assert_true(admits("192.0.2.1", "ann"));
}

static void failures_that_lie_far_apart_do_not_add_up(void **state)
{
    (void)state;
    for (int i = 0; i < 40; i++) {
        fails("192.0.2.1", "ann", 2);
        t.now_ms += 601000;
    }
    assert_true(admits("192.0.2.1", "ann"));
}

static void one_right_password_does_not_clear_the_source(void **state)
{
    char user[16];
    (void)state;
    for (int i = 0; i < 20; i++) {
        snprintf(user, sizeof user, "user%d", i);
        fails("192.0.2.1", user, 1);
        prove("192.0.2.1", "mallory");
    }
    assert_false(admits("192.0.2.1", "user50"));
}

struct listed {
    unsigned n, by_hand;
    uint64_t refused;
    char sources[256];
};

static void list_one(const struct sip_ban *ban, void *arg)
{
    struct listed *l = arg;
    char text[NETWORK_TEXT];
    network_text(&ban->source, text);
    l->n++;
    l->by_hand += ban->by_hand;
    l->refused += ban->refused;
    snprintf(l->sources + strlen(l->sources), sizeof l->sources - strlen(l->sources), "%s%s%s ", text,
             *ban->user ? "/" : "", ban->user);
}

static struct listed list(void)
{
    struct listed l = { 0 };
    guard_each(t.guard, list_one, &l);
    return l;
}

static void operators_ban_and_unban(void **state)
{
    struct network net = at("192.0.2.0/24"), one = at("198.51.100.7");
    struct listed l;
    (void)state;
    t.registered = "192.0.2.1";
    assert_int_equal(guard_ban(t.guard, &net, 0, true), ERR_OK);
    assert_int_equal(guard_ban(t.guard, &one, t.now_ms + 1000, true), ERR_OK);
    assert_int_equal(guard_ban(t.guard, &one, t.now_ms + 2000, true), ERR_OK);
    assert_false(admits("192.0.2.77", "ann"));
    assert_false(admits("192.0.2.1", "ann")); /* no exception from a ban by hand */
    assert_false(admits("198.51.100.7", "ann"));
    l = list();
    assert_int_equal(l.n, 2);
    assert_int_equal(l.by_hand, 2);
    assert_int_equal(l.refused, 3);
    t.now_ms += 2000;
    assert_true(admits("198.51.100.7", "ann"));
    assert_int_equal(list().n, 1);
    assert_true(guard_unban(t.guard, &net));
    assert_false(guard_unban(t.guard, &net));
    assert_true(admits("192.0.2.77", "ann"));
}

static void unbanning_lifts_what_was_counted(void **state)
{
    struct network one = at("192.0.2.1");
    (void)state;
    fails("192.0.2.1", "ann", 20);
    assert_int_equal(t.told, 1);
    assert_string_equal(list().sources, "192.0.2.1 192.0.2.1/ann ");
    assert_true(guard_unban(t.guard, &one));
    assert_int_equal(list().n, 0);
    assert_true(t.told_gone > 0);
    assert_true(admits("192.0.2.1", "ann"));
    fails("192.0.2.1", "ann", 5);
    assert_true(guard_unban_user(t.guard, "ann"));
    assert_false(guard_unban_user(t.guard, "ann"));
    assert_true(admits("192.0.2.1", "ann"));
}

static void stored_bans_go_on(void **state)
{
    struct network one = at("192.0.2.1"), old = at("192.0.2.2");
    (void)state;
    assert_int_equal(guard_ban(t.guard, &one, t.now_ms + 60000, false), ERR_OK);
    assert_int_equal(guard_ban(t.guard, &old, t.now_ms - 1, false), ERR_OK);
    assert_false(admits("192.0.2.1", "bob"));
    assert_true(admits("192.0.2.2", "bob"));
    t.registered = "192.0.2.1";
    assert_true(admits("192.0.2.1", "ann"));
    t.now_ms += 60000;
    assert_true(admits("192.0.2.1", "bob"));
}

/* A flood of invented users cannot grow it without end, and a ban outlives the flood. */
static void memory_is_bounded(void **state)
{
    char source[32], user[32];
    (void)state;
    fails("192.0.2.1", "ann", 20);
    for (int i = 0; i < 100000; i++) {
        snprintf(source, sizeof source, "2001:db8:%x:%x::1", i / 0x1000, i % 0x1000);
        snprintf(user, sizeof user, "user%d", i);
        fails(source, user, 1);
        if (i % 1000 == 0) /* it goes on asking, as attackers do */
            assert_false(admits("192.0.2.1", "bob"));
    }
    assert_false(admits("192.0.2.1", "bob"));
    for (unsigned i = 0; i < GUARD_BANS_BY_HAND + 1; i++) {
        struct network n;
        snprintf(source, sizeof source, "198.18.%u.%u", i / 256, i % 256);
        n = at(source);
        assert_int_equal(guard_ban(t.guard, &n, 0, true), i < GUARD_BANS_BY_HAND ? ERR_OK : ERR_LIMIT);
    }
}

#define GUARD(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUARD(only_enough_failures_ban),
        GUARD(a_user_is_guarded_against_many_sources),
        GUARD(the_address_of_a_trunk_is_never_banned),
        GUARD(who_has_proved_itself_is_answered),
        GUARD(a_proof_is_remembered),
        GUARD(a_quiet_server_remembers_nothing),
        GUARD(bans_end_and_grow),
        GUARD(failures_that_lie_far_apart_do_not_add_up),
        GUARD(one_right_password_does_not_clear_the_source),
        GUARD(operators_ban_and_unban),
        GUARD(unbanning_lifts_what_was_counted),
        GUARD(stored_bans_go_on),
        GUARD(memory_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
