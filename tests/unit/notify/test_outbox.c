/* The outbox: when what failed is tried again, what waits for what, and how much goes in. */
#include "tests/unit/notify/post.h"

enum { HOUR = 3600 * 1000 };

static const struct letter *row(struct post *p, const char *id) { return directory_letter(p->f->d, id); }

static bool first_was_tried(struct post *p)
{
    const struct letter *l = row(p, "a");
    return l && *l->why && !notify_sending(p->n, "a");
}

static bool first_is_sent(struct post *p) { return !row(p, "a"); }

/* Private addresses are refused without a network: a failure whose reason is known. */
static void tries_come_at_growing_distances(void **state)
{
    static const struct {
        int64_t retry_ms, tries, distance;
        bool given_up;
    } rows[] = {
        { 0, 0, 30000, false },    { 0, 1, 60000, false },     { 0, 8, 7680000, false },
        { 0, 9, 4 * HOUR, false }, { 0, 12, 4 * HOUR, false }, { 0, 13, 4 * HOUR, true },
        { 500, 0, 500, false },    { 500, 3, 4000, false },    { 20 * HOUR, 0, 4 * HOUR, false },
    };
    struct post *p = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t before = post_now(p);
        post_put(p, &(struct letter){ .id = "a", .kind = LETTER_WEBHOOK, .to = p->url, .tries = rows[i].tries });
        post_begin(p, &(struct notify_params){ .retry_ms = rows[i].retry_ms });
        post_until(p, first_was_tried);
        const struct letter *l = row(p, "a");
        assert_string_equal(l->why, "the address 127.0.0.1 is private");
        assert_int_equal(l->tries, rows[i].tries + 1);
        assert_int_equal(l->given_up, rows[i].given_up);
        assert_in_range(l->next_wall_ms, before + rows[i].distance, post_now(p) + rows[i].distance);
        struct notify_counts c;
        notify_counts(p->n, &c);
        assert_int_equal(c.failed, 1);
        assert_int_equal(c.given_up, rows[i].given_up);
        post_end(p);
        directory_drop_letter(p->f->d, "a", fixture_done(p->f));
        fixture_expect(p->f, ERR_OK, NULL);
    }
}

static bool was_tried_twice(struct post *p)
{
    const struct letter *l = row(p, "a");
    return l && l->tries == 2;
}

static void a_try_comes_by_itself_and_what_is_taken_is_gone(void **state)
{
    struct post *p = *state;
    p->status = 503;
    post_put(p, &(struct letter){ .id = "a", .kind = LETTER_WEBHOOK, .to = p->url });
    post_begin(p, &(struct notify_params){ .retry_ms = 100, .reachable = &p->reachable, .nreachable = 1 });
    post_until(p, was_tried_twice);
    assert_string_equal(row(p, "a")->why, "the web hook answered 503");
    p->status = 204;
    post_until(p, first_is_sent);
    assert_true(p->asked >= 3);
    struct notify_counts c;
    notify_counts(p->n, &c);
    assert_int_equal(c.sent, 1);
    assert_int_equal(c.waiting + c.given_up, 0);
}

static void what_was_given_up_waits_for_an_operator(void **state)
{
    struct post *p = *state;
    post_put(p, &(struct letter){
                    .id = "a", .kind = LETTER_WEBHOOK, .to = p->url, .tries = 14, .given_up = true, .why = "old" });
    post_put(p, &(struct letter){ .id = "b", .kind = LETTER_WEBHOOK, .to = p->url });
    post_begin(p, &(struct notify_params){ .reachable = &p->reachable, .nreachable = 1 });
    post_until(p, first_was_tried); /* nothing: it has its old reason */
    notify_retry(p->n, "none", fixture_done(p->f));
    fixture_expect(p->f, ERR_NOT_FOUND, NULL);
    assert_int_equal(row(p, "a")->tries, 14);
    notify_retry(p->n, "a", fixture_done(p->f));
    fixture_expect(p->f, ERR_OK, NULL);
    assert_false(row(p, "a") && row(p, "a")->given_up);
    post_until(p, first_is_sent);
}

/* ---- what a letter waits for ---- */

static bool second_is_sent(struct post *p) { return !row(p, "b"); }

static void a_letter_waits_for_the_words_but_not_for_ever(void **state)
{
    struct post *p = *state;
    int64_t now = post_now(p);
    post_message(
        p, &(struct message){ .id = "m", .from = "bob", .from_name = "", .transcript_state = TRANSCRIPT_WAITING });
    post_put(p, &(struct letter){ .id = "a", .kind = LETTER_WEBHOOK, .to = p->url, .about = "m" });
    post_put(p, &(struct letter){
                    .id = "b", .kind = LETTER_WEBHOOK, .to = p->url, .about = "m", .made_wall_ms = now - 11 * 60000 });
    post_begin(p, &(struct notify_params){ .reachable = &p->reachable, .nreachable = 1 });
    post_until(p, second_is_sent); /* eleven minutes are enough */
    assert_int_equal(row(p, "a")->tries, 0);
    assert_int_equal(p->asked, 1);
    directory_set_transcript(p->f->d,
                             &(struct message){ .id = "m",
                                                .transcript_state = TRANSCRIPT_DONE,
                                                .transcript = "x",
                                                .transcript_words = "{}",
                                                .transcript_why = "" },
                             fixture_done(p->f));
    fixture_expect(p->f, ERR_OK, NULL);
    notify_look(p->n);
    post_until(p, first_is_sent);
}

