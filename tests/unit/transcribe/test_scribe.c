/* The queue of messages to be written down: what comes next, when what failed comes again, and what ends it. The engine
 * is a script that does what the message's file says. */
#include "tests/unit/directory/fixture.h"

#include <sys/stat.h>

#include "sipfront/directory/box.h"
#include "sipfront/transcribe/scribe.h"
#include "vm/base/log.h"

enum { HOUR = 3600 * 1000, UNTIL_MS = 20000 };

struct desk {
    struct fixture *f;
    struct scribe *s;
    char program[96];
    struct sbuf settled; /* ids, in order */
    bool (*is_so)(struct desk *d);
    int64_t give_up_ms;
};

static const char script[] =
    "#!/bin/sh\n"
    "read what\n"
    "case $what in\n"
    "words) echo '{\"words\":[{\"text\":\"hello\",\"confidence\":0.9},{\"text\":\"bob\",\"confidence\":0.1}]}' ;;\n"
    "nothing) echo '{\"words\":[]}' ;;\n"
    "later) echo '{\"error\":\"busy now\"}'; exit 2 ;;\n"
    "never) echo '{\"error\":\"no sound in it\"}'; exit 1 ;;\n"
    "rubbish) echo rubbish ;;\n"
    "hangs) exec sleep 60 ;;\n"
    "esac\n";

static void on_settled(const char *id, void *owner)
{
    struct desk *d = owner;
    sbuf_fmt(&d->settled, "%s ", id);
}

static void begin(struct desk *d, const struct scribe_params *more)
{
    struct scribe_params p = *more;
    struct sbuf why = { 0 };
    p.loop = d->f->loop;
    p.directory = d->f->d;
    p.program = d->program;
    p.settled = on_settled;
    p.owner = d;
    if (scribe_new(&d->s, &p, &why))
        fail_msg("scribe: %s", why.p);
    sbuf_free(&why);
}

/* Where nothing is being stored. */
static void end(struct desk *d)
{
    scribe_stop(d->s);
    scribe_free(&d->s);
}

static int setup(void **state)
{
    struct desk *d = calloc(1, sizeof *d);
    assert_non_null(d);
    log_set_level(LOG_ERROR);
    assert_int_equal(fixture_setup((void **)&d->f), 0);
    snprintf(d->program, sizeof d->program, "%s/engine", d->f->parent);
    assert_int_equal(file_write(d->program, script, strlen(script)), ERR_OK);
    assert_int_equal(chmod(d->program, 0700), 0);
    sbuf_cstr(&d->settled, "");
    *state = d;
    return 0;
}

static int teardown(void **state)
{
    struct desk *d = *state;
    void *f = d->f;
    if (d->s)
        scribe_stop(d->s);
    directory_close(&d->f->d); /* a change on its way still knows the scribe */
    scribe_free(&d->s);
    sbuf_free(&d->settled);
    free(d);
    return fixture_teardown(&f);
}

static void look(void *owner)
{
    struct desk *d = owner;
    if (d->is_so(d) || clock_mono(loop_clock(d->f->loop)) > d->give_up_ms)
        loop_stop(d->f->loop);
    else
        clock_start(loop_clock(d->f->loop), 5, look, d);
}

/* Runs the loop until that is so. */
static void until(struct desk *d, bool (*is_so)(struct desk *d))
{
    d->is_so = is_so;
    d->give_up_ms = clock_mono(loop_clock(d->f->loop)) + UNTIL_MS;
    clock_start(loop_clock(d->f->loop), 0, look, d);
    loop_run(d->f->loop);
    assert_true(is_so(d));
}

/* A message whose audio tells the engine what to do. */
struct note {
    const char *id, *what, *box;
    int64_t left, tries, next;
};

