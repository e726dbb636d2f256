/* Pickup groups of Connections: which names are taken, and that they are kept. */
#include "tests/unit/directory/fixture.h"

static void test_pickup_groups_are_kept(void **state)
{
    static const struct {
        const char *groups, *why;
    } rows[] = {
        { "", "" },
        { "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q", "17 pickup groups were given, at most 16 are possible" },
        { "sales, back office", "the pickup group 'back office' is no name: 1 to 32 letters, digits, '-', '_' or '.'" },
        { "süd", "the pickup group 'süd' is no name: 1 to 32 letters, digits, '-', '_' or '.'" },
        { "sales, 2nd-floor_b.1", "" },
    };
    struct fixture *f = *state;
    fixture_add(f, "ann", "Ann");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct connection c = fixture_connection("ann", "Ann");
        c.pickup_groups = rows[i].groups;
        directory_set_connection(f->d, &c, fixture_done(f));
        fixture_expect(f, *rows[i].why ? ERR_INVALID : ERR_OK, rows[i].why);
    }
    fixture_reopen(f);
    assert_string_equal(directory_connection(f->d, "ann")->pickup_groups, "sales, 2nd-floor_b.1");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pickup_groups_are_kept, fixture_setup, fixture_teardown),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
