/* How digits are sent, in the directory: what a Connection and a trunk may be set to. */
#include "sipfront/directory/outside.h"
#include "tests/unit/directory/fixture.h"

#define REFUSED(way) "--dtmf must be one of auto, rfc4733, info, inband, not '" way "'"

static const struct {
    const char *way, *why;
} rows[] = {
    { "auto", "" },   { "", REFUSED("") },         { "rfc4733", "" }, { "rfc2833", REFUSED("rfc2833") },
    { "inband", "" }, { "INFO", REFUSED("INFO") }, { "info", "" },
};

static void a_connection_keeps_it(void **state)
{
    struct fixture *f = *state;
    fixture_add(f, "ann", "Ann");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct connection c = fixture_connection("ann", "Ann");
        c.dtmf = rows[i].way;
        directory_set_connection(f->d, &c, fixture_done(f));
        fixture_expect(f, *rows[i].why ? ERR_INVALID : ERR_OK, rows[i].why);
    }
    fixture_reopen(f);
    assert_string_equal(directory_connection(f->d, "ann")->dtmf, "info");
}

static void a_trunk_keeps_it(void **state)
{
    struct fixture *f = *state;
    struct trunk_settings t;
    trunk_settings_init(&t, "carrier");
    assert_string_equal(t.dtmf, DTMF_AUTO);
    t.gateways = "sip.example.com";
    t.secret = "";
    directory_add_trunk(f->d, &t, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        t.dtmf = rows[i].way;
        directory_set_trunk(f->d, &t, fixture_done(f));
        fixture_expect(f, *rows[i].why ? ERR_INVALID : ERR_OK, rows[i].why);
    }
    fixture_reopen(f);
    assert_string_equal(directory_trunk(f->d, "carrier")->dtmf, "info");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_connection_keeps_it, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_trunk_keeps_it, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
