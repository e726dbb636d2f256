/* What a mail and a web hook say. */
#include "tests/unit/notify/post.h"

#include <jansson.h>

#define HEAD "Voicemail message for ann\n\nFrom: bob (Bob)\nLeft: 2026-01-01 00:00:00 UTC\nLength: 1:05\n"

static const struct message left = {
    .id = "m", .from = "bob", .from_name = "Bob", .left_wall_ms = 1767225600000, .length_ms = 65999
};

static struct message left_with(enum transcript_state state, const char *words, const char *why)
{
    struct message m = left;
    m.transcript_state = state;
    m.transcript = words;
    m.transcript_why = why;
    return m;
}

static void expect_body(struct post *p, const struct letter *l, const char *want)
{
    struct sbuf got = { 0 };
    letter_body(p->n, l, &got);
    assert_string_equal(got.p, want);
    sbuf_free(&got);
}

static const struct letter mail = { .kind = LETTER_MAIL, .id = "n1", .subject = "s", .text = "", .about = "m" };

static void a_mail_tells_of_a_message_and_its_words(void **state)
{
    static const struct {
        enum transcript_state state;
        const char *words, *why, *want;
    } rows[] = {
        { TRANSCRIPT_NONE, "", "", HEAD },
        { TRANSCRIPT_WAITING, "", "the last try", HEAD "\nThe message is not yet written down as text.\n" },
        { TRANSCRIPT_DONE, "call me (back?)", "", HEAD "\nWhat was understood:\n\ncall me (back?)\n" },
        { TRANSCRIPT_DONE, "", "", HEAD "\nNothing in it was understood as speech.\n" },
        { TRANSCRIPT_FAILED, "", "no engine", HEAD "\nIt could not be written down as text: no engine\n" },
    };
    struct post *p = *state;
    post_begin(p, &(struct notify_params){ 0 });
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct message m = left_with(rows[i].state, rows[i].words, rows[i].why);
        post_message(p, &m);
        expect_body(p, &mail, rows[i].want);
        directory_delete_message(p->f->d, "m", fixture_done(p->f));
        fixture_wait(p->f);
    }
}

static void who_has_no_name_and_what_is_urgent(void **state)
{
    struct post *p = *state;
    struct message m = left;
    m.from_name = "";
    m.urgent = true;
    m.length_ms = 999;
    post_begin(p, &(struct notify_params){ 0 });
    post_message(p, &m);
    expect_body(p, &mail,
                "Urgent voicemail message for ann\n\nFrom: bob\nLeft: 2026-01-01 00:00:00 UTC\nLength: 0:00\n");
}

static void a_flows_own_text_is_the_mail(void **state)
{
    struct post *p = *state;
    post_begin(p, &(struct notify_params){ 0 });
    expect_body(p, &(struct letter){ .kind = LETTER_MAIL, .text = "From ann.\n", .about = "" }, "From ann.\n");
}

static void expect_json(struct post *p, const struct letter *l, const char *want)
{
    struct sbuf got = { 0 };
    letter_body(p->n, l, &got);
    json_t *have = json_loadb(got.p, got.len, 0, NULL), *wanted = json_loads(want, 0, NULL);
    assert_non_null(wanted);
    if (!json_equal(have, wanted))
        fail_msg("wanted %s\ngot %s", want, got.p);
    json_decref(have);
    json_decref(wanted);
    sbuf_free(&got);
}

static void a_web_hook_is_json(void **state)
{
    struct post *p = *state;
    struct letter hook = mail;
    struct message m = left_with(TRANSCRIPT_DONE, "call \"me\"", "");
    hook.kind = LETTER_WEBHOOK;
    post_begin(p, &(struct notify_params){ 0 });
    expect_json(p, &hook, "{\"id\": \"n1\", \"subject\": \"s\", \"text\": \"\"}"); /* its message is gone */
    post_message(p, &m);
    expect_json(p, &hook,
                "{\"id\": \"n1\", \"subject\": \"s\", \"text\": \"\", \"message\": {\"id\": \"m\", \"box\": \"ann\", "
                "\"from\": \"bob\","
                " \"from_name\": \"Bob\", \"left_wall_ms\": 1767225600000, \"length_ms\": 65999, \"urgent\": false,"
                " \"transcript_state\": \"done\", \"transcript\": \"call \\\"me\\\"\"}}");
}

/* What a phone sends is not always UTF-8, and a control character is no part of JSON. */
static void bytes_that_are_no_text(void **state)
{
    struct post *p = *state;
    struct letter hook = { .kind = LETTER_WEBHOOK,
                           .id = "n1",
                           .subject = "a\xff"
                                      "b",
                           .text = "Zo\xc3\xab\n\x01",
                           .about = "" };
    post_begin(p, &(struct notify_params){ 0 });
    expect_json(p, &hook, "{\"id\": \"n1\", \"subject\": \"a?b\", \"text\": \"Zo\\u00eb\\n\\u0001\"}");
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, post_setup, post_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = { ROW(a_mail_tells_of_a_message_and_its_words),
                                        ROW(who_has_no_name_and_what_is_urgent), ROW(a_flows_own_text_is_the_mail),
                                        ROW(a_web_hook_is_json), ROW(bytes_that_are_no_text) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