static void who_deleted_the_message_needs_no_mail(void **state)
{
    struct post *p = *state;
    post_put(p, &(struct letter){ .id = "a", .kind = LETTER_WEBHOOK, .to = p->url, .about = "gone" });
    post_begin(p, &(struct notify_params){ .reachable = &p->reachable, .nreachable = 1 });
    post_until(p, first_is_sent);
    assert_int_equal(p->asked, 0);
}

static void without_a_mail_server_a_mail_waits(void **state)
{
    struct post *p = *state;
    post_put(p, &(struct letter){ .id = "a", .kind = LETTER_MAIL, .to = "ann@example.com" });
    post_put(p, &(struct letter){ .id = "b", .kind = LETTER_WEBHOOK, .to = p->url });
    post_begin(p, &(struct notify_params){ .reachable = &p->reachable, .nreachable = 1 });
    post_until(p, second_is_sent);
    assert_int_equal(row(p, "a")->tries, 0);
    assert_false(row(p, "a")->given_up);
}

/* ---- how much goes in ---- */

static void add(struct post *p, const char *text, enum err want)
{
    struct notify_item it = { .kind = LETTER_MAIL, .to = "ann@example.com", .subject = "", .text = text };
    notify_add(p->n, &it, fixture_done(p->f));
    fixture_expect(p->f, want, NULL);
}

static void ten_thousand_letters_and_no_more(void **state)
{
    struct post *p = *state;
    char id[16];
    struct letter l = {
        .id = id, .to = "ann@example.com", .subject = "", .text = "", .attachment = "", .about = "", .why = ""
    };
    for (unsigned i = 0; i < NOTIFY_MOST - 1; i++) {
        snprintf(id, sizeof id, "l%u", i);
        l.given_up = i % 2; /* those count too: they are listed */
        directory_put_letter(p->f->d, &l, fixture_done(p->f));
    }
    fixture_expect(p->f, ERR_OK, NULL);
    post_begin(p, &(struct notify_params){ 0 });
    add(p, "the last that fits", ERR_OK);
    add(p, "one too many", ERR_LIMIT);
    assert_string_equal(p->f->why.p, "the outbox is full: see 'flowctl outbox list'");
    struct notify_counts c;
    notify_counts(p->n, &c);
    assert_int_equal(c.refused, 1);
    assert_int_equal(c.waiting + c.given_up, NOTIFY_MOST);
    notify_remove(p->n, "l1", fixture_done(p->f));
    fixture_expect(p->f, ERR_OK, NULL);
    add(p, "in its place", ERR_OK);
}

static void a_text_has_its_limit(void **state)
{
    struct post *p = *state;
    struct sbuf text = { 0 };
    post_begin(p, &(struct notify_params){ 0 });
    for (unsigned i = 0; i < NOTIFY_MOST_TEXT; i++)
        sbuf_char(&text, 'x');
    add(p, text.p, ERR_OK);
    sbuf_char(&text, 'x');
    add(p, text.p, ERR_TOO_BIG);
    sbuf_free(&text);
}

static void a_mail_server_is_an_address_and_a_sender(void **state)
{
    static const struct {
        const char *smtp, *from, *why;
    } rows[] = {
        { "mail.example.com", "a@b", "is written smtp://HOST:PORT" },
        { "smtp://mail.example.com?tls=maybe", "a@b", "require, try or none, not 'maybe'" },
        { "smtp://mail.example.com?tls=none", NULL, "needs a sender too" },
    };
    struct post *p = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct notify_params np = {
            .loop = p->f->loop, .directory = p->f->d, .smtp = rows[i].smtp, .mail_from = rows[i].from
        };
        struct sbuf why = { 0 };
        assert_int_equal(notify_new(&p->n, &np, &why), ERR_INVALID);
        assert_null(p->n);
        assert_non_null(strstr(why.p, rows[i].why));
        sbuf_free(&why);
    }
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, post_setup, post_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(tries_come_at_growing_distances),         ROW(a_try_comes_by_itself_and_what_is_taken_is_gone),
        ROW(what_was_given_up_waits_for_an_operator), ROW(a_letter_waits_for_the_words_but_not_for_ever),
        ROW(who_deleted_the_message_needs_no_mail),   ROW(without_a_mail_server_a_mail_waits),
        ROW(ten_thousand_letters_and_no_more),        ROW(a_text_has_its_limit),
        ROW(a_mail_server_is_an_address_and_a_sender)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