static void leave(struct desk *d, const struct note *n)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s.wav", d->f->parent, n->id);
    assert_int_equal(file_write(path, n->what, strlen(n->what)), ERR_OK);
    struct message m = { .id = n->id,
                         .box = n->box ? n->box : "ann",
                         .from = "bob",
                         .from_name = "",
                         .path = path,
                         .left_wall_ms = n->left,
                         .length_ms = 1000,
                         .transcript = "",
                         .transcript_why = "",
                         .transcript_state = TRANSCRIPT_WAITING };
    directory_add_message(d->f->d, &m, fixture_done(d->f));
    fixture_expect(d->f, ERR_OK, NULL);
    m.transcript_tries = n->tries;
    m.transcript_next_wall_ms = n->next;
    directory_set_transcript(d->f->d, &m, fixture_done(d->f));
    fixture_expect(d->f, ERR_OK, NULL);
}

static const struct message *message(struct desk *d, const char *id) { return directory_message(d->f->d, id); }

static bool nothing_waits(struct desk *d)
{
    struct scribe_counts c;
    scribe_counts(d->s, &c);
    return !c.waiting && !c.working;
}

static void words_nothing_and_what_fails_for_good(void **state)
{
    static const struct {
        struct note note;
        enum transcript_state state;
        const char *words, *why;
    } rows[] = {
        { { .id = "a", .what = "words\n", .left = 1 }, TRANSCRIPT_DONE, "hello (bob?)", "" },
        { { .id = "b", .what = "nothing\n", .left = 2 }, TRANSCRIPT_DONE, "", "" },
        { { .id = "c", .what = "never\n", .left = 3 }, TRANSCRIPT_FAILED, "", "no sound in it" },
        { { .id = "d", .what = "later\n", .left = 4, .tries = SCRIBE_TRIES - 1 }, TRANSCRIPT_FAILED, "", "busy now" },
        { { .id = "e", .what = "rubbish\n", .left = 5, .tries = SCRIBE_TRIES - 1 },
          TRANSCRIPT_FAILED,
          "",
          "the transcriber's answer cannot be understood" },
    };
    struct desk *d = *state;
    struct scribe_counts c;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        leave(d, &rows[i].note);
    begin(d, &(struct scribe_params){ 0 });
    until(d, nothing_waits);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct message *m = message(d, rows[i].note.id);
        assert_int_equal(m->transcript_state, rows[i].state);
        assert_string_equal(m->transcript, rows[i].words);
        assert_string_equal(m->transcript_why, rows[i].why);
    }
    scribe_counts(d->s, &c);
    assert_int_equal(c.written, 2);
    assert_int_equal(c.empty, 1);
    assert_int_equal(c.tries_failed, 3);
    assert_int_equal(c.failed, 3);
}

static void the_oldest_is_first(void **state)
{
    struct desk *d = *state;
    leave(d, &(struct note){ .id = "new", .what = "words\n", .left = 3000 });
    leave(d, &(struct note){ .id = "old", .what = "words\n", .left = 1000 });
    leave(d, &(struct note){ .id = "mid", .what = "never\n", .left = 2000 });
    begin(d, &(struct scribe_params){ 0 });
    until(d, nothing_waits);
    assert_string_equal(d->settled.p, "old mid new ");
}

static bool two_are_at_work(struct desk *d)
{
    struct scribe_counts c;
    scribe_counts(d->s, &c);
    return c.working == 2;
}

static bool third_is_done(struct desk *d) { return message(d, "c")->transcript_state == TRANSCRIPT_DONE; }

/* One that hangs holds one place of two, until its time is over. */
static void so_many_at_once(void **state)
{
    struct desk *d = *state;
    leave(d, &(struct note){ .id = "a", .what = "hangs\n", .left = 1 });
    leave(d, &(struct note){ .id = "b", .what = "hangs\n", .left = 2 });
    leave(d, &(struct note){ .id = "c", .what = "words\n", .left = 3 });
    begin(d, &(struct scribe_params){ .at_once = 2, .limit_ms = 2000 });
    until(d, two_are_at_work);
    assert_true(scribe_working(d->s, "a") && scribe_working(d->s, "b") && !scribe_working(d->s, "c"));
    until(d, third_is_done);
    assert_string_equal(message(d, "a")->transcript_why, "it took longer than 2 s");
    assert_int_equal(message(d, "a")->transcript_state, TRANSCRIPT_WAITING);
    assert_int_equal(message(d, "a")->transcript_tries, 1);
}

