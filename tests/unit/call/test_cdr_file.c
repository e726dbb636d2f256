/* The file of call records: written behind the loop's back, nothing torn, nothing lost, nothing twice. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "sipfront/call/cdr_file.h"

static char folder[32], path[64];
static struct loop *loop;
static struct cdr_file *file;
static char given[64]; /* slots that came back, a letter each */

static void on_written(void *owner, int slot)
{
    size_t n = strlen(given);
    (void)owner;
    given[n] = (char)('a' + slot);
    given[n + 1] = '\0';
}

static void open_file(void)
{
    const struct cdr_file_port port = { on_written, NULL };
    struct sbuf why = { 0 };
    given[0] = '\0';
    assert_int_equal(loop_new(&loop), ERR_OK);
    assert_int_equal(cdr_file_open(&file, loop, path, &port, &why), ERR_OK);
}

static void close_file(void)
{
    cdr_file_close(&file);
    loop_drain(loop);
    loop_free(&loop);
}

static void stop(void *arg)
{
    (void)arg;
    loop_stop(loop);
}

static void turn(void)
{
    clock_start(loop_clock(loop), 10, stop, NULL);
    loop_run(loop);
}

static void wait_written(uint64_t records)
{
    for (int i = 0; i < 1000 && cdr_file_counts(file).written < records; i++)
        turn();
    assert_int_equal(cdr_file_counts(file).written, records);
}

static void wait_failed(void)
{
    for (int i = 0; i < 1000 && !cdr_file_counts(file).failures; i++)
        turn();
    assert_true(cdr_file_counts(file).failures > 0);
}

static void expect(const char *at, const char *want)
{
    struct sbuf text = { 0 };
    assert_int_equal(sbuf_read_file(&text, at, 1 << 20), ERR_OK);
    assert_string_equal(text.p ? text.p : "", want);
    sbuf_free(&text);
}

static int begin(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/cdr_file.XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/cdr", folder);
    return 0;
}

static int end(void **state)
{
    char old[64];
    (void)state;
    snprintf(old, sizeof old, "%s/old", folder);
    (void)unlink(old);
    (void)unlink(path);
    return rmdir(folder);
}

static void records_are_appended(void **state)
{
    (void)state;
    open_file();
    cdr_file_add(file, str_of("one\n"), 0);
    cdr_file_add(file, str_of("two\n"), -1);
    wait_written(2);
    assert_string_equal(given, "a");
    close_file();
    open_file();
    cdr_file_add(file, str_of("three\n"), 2); /* written as it is closed */
    close_file();
    assert_string_equal(given, "c");
    expect(path, "one\ntwo\nthree\n");
}

/* Whether it is told to or finds out by itself. */
static void a_renamed_file_is_left(void **state)
{
    char old[64];
    (void)state;
    snprintf(old, sizeof old, "%s/old", folder);
    for (int told = 0; told < 2; told++) {
        open_file();
        cdr_file_add(file, str_of("one\n"), -1);
        wait_written(1);
        assert_int_equal(rename(path, old), 0);
        if (told) {
            cdr_file_reopen(file);
            for (int i = 0; i < 1000 && access(path, F_OK) != 0; i++)
                turn();
            assert_int_equal(access(path, F_OK), 0);
        }
        cdr_file_add(file, str_of("two\n"), -1);
        wait_written(2);
        close_file();
        expect(old, "one\n");
        expect(path, "two\n");
        assert_int_equal(unlink(path), 0);
    }
}

static void set_limit(rlim_t bytes)
{
    struct rlimit most;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &most), 0);
    most.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &most), 0);
}

/* There is room for one record and a half: the half is taken back, and all is there when there is room again. */
static void what_does_not_fit_waits(void **state)
{
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    open_file();
    set_limit(6);
    cdr_file_add(file, str_of("one\n"), 0);
    wait_written(1);
    cdr_file_add(file, str_of("two\n"), 1);
    wait_failed();
    cdr_file_add(file, str_of("three\n"), 2);
    turn();
    expect(path, "one\n");
    assert_string_equal(given, "a");
    assert_int_equal(cdr_file_counts(file).waiting, 2);
    set_limit(RLIM_INFINITY);
    wait_written(3);
    expect(path, "one\ntwo\nthree\n");
    assert_string_equal(given, "abc");
    assert_int_equal(cdr_file_counts(file).lost, 0);
    close_file();
}

/* What cannot be written at the end keeps its slot. */
static void what_is_left_keeps_its_slot(void **state)
{
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    open_file();
    set_limit(6);
    cdr_file_add(file, str_of("one\n"), 0);
    wait_written(1);
    cdr_file_add(file, str_of("two\n"), 1);
    close_file();
    set_limit(RLIM_INFINITY);
    expect(path, "one\n");
    assert_string_equal(given, "a");
}

static void too_much_is_counted(void **state)
{
    static char line[1 << 20];
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\n';
    open_file();
    set_limit(6);
    cdr_file_add(file, str_of("one two\n"), 0);
    wait_failed();
    for (int i = 1; i < 20; i++)
        cdr_file_add(file, (struct str){ line, sizeof line }, i);
    assert_int_equal(cdr_file_counts(file).lost, 3);
    assert_string_equal(given, "rst");
    set_limit(RLIM_INFINITY);
    wait_written(17);
    close_file();
}

static void a_path_that_cannot_be(void **state)
{
    const struct cdr_file_port port = { on_written, NULL };
    struct sbuf why = { 0 };
    (void)state;
    assert_int_equal(loop_new(&loop), ERR_OK);
    assert_int_equal(cdr_file_open(&file, loop, "/nowhere/cdr", &port, &why), ERR_IO);
    assert_null(file);
    assert_string_equal(why.p, "call records cannot be written to /nowhere/cdr: No such file or directory");
    sbuf_free(&why);
    loop_free(&loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(records_are_appended, begin, end),
        cmocka_unit_test_setup_teardown(a_renamed_file_is_left, begin, end),
        cmocka_unit_test_setup_teardown(what_does_not_fit_waits, begin, end),
        cmocka_unit_test_setup_teardown(what_is_left_keeps_its_slot, begin, end),
        cmocka_unit_test_setup_teardown(too_much_is_counted, begin, end),
        cmocka_unit_test(a_path_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
