/* Boxes, the order of their messages, transcripts, and the outbox: in memory and after a reopening. */
#include "tests/unit/directory/fixture.h"

#include "sipfront/directory/box.h"
#include "sipfront/directory/letter.h"

static struct message message_of(const char *id, const char *box, int64_t left, bool urgent)
{
    return (struct message){ .id = id,
                             .box = box,
                             .from = "bob",
                             .from_name = "Bob",
                             .path = "/nowhere/x.wav",
                             .left_wall_ms = left,
                             .length_ms = 1000,
                             .bytes = 16044,
                             .urgent = urgent };
}

static void add(struct fixture *f, const char *id, int64_t left, bool urgent)
{
    struct message m = message_of(id, "ann", left, urgent);
    directory_add_message(f->d, &m, fixture_done(f));
}

static void assert_order(struct fixture *f, bool heard, const char *ids)
{
    char got[64] = "";
    const struct message *m;
    for (unsigned n = 0; (m = directory_box_message(f->d, "ann", heard, n)); n++)
        strncat(got, m->id, sizeof got - strlen(got) - 1);
    assert_string_equal(got, ids);
}

static void test_order_of_messages(void **state)
{
    struct fixture *f = *state;
    struct message other = message_of("x", "bob", 1, false);
    add(f, "b", 20, false);
    add(f, "a", 10, false);
    add(f, "u", 30, true);
    add(f, "c", 20, false);
    directory_add_message(f->d, &other, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    assert_order(f, false, "uabc");
    directory_mark_heard(f->d, "b", true, fixture_done(f));
    directory_mark_heard(f->d, "u", true, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    for (int round = 0; round < 2; round++) {
        struct box_holds h = directory_box_holds(f->d, "ann");
        assert_order(f, false, "ac");
        assert_order(f, true, "ub");
        assert_int_equal(h.unheard, 2);
        assert_int_equal(h.heard, 2);
        assert_int_equal(h.urgent, 0);
        assert_int_equal(h.ms, 4000);
        assert_int_equal(h.bytes, 4 * 16044);
        fixture_reopen(f);
    }
    directory_delete_message(f->d, "u", fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    assert_order(f, true, "b");
    assert_int_equal(directory_box_holds(f->d, "ann").ms, 3000);
    assert_int_equal(directory_box_holds(f->d, "nobody").unheard, 0);
}

static void say(struct fixture *f, const char *id, enum transcript_state state, const char *words, const char *why)
{
    struct message m = { .id = id, .transcript_state = state, .transcript = words, .transcript_why = why };
    directory_set_transcript(f->d, &m, fixture_done(f));
}

static void test_transcript(void **state)
{
    struct fixture *f = *state;
    add(f, "a", 10, false);
    say(f, "a", TRANSCRIPT_WAITING, "", "no engine");
    fixture_expect(f, ERR_OK, "");
    assert_int_equal(directory_message(f->d, "a")->transcript_state, TRANSCRIPT_WAITING);
    say(f, "a", TRANSCRIPT_DONE, "call me", "");
    fixture_expect(f, ERR_OK, "");
    for (int round = 0; round < 2; round++) {
        const struct message *m = directory_message(f->d, "a");
        assert_int_equal(m->transcript_state, TRANSCRIPT_DONE);
        assert_string_equal(m->transcript, "call me");
        assert_string_equal(m->from_name, "Bob");
        assert_order(f, false, "a");
        fixture_reopen(f);
    }
    say(f, "z", TRANSCRIPT_DONE, "x", "");
    fixture_expect(f, ERR_NOT_FOUND, "there is no message 'z'");
}

static void test_box_settings(void **state)
{
    struct fixture *f = *state;
    struct box b = directory_box_settings(f->d, "ann");
    assert_null(directory_box(f->d, "ann"));
    assert_true(b.transcribe);
    b.mail = "ann@example.com";
    b.pin = "hash";
    b.most_messages = 2;
    directory_put_box(f->d, &b, fixture_done(f));
    directory_lock_box(f->d, "ann", 3, 5000, fixture_done(f));
    b.most_messages = 1;
    directory_put_box(f->d, &b, fixture_done(f)); /* settings do not unlock */
    fixture_expect(f, ERR_OK, "");
    for (int round = 0; round < 2; round++) {
        const struct box *k = directory_box(f->d, "ann");
        assert_string_equal(k->mail, "ann@example.com");
        assert_string_equal(k->pin, "hash");
        assert_int_equal(k->wrong_pins, 3);
        assert_int_equal(k->locked_until_wall_ms, 5000);
        assert_int_equal(k->most_messages, 1);
        fixture_reopen(f);
    }
    assert_false(directory_box_full(f->d, "ann"));
    add(f, "a", 10, false);
    fixture_expect(f, ERR_OK, "");
    assert_true(directory_box_full(f->d, "ann"));
    directory_remove_box(f->d, "ann", fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    assert_null(directory_box(f->d, "ann"));
    assert_false(directory_box_full(f->d, "ann"));
    directory_lock_box(f->d, "ann", 1, 1, fixture_done(f));
    fixture_expect(f, ERR_NOT_FOUND, "the box 'ann' has no settings of its own");
}

static void test_invalid_boxes(void **state)
{
    static const struct {
        struct box b;
        const char *why;
    } rows[] = {
        { { .name = "" }, "the box's name is empty" },
        { { .name = "a", .mail = "ann" }, "'ann' is no mail address: it is written name@domain" },
        { { .name = "a", .mail = "a@b,c@d" }, "'a@b,c@d' is no mail address: it is written name@domain" },
        { { .name = "a", .webhook = "ftp://x" }, "'ftp://x' is no web address: it begins with https:// or http://" },
        { { .name = "a", .most_messages = -1 },
          "the most messages of a box is a number from 1, or 0 for the server's" },
        { { .name = "a", .delete_mailed = true },
          "messages can be deleted after mailing only where there is a mail address" },
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        directory_put_box(f->d, &rows[i].b, fixture_done(f));
        fixture_expect(f, ERR_INVALID, rows[i].why);
    }
}

static void add_id(const struct letter *l, void *arg) { sbuf_cstr(arg, l->id); }

static void test_letters(void **state)
{
    struct fixture *f = *state;
    struct letter a = { .id = "a",
                        .kind = LETTER_MAIL,
                        .to = "a@example.com",
                        .subject = "S",
                        .text = "T",
                        .made_wall_ms = 2 },
                  b = { .id = "b", .kind = LETTER_WEBHOOK, .to = "https://example.com/", .made_wall_ms = 1 };
    directory_put_letter(f->d, &a, fixture_done(f));
    directory_put_letter(f->d, &b, fixture_done(f));
    a.why = "no answer";
    a.tries = 3;
    a.given_up = true;
    a.next_wall_ms = 77;
    directory_put_letter(f->d, &a, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    for (int round = 0; round < 2; round++) {
        struct sbuf ids = { 0 };
        const struct letter *l = directory_letter(f->d, "a");
        directory_each_letter(f->d, add_id, &ids);
        assert_string_equal(ids.p, "ba");
        sbuf_free(&ids);
        assert_string_equal(l->why, "no answer");
        assert_string_equal(l->text, "T");
        assert_int_equal(l->tries, 3);
        assert_true(l->given_up);
        assert_int_equal(l->next_wall_ms, 77);
        assert_int_equal(directory_letter(f->d, "b")->kind, LETTER_WEBHOOK);
        fixture_reopen(f);
    }
    directory_drop_letter(f->d, "a", fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    assert_null(directory_letter(f->d, "a"));
    directory_drop_letter(f->d, "a", fixture_done(f));
    fixture_expect(f, ERR_NOT_FOUND, "nothing is on its way as 'a'");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_order_of_messages), TEST(test_transcript), TEST(test_box_settings),
        TEST(test_invalid_boxes),     TEST(test_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