/* ---- again ---- */

static bool first_failed_once_more(struct desk *d)
{
    const struct message *m = message(d, "a");
    return *m->transcript_why && !scribe_working(d->s, "a");
}

static void tries_come_at_growing_distances(void **state)
{
    static const struct {
        int64_t retry_ms, tries, distance;
    } rows[] = { { 0, 0, 30000 },  { 0, 1, 60000 },   { 0, 2, 120000 },
                 { 500, 1, 1000 }, { HOUR, 1, HOUR }, { 2 * HOUR, 0, HOUR } };
    struct desk *d = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t before = clock_wall(loop_clock(d->f->loop));
        leave(d, &(struct note){ .id = "a", .what = "later\n", .tries = rows[i].tries });
        begin(d, &(struct scribe_params){ .retry_ms = rows[i].retry_ms });
        until(d, first_failed_once_more);
        const struct message *m = message(d, "a");
        assert_int_equal(m->transcript_state, TRANSCRIPT_WAITING);
        assert_int_equal(m->transcript_tries, rows[i].tries + 1);
        assert_in_range(m->transcript_next_wall_ms, before + rows[i].distance,
                        clock_wall(loop_clock(d->f->loop)) + rows[i].distance);
        end(d);
        directory_delete_message(d->f->d, "a", fixture_done(d->f));
        fixture_wait(d->f);
    }
}

static void what_is_not_due_waits_and_an_operator_need_not(void **state)
{
    struct desk *d = *state;
    int64_t later = clock_wall(loop_clock(d->f->loop)) + HOUR;
    leave(d, &(struct note){ .id = "a", .what = "words\n", .left = 1, .next = later, .tries = 2 });
    leave(d, &(struct note){ .id = "c", .what = "words\n", .left = 2 });
    begin(d, &(struct scribe_params){ 0 });
    until(d, third_is_done);
    assert_int_equal(message(d, "a")->transcript_state, TRANSCRIPT_WAITING);
    scribe_again(d->s, "none", fixture_done(d->f));
    fixture_expect(d->f, ERR_NOT_FOUND, "there is no message 'none'");
    scribe_again(d->s, "a", fixture_done(d->f));
    fixture_expect(d->f, ERR_OK, NULL);
    until(d, nothing_waits);
    assert_int_equal(message(d, "a")->transcript_state, TRANSCRIPT_DONE);
}

static bool the_file_is_right_now(struct desk *d) { return message(d, "a")->transcript_state == TRANSCRIPT_DONE; }

static void a_try_comes_by_itself(void **state)
{
    struct desk *d = *state;
    char path[128];
    leave(d, &(struct note){ .id = "a", .what = "later\n" });
    begin(d, &(struct scribe_params){ .retry_ms = 100 });
    until(d, first_failed_once_more);
    snprintf(path, sizeof path, "%s/a.wav", d->f->parent);
    assert_int_equal(file_write(path, "words\n", 6), ERR_OK);
    until(d, the_file_is_right_now);
    assert_string_equal(message(d, "a")->transcript_why, "");
}

/* ---- what is not written down ---- */

static void put_box(struct desk *d, const char *name, bool transcribe, const char *by)
{
    struct box b = directory_box_settings(d->f->d, name);
    b.transcribe = transcribe;
    b.transcribe_by = by;
    directory_put_box(d->f->d, &b, fixture_done(d->f));
    fixture_expect(d->f, ERR_OK, NULL);
}

