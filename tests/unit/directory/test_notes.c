/* What flows remember: by flow and key, until its time, over a restart, and no more than there is room for. */
#include "tests/unit/directory/fixture.h"

#include "sipfront/directory/note.h"

enum { AN_HOUR = 3600 * 1000 };

static int64_t now(struct fixture *f) { return clock_wall(loop_clock(f->loop)); }

static void put(struct fixture *f, const char *flow, const char *key, const char *value)
{
    struct note n = { flow, key, value, now(f) + AN_HOUR };
    directory_put_note(f->d, &n, fixture_done(f));
}

static void add_to_text(const struct note *n, void *text) { sbuf_fmt(text, "%s/%s=%s ", n->flow, n->key, n->value); }

static void expect_notes(struct fixture *f, const char *flow, const char *want)
{
    struct sbuf text = { 0 };
    sbuf_cstr(&text, "");
    directory_each_note(f->d, flow, add_to_text, &text);
    assert_string_equal(text.p, want);
    sbuf_free(&text);
}

static void a_value_is_its_flows(void **state)
{
    struct fixture *f = *state;
    put(f, "a", "key", "1");
    put(f, "b", "key", "2");
    put(f, "a", "", "3");
    fixture_expect(f, ERR_OK, "");
    assert_string_equal(directory_note(f->d, "a", "key")->value, "1");
    assert_string_equal(directory_note(f->d, "b", "key")->value, "2");
    assert_null(directory_note(f->d, "ake", "y"));
    expect_notes(f, NULL, "a/=3 a/key=1 b/key=2 ");
    expect_notes(f, "b", "b/key=2 ");
}

static void a_new_value_takes_the_place_of_the_old(void **state)
{
    struct fixture *f = *state;
    put(f, "a", "key", "1");
    put(f, "a", "key", "two");
    fixture_expect(f, ERR_OK, "");
    expect_notes(f, NULL, "a/key=two ");
}

static void values_are_there_after_a_restart(void **state)
{
    struct fixture *f = *state;
    put(f, "a", "key", "Zażółć \"x\"");
    fixture_expect(f, ERR_OK, "");
    fixture_reopen(f);
    assert_string_equal(directory_note(f->d, "a", "key")->value, "Zażółć \"x\"");
}

static void what_is_over_is_not_found(void **state)
{
    struct fixture *f = *state;
    struct note n = { "a", "key", "1", now(f) };
    directory_put_note(f->d, &n, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    assert_null(directory_note(f->d, "a", "key"));
    expect_notes(f, NULL, "");
    fixture_reopen(f);
    assert_null(directory_note(f->d, "a", "key"));
}

static void a_value_can_be_forgotten(void **state)
{
    struct fixture *f = *state;
    put(f, "a", "key", "1");
    directory_drop_note(f->d, "a", "key", fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    assert_null(directory_note(f->d, "a", "key"));
    directory_drop_note(f->d, "a", "key", fixture_done(f));
    fixture_expect(f, ERR_NOT_FOUND, "the flow 'a' remembers no 'key'");
}

static void what_is_too_long_is_refused(void **state)
{
    struct fixture *f = *state;
    struct sbuf key = { 0 }, value = { 0 };
    for (int i = 0; i <= NOTE_MOST_KEY; i++)
        sbuf_char(&key, 'k');
    for (int i = 0; i <= NOTE_MOST_VALUE; i++)
        sbuf_char(&value, 'v');
    put(f, "a", key.p, "");
    fixture_expect(f, ERR_INVALID, "the key has 256 bytes, at most 255 are possible");
    put(f, "a", "key", value.p);
    fixture_expect(f, ERR_INVALID, "the value has 4097 bytes, at most 4096 are possible");
    sbuf_free(&key);
    sbuf_free(&value);
}

static void fill(struct fixture *f, int64_t until)
{
    for (int i = 0; i < NOTE_MOST_A_FLOW; i++) {
        char key[16];
        snprintf(key, sizeof key, "%d", i);
        struct note n = { "a", key, "", until };
        directory_put_note(f->d, &n, fixture_done(f));
    }
    fixture_expect(f, ERR_OK, "");
}

static void a_flow_cannot_fill_the_server(void **state)
{
    struct fixture *f = *state;
    fill(f, now(f) + AN_HOUR);
    put(f, "a", "one more", "");
    fixture_expect(f, ERR_LIMIT, "the flow 'a' remembers as much as it may");
    put(f, "a", "17", "changed");
    fixture_expect(f, ERR_OK, "");
    put(f, "b", "another flow", "");
    fixture_expect(f, ERR_OK, "");
    directory_drop_note(f->d, "a", "0", fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    put(f, "a", "one more", "");
    fixture_expect(f, ERR_OK, "");
}

/* The first that finds no room has what is over forgotten. */
static void what_is_over_makes_room(void **state)
{
    struct fixture *f = *state;
    fill(f, now(f));
    put(f, "a", "one more", "");
    fixture_expect(f, ERR_LIMIT, NULL);
    put(f, "b", "behind it", "");
    fixture_expect(f, ERR_OK, "");
    put(f, "a", "one more", "");
    fixture_expect(f, ERR_OK, "");
    expect_notes(f, "a", "a/one more= ");
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        ROW(a_value_is_its_flows),
        ROW(a_new_value_takes_the_place_of_the_old),
        ROW(values_are_there_after_a_restart),
        ROW(what_is_over_is_not_found),
        ROW(a_value_can_be_forgotten),
        ROW(what_is_too_long_is_refused),
        ROW(a_flow_cannot_fill_the_server),
        ROW(what_is_over_makes_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
