/* Encrypted audio in the directory: what a Connection and a trunk may be set to. */
#include "sipfront/directory/outside.h"
#include "tests/unit/directory/fixture.h"

static void a_connection_keeps_it(void **state)
{
    static const struct {
        const char *when, *why;
    } rows[] = {
        { "", "" },
        { "off", "" },
        { "always", "--srtp must be one of off, optional, required, not 'always'" },
        { "optional", "" },
        { "required", "" },
    };
    struct fixture *f = *state;
    fixture_add(f, "ann", "Ann");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct connection c = fixture_connection("ann", "Ann");
        c.srtp = rows[i].when;
        directory_set_connection(f->d, &c, fixture_done(f));
        fixture_expect(f, *rows[i].why ? ERR_INVALID : ERR_OK, rows[i].why);
    }
    fixture_reopen(f);
    assert_string_equal(directory_connection(f->d, "ann")->srtp, "required");
}

static void a_trunk_keeps_it(void **state)
{
    static const struct {
        const char *when, *transport;
        bool open;
        const char *why;
    } rows[] = {
        { "", "udp", false, "" },
        { "off", "udp", false, "" },
        { "always", "tls", false, "--srtp must be one of off, optional, required, not 'always'" },
        { "optional", "tls", false, "" },
        { "optional", "udp", false,
          "--srtp optional would tell the keys in the open by udp: take --transport tls, or say --srtp-without-tls "
          "where "
          "the way to the carrier is safe otherwise" },
        { "required", "tcp", false,
          "--srtp required would tell the keys in the open by tcp: take --transport tls, or say --srtp-without-tls "
          "where "
          "the way to the carrier is safe otherwise" },
        { "required", "udp", true, "" },
    };
    struct fixture *f = *state;
    struct trunk_settings t;
    trunk_settings_init(&t, "carrier");
    t.gateways = "sip.example.com";
    t.secret = "";
    directory_add_trunk(f->d, &t, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        t.srtp = rows[i].when;
        t.transport = rows[i].transport;
        t.srtp_open = rows[i].open;
        directory_set_trunk(f->d, &t, fixture_done(f));
        fixture_expect(f, *rows[i].why ? ERR_INVALID : ERR_OK, rows[i].why);
    }
    fixture_reopen(f);
    assert_string_equal(directory_trunk(f->d, "carrier")->srtp, "required");
    assert_true(directory_trunk(f->d, "carrier")->srtp_open);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_connection_keeps_it, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_trunk_keeps_it, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
