/* Searching transcripts: what people write, what is found, and that the index follows each change. */
#include "tests/unit/directory/fixture.h"

#include "sipfront/directory/search.h"

static void test_translation(void **state)
{
    static const struct {
        const char *text, *fts, *why; /* why NULL: it is possible */
    } rows[] = {
        { "call me", "\"call\" \"me\"", NULL },
        { " invoi* ", "\"invoi\"*", NULL },
        { "\"call me\" back", "\"call me\" \"back\"", NULL },
        { "\"call m\"*", "\"call m\"*", NULL },
        { "me\"you two\"", "\"me\" \"you two\"", NULL },
        { "NOT AND OR ( col:x ^y", "\"NOT\" \"AND\" \"OR\"", "'(' holds no word to search for" },
        { "col:x", "\"col:x\"", NULL },
        { "żółw", "\"żółw\"", NULL },
        { "", "", "there is nothing to search for: give words, begin* or \"a phrase\"" },
        { "\"call me", "", "the quote before 'call me' is not closed" },
        { "*", "", "'' holds no word to search for" },
        { "a*b", "", "'*' stands only at the end of a word, not within 'a*b'" },
        { "\"...\"", "", "'...' holds no word to search for" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sbuf out = { 0 }, why = { 0 };
        enum err e = search_translate(rows[i].text, &out, &why);
        assert_int_equal(e, rows[i].why ? ERR_SYNTAX : ERR_OK);
        assert_string_equal(out.p ? out.p : "", rows[i].fts);
        assert_string_equal(why.p ? why.p : "", rows[i].why ? rows[i].why : "");
        sbuf_free(&out);
        sbuf_free(&why);
    }
}

static void on_found(enum err e, const char *why, const char *const *texts, size_t n, void *arg)
{
    struct fixture *f = arg;
    f->e = e;
    sbuf_clear(&f->why);
    sbuf_cstr(&f->why, why);
    for (size_t i = 0; i < n; i++)
        sbuf_fmt(&f->why, "%s%s", i ? " " : "", texts[i]);
    loop_stop(f->loop);
}

static void expect_found(struct fixture *f, const char *box, const char *text, const char *ids)
{
    directory_search(f->d, box, text, (struct directory_found){ on_found, f });
    loop_run(f->loop);
    if (f->e || strcmp(f->why.p, ids) != 0)
        fail_msg("'%s' found '%s', not '%s'", text, f->why.p, ids);
}

static void add(struct fixture *f, const char *id, const char *box, int64_t left, const char *said)
{
    struct message m = { .id = id, .box = box, .from = "bob", .path = "/nowhere/x.wav", .left_wall_ms = left };
    struct message words = {
        .id = id, .transcript_state = TRANSCRIPT_DONE, .transcript = said, .transcript_words = "{\"words\":[]}"
    };
    directory_add_message(f->d, &m, fixture_done(f));
    directory_set_transcript(f->d, &words, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
}

static void test_search(void **state)
{
    struct fixture *f = *state;
    add(f, "a", "ann", 10, "please call me about the invoice");
    add(f, "b", "bob", 20, "I call (about?) the invoices, me too");
    add(f, "c", "ann", 30, "Łódź café");
    for (int round = 0; round < 2; round++) {
        expect_found(f, NULL, "call", "b a");
        expect_found(f, "ann", "call", "a");
        expect_found(f, NULL, "CALL INVOI*", "b a");
        expect_found(f, NULL, "invoice", "a");
        expect_found(f, NULL, "\"call me\"", "a");
        expect_found(f, NULL, "about", "b a");
        expect_found(f, NULL, "cafe", "c");
        expect_found(f, NULL, "nothing", "");
        fixture_reopen(f);
    }
    struct message again = { .id = "a", .transcript_state = TRANSCRIPT_DONE, .transcript = "hello" };
    directory_set_transcript(f->d, &again, fixture_done(f));
    directory_delete_message(f->d, "b", fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    expect_found(f, NULL, "call", "");
    expect_found(f, NULL, "hello", "a");
    directory_search(f->d, NULL, "\"open", (struct directory_found){ on_found, f });
    loop_run(f->loop);
    assert_int_equal(f->e, ERR_SYNTAX);
    assert_string_equal(f->why.p, "the quote before 'open' is not closed");
}

static void test_words(void **state)
{
    struct fixture *f = *state;
    add(f, "a", "ann", 10, "hello");
    directory_words(f->d, "a", (struct directory_found){ on_found, f });
    loop_run(f->loop);
    assert_string_equal(f->why.p, "{\"words\":[]}");
    assert_string_equal(directory_message(f->d, "a")->transcript_words, ""); /* not kept in memory */
    directory_words(f->d, "z", (struct directory_found){ on_found, f });
    loop_run(f->loop);
    assert_string_equal(f->why.p, "");
}

/* What is asked when the directory closes is told so, once. */
static void test_closing(void **state)
{
    struct fixture *f = *state;
    struct sbuf why = { 0 };
    add(f, "a", "ann", 10, "hello");
    directory_search(f->d, NULL, "hello", (struct directory_found){ on_found, f });
    directory_close(&f->d);
    assert_int_equal(f->e, ERR_BUSY);
    loop_run(f->loop);
    fixture_drain(f);
    assert_int_equal(directory_open(&f->d, f->loop, f->folder, &why), ERR_OK);
    sbuf_free(&why);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(test_translation), TEST(test_search), TEST(test_words),
                                               TEST(test_closing) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
