/* The file of the calls that are up: what is found there at the next start, whatever it holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sipfront/call/calls_up.h"

static char path[64];
static char told[4096]; /* the lines, each in brackets */

static bool keeps; /* the lines that are found stay */

static bool tell(const char *line, int slot, void *arg)
{
    size_t n = strlen(told);
    (void)slot, (void)arg;
    snprintf(told + n, sizeof told - n, "[%s]", line);
    return keeps;
}

static struct calls_up *reopen(struct calls_up *before)
{
    struct calls_up *u;
    calls_up_close(&before);
    told[0] = '\0';
    assert_int_equal(calls_up_open(&u, path, tell, NULL), ERR_OK);
    return u;
}

static int begin(void **state)
{
    int fd;
    (void)state;
    snprintf(path, sizeof path, "/tmp/calls_up.XXXXXX");
    fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int end(void **state)
{
    (void)state;
    return unlink(path);
}

static void test_what_is_left_is_told_once(void **state)
{
    struct calls_up *u = reopen(NULL);
    int a = calls_up_take(u), b = calls_up_take(u), c = calls_up_take(u);
    (void)state;
    calls_up_note(u, a, str_of("call=1 talk=0"));
    calls_up_note(u, b, str_of("call=2"));
    calls_up_note(u, c, str_of("call=3"));
    calls_up_note(u, a, str_of("call=1 up"));
    calls_up_give(u, b);
    u = reopen(u);
    assert_non_null(strstr(told, "[call=1 up]"));
    assert_non_null(strstr(told, "[call=3]"));
    assert_null(strstr(told, "call=2"));
    u = reopen(u);
    assert_string_equal(told, "");
    calls_up_close(&u);
}

static void test_a_long_line_is_cut(void **state)
{
    struct calls_up *u = reopen(NULL);
    char line[2 * CALLS_UP_LINE];
    (void)state;
    memset(line, 'x', sizeof line);
    line[1000] = ' '; /* what is cut off is no half of a word */
    calls_up_note(u, calls_up_take(u), (struct str){ line, sizeof line });
    u = reopen(u);
    assert_int_equal(strlen(told), 1000 + 2);
    calls_up_close(&u);
}

static void test_a_line_that_is_kept(void **state)
{
    struct calls_up *u = reopen(NULL);
    (void)state;
    calls_up_note(u, calls_up_take(u), str_of("call=1"));
    keeps = true;
    u = reopen(u);
    int other = calls_up_take(u);
    calls_up_note(u, other, str_of("call=2"));
    u = reopen(u);
    assert_string_equal(told, "[call=2][call=1]");
    calls_up_give(u, other);
    keeps = false;
    u = reopen(u);
    assert_string_equal(told, "[call=1]");
    u = reopen(u);
    assert_string_equal(told, "");
    calls_up_close(&u);
}

static void test_all_slots_are_taken(void **state)
{
    struct calls_up *u = reopen(NULL);
    int n = 0, last = 0;
    (void)state;
    for (int slot; (slot = calls_up_take(u)) != CALLS_UP_NONE; n++)
        last = slot;
    assert_int_equal(n, CALLS_UP_SLOTS);
    calls_up_note(u, CALLS_UP_NONE, str_of("nothing"));
    calls_up_give(u, CALLS_UP_NONE);
    calls_up_give(u, last);
    assert_int_equal(calls_up_take(u), last);
    calls_up_close(&u);
}

/* A byte of it may be anything: no such line is told, and none leads outside its slot. */
static void test_a_spoilt_file(void **state)
{
    static const int bytes[] = { 0xff, 0x01, 0x00, '\n', 'x' };
    (void)state;
    for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        for (int n = 0; n < 3000; n++)
            fputc(bytes[i], f);
        fclose(f);
        struct calls_up *u = reopen(NULL);
        assert_string_equal(told, "");
        calls_up_close(&u);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_is_left_is_told_once, begin, end),
        cmocka_unit_test_setup_teardown(test_a_long_line_is_cut, begin, end),
        cmocka_unit_test_setup_teardown(test_a_line_that_is_kept, begin, end),
        cmocka_unit_test_setup_teardown(test_all_slots_are_taken, begin, end),
        cmocka_unit_test_setup_teardown(test_a_spoilt_file, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
