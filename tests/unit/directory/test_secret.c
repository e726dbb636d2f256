/* Sealed passwords, and the lists among a trunk's settings. */
#include "tests/unit/directory/fixture.h"

#include <sys/stat.h>

#include "sipfront/directory/outside.h"
#include "sipfront/directory/secret.h"
#include "sipfront/directory/trunk_lists.h"

static void path_of(const struct fixture *f, char out[128]) { snprintf(out, 128, "%s/key", f->folder); }

static struct keyring *ring(const struct fixture *f)
{
    struct keyring *k;
    struct sbuf why = { 0 };
    char path[128];
    path_of(f, path);
    assert_int_equal(keyring_open(&k, path, &why), ERR_OK);
    sbuf_free(&why);
    return k;
}

static void expect_open(const struct keyring *k, const char *owner, const struct sbuf *sealed, enum err want)
{
    struct sbuf plain = { 0 }, why = { 0 };
    assert_int_equal(secret_open(k, owner, sealed->p, &plain, &why), want);
    if (want)
        assert_true(why.len > 0 && !plain.len);
    else
        assert_string_equal(plain.p, "s3cret");
    sbuf_free(&plain);
    sbuf_free(&why);
}

static void test_seal_and_rotate(void **state)
{
    struct keyring *k = ring(*state);
    struct sbuf a = { 0 }, b = { 0 }, why = { 0 };
    struct stat st;
    char path[128];
    path_of(*state, path);
    assert_int_equal(secret_seal(k, "carrier", "s3cret", &a), ERR_NOT_FOUND); /* no key yet */
    assert_int_equal(keyring_add(k), ERR_OK);
    assert_int_equal(keyring_write(k, &why), ERR_OK);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(secret_seal(k, "carrier", "s3cret", &a), ERR_OK);
    assert_int_equal(secret_seal(k, "carrier", "s3cret", &b), ERR_OK);
    assert_string_not_equal(a.p, b.p); /* a nonce of its own each time */
    assert_null(strstr(a.p, "s3cret"));
    expect_open(k, "carrier", &a, ERR_OK);
    expect_open(k, "other", &a, ERR_INVALID); /* cannot be moved to another trunk */
    a.p[a.len - 1] = a.p[a.len - 1] == '0' ? '1' : '0';
    expect_open(k, "carrier", &a, ERR_INVALID);
    assert_int_equal(keyring_add(k), ERR_OK);
    expect_open(k, "carrier", &b, ERR_OK); /* the old key is still there */
    assert_int_equal(keyring_write(k, &why), ERR_OK);
    keyring_free(&k);
    k = ring(*state);
    expect_open(k, "carrier", &b, ERR_OK);
    keyring_drop_old(k);
    expect_open(k, "carrier", &b, ERR_NOT_FOUND);
    keyring_free(&k);
    sbuf_free(&a);
    sbuf_free(&b);
    sbuf_free(&why);
}

static void test_bad_key_files(void **state)
{
    struct keyring *k;
    struct sbuf why = { 0 };
    char path[128];
    path_of(*state, path);
    assert_int_equal(file_write(path, "rubbish\n", 8), ERR_OK);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(keyring_open(&k, path, &why), ERR_INVALID);
    assert_non_null(strstr(why.p, "64 hex digits"));
    assert_int_equal(chmod(path, 0644), 0);
    sbuf_clear(&why);
    assert_int_equal(keyring_open(&k, path, &why), ERR_DENIED);
    assert_non_null(strstr(why.p, "chmod 600"));
    sbuf_free(&why);
}