static void a_box_that_wants_no_words_gets_none(void **state)
{
    struct desk *d = *state;
    put_box(d, "quiet", false, "");
    leave(d, &(struct note){ .id = "a", .what = "words\n", .box = "quiet" });
    begin(d, &(struct scribe_params){ 0 });
    until(d, nothing_waits);
    assert_int_equal(message(d, "a")->transcript_state, TRANSCRIPT_NONE);
    assert_string_equal(d->settled.p, "");
    scribe_again(d->s, "a", fixture_done(d->f));
    fixture_expect(d->f, ERR_DENIED, "the box 'quiet' is not transcribed: flowctl box set quiet --transcribe");
}

/* Its audio goes to nobody else. */
static void a_box_whose_engine_is_missing(void **state)
{
    struct desk *d = *state;
    put_box(d, "web", true, "web");
    leave(d, &(struct note){ .id = "a", .what = "words\n", .box = "web" });
    begin(d, &(struct scribe_params){ 0 });
    until(d, nothing_waits);
    assert_int_equal(message(d, "a")->transcript_state, TRANSCRIPT_FAILED);
    assert_string_equal(message(d, "a")->transcript_why,
                        "this server has no transcription server: flowd --transcribe-url");
}

static bool first_is_at_work(struct desk *d) { return scribe_working(d->s, "a"); }

static void deleted_while_it_is_worked_on(void **state)
{
    struct desk *d = *state;
    leave(d, &(struct note){ .id = "a", .what = "hangs\n", .left = 1 });
    leave(d, &(struct note){ .id = "c", .what = "words\n", .left = 2 });
    begin(d, &(struct scribe_params){ .limit_ms = 2000 });
    until(d, first_is_at_work);
    directory_delete_message(d->f->d, "a", fixture_done(d->f));
    fixture_wait(d->f);
    until(d, third_is_done);
    assert_string_equal(d->settled.p, "c ");
}

/* ---- the end, and a new beginning ---- */

static void a_server_that_stops_waits_for_nobody(void **state)
{
    struct desk *d = *state;
    leave(d, &(struct note){ .id = "a", .what = "hangs\n" });
    begin(d, &(struct scribe_params){ 0 });
    until(d, first_is_at_work);
    int64_t before = clock_mono(loop_clock(d->f->loop));
    end(d);
    assert_in_range(clock_mono(loop_clock(d->f->loop)) - before, 0, 5000);
    fixture_reopen(d->f);
    assert_int_equal(message(d, "a")->transcript_state, TRANSCRIPT_WAITING);
    assert_int_equal(message(d, "a")->transcript_tries, 0);
    begin(d, &(struct scribe_params){ 0 });
    until(d, first_is_at_work);
}

static void engines_are_known_by_name(void **state)
{
    static const struct {
        struct scribe_params params;
        const char *why;
    } rows[] = {
        { { .by = "whisper" }, "there is no engine 'whisper': pocketsphinx or web" },
        { { .by = "web" }, "this server has no transcription server: start it with --transcribe-url" },
        { { .url = "ftp://x" }, "a transcription server is written http://HOST:PORT or https://…, not 'ftp://x'" },
    };
    struct desk *d = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scribe_params p = rows[i].params;
        struct sbuf why = { 0 };
        p.loop = d->f->loop;
        p.directory = d->f->d;
        assert_int_equal(scribe_new(&d->s, &p, &why), ERR_INVALID);
        assert_null(d->s);
        assert_string_equal(why.p, rows[i].why);
        sbuf_free(&why);
    }
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = { ROW(words_nothing_and_what_fails_for_good),
                                        ROW(the_oldest_is_first),
                                        ROW(so_many_at_once),
                                        ROW(tries_come_at_growing_distances),
                                        ROW(what_is_not_due_waits_and_an_operator_need_not),
                                        ROW(a_try_comes_by_itself),
                                        ROW(a_box_that_wants_no_words_gets_none),
                                        ROW(a_box_whose_engine_is_missing),
                                        ROW(deleted_while_it_is_worked_on),
                                        ROW(a_server_that_stops_waits_for_nobody),
                                        ROW(engines_are_known_by_name) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