static void test_lists(void **state)
{
    static const struct {
        const char *text, *host;
        uint16_t port;
        unsigned priority, weight;
    } good[] = {
        { "sip.example.com", "sip.example.com", 0, 10, 10 },
        { "192.0.2.1:5070/1/50", "192.0.2.1", 5070, 1, 50 },
        { "[2001:db8::1]:5061/2", "2001:db8::1", 5061, 2, 10 },
        { "[2001:db8::1]", "2001:db8::1", 0, 10, 10 },
    };
    static const char *const bad[] = { "a b", "a:0", "a:70000", "a/x", "a/1/-1", "", "[::1", "a:5060:1", "<a>" };
    struct gateway g;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(gateway_read(&g, str_of(good[i].text)));
        assert_string_equal(g.host, good[i].host);
        assert_int_equal(g.port, good[i].port);
        assert_int_equal(g.priority, good[i].priority);
        assert_int_equal(g.weight, good[i].weight);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (gateway_read(&g, str_of(bad[i])))
            fail_msg("'%s' was taken for a gateway", bad[i]);
    assert_int_equal(money_read(str_of("1.5")), 15000);
    assert_int_equal(money_read(str_of("0.0001")), 1);
    assert_int_equal(money_read(str_of("1.00001")), -1);
    assert_int_equal(money_read(str_of("-1")), -1);
    assert_int_equal(money_read(str_of("1.")), -1);
    assert_int_equal(rate_of("+48=0.02, +4822=0.01, +=0.50", "+48221234567"), 100);
    assert_int_equal(rate_of("+48=0.02, +4822=0.01, +=0.50", "+48601000001"), 200);
    assert_int_equal(rate_of("+48=0.02, +4822=0.01, +=0.50", "+1555"), 5000);
    assert_int_equal(rate_of("", "+1555"), 0);
    assert_true(list_fits("+44*, +4822*", str_of("+48221234567")));
    assert_false(list_fits("", str_of("+48221234567")));
}

static void test_rows_are_kept(void **state)
{
    struct fixture *f = *state;
    struct trunk_settings t;
    trunk_settings_init(&t, "carrier");
    t.gateways = "sip.example.com";
    t.secret = "1:xx";
    t.max_calls = 7;
    directory_add_trunk(f->d, &t, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    directory_add_trunk(f->d, &t, fixture_done(f));
    fixture_expect(f, ERR_EXISTS, "there is a trunk 'carrier' already");
    t.max_calls = 8;
    directory_set_trunk(f->d, &t, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    fixture_add(f, "ann", "Ann");
    directory_put_dial_rule(f->d, &(struct dial_rule){ "ann", "+48*", 60, 50000, 2 }, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    directory_put_usage(f->d, &(struct dial_usage){ "ann", 5, 1000, 10 }, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    directory_put_usage(f->d, &(struct dial_usage){ "ann", 6, 2000, 20 }, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    for (int round = 0; round < 2; round++) {
        const struct trunk_settings *k = directory_trunk(f->d, "carrier");
        assert_string_equal(k->gateways, "sip.example.com");
        assert_string_equal(k->secret, "1:xx");
        assert_string_equal(k->carries, "+*");
        assert_int_equal(k->max_calls, 8);
        assert_true(k->enabled && !k->registers);
        assert_int_equal(directory_dial_rule(f->d, "ann")->spend_a_day, 50000);
        assert_int_equal(directory_dial_usage(f->d, "ann")->day, 6);
        assert_int_equal(directory_dial_usage(f->d, "ann")->used_ms, 2000);
        fixture_reopen(f);
    }
    directory_remove_connection(f->d, "ann", fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    assert_null(directory_dial_rule(f->d, "ann"));
    directory_put_dial_rule(f->d, &(struct dial_rule){ .user = "ann", .patterns = "48*" }, fixture_done(f));
    fixture_expect(f, ERR_INVALID, "the pattern '48*' must begin with + and the country code, such as +48*");
    directory_remove_trunk(f->d, "carrier", fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    fixture_reopen(f);
    assert_null(directory_trunk(f->d, "carrier"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_seal_and_rotate, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_bad_key_files, fixture_setup, fixture_teardown),
        cmocka_unit_test(test_lists),
        cmocka_unit_test_setup_teardown(test_rows_are_kept, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
