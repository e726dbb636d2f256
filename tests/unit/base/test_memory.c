/* Arena, growing array, errors and log lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vm/base/arena.h"
#include "vm/base/err.h"
#include "vm/base/log.h"
#include "vm/base/str.h"
#include "vm/base/vec.h"

static void arena_keeps_everything(void **state)
{
    enum { N = 3000 };
    static unsigned char *p[N];
    struct arena *a = arena_new();
    (void)state;
    for (size_t i = 0; i < N; i++) {
        size_t size = i % 97 == 0 ? 3000 : i % 40;
        p[i] = arena_alloc(a, size);
        assert_int_equal((uintptr_t)p[i] % 16, 0);
        for (size_t k = 0; k < size; k++) {
            assert_int_equal(p[i][k], 0);
            p[i][k] = (unsigned char)i;
        }
    }
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < (i % 97 == 0 ? 3000 : i % 40); k++)
            assert_int_equal(p[i][k], (unsigned char)i);
    assert_string_equal(arena_dup(a, "abcd", 3), "abc");
    assert_true(arena_used(a) > N);
    arena_free(&a);
    assert_null(a);
    arena_free(&a);
    arena_free(NULL);
}

/* Beyond a MiB blocks are mapped: still zeroed, aligned, apart from each other, and counted. */
static void arena_grows_large(void **state)
{
    enum { N = 300, MIB = 1 << 20 };
    static unsigned char *p[N];
    struct arena *a = arena_new();
    size_t sum = 0;
    (void)state;
    for (size_t i = 0; i < N; i++) {
        size_t size = i % 50 == 49 ? 5 * MIB + 1 : i % 10 == 9 ? MIB : 10000 + i;
        p[i] = arena_alloc(a, size);
        sum += size;
        assert_int_equal((uintptr_t)p[i] % 16, 0);
        assert_int_equal(p[i][0] | p[i][size / 2] | p[i][size - 1], 0);
        p[i][0] = p[i][size - 1] = (unsigned char)(i | 1);
    }
    for (size_t i = 0; i < N; i++)
        assert_int_equal(p[i][0], (unsigned char)(i | 1));
    assert_int_equal(arena_used(a), sum);
    arena_free(&a);
}

static void vec_grows(void **state)
{
    VEC(int) v = { 0 };
    (void)state;
    for (int i = 0; i < 1000; i++)
        vec_push(&v, i);
    assert_int_equal(vec_last(&v), 999);
    assert_int_equal(vec_pop(&v), 999);
    for (size_t i = 0; i < v.len; i++)
        assert_int_equal(v.items[i], i);
    vec_free(&v);
    assert_int_equal(v.cap, 0);
}

static void errors_have_texts(void **state)
{
    (void)state;
    assert_string_equal(err_name(ERR_NOT_FOUND), "NOT_FOUND");
    assert_string_equal(err_text(ERR_OK), "no error");
    assert_string_equal(err_name((enum err)9999), "UNKNOWN");
}

/* Runs the log with stderr on a pipe and returns what it wrote. */
static void captured(char *text, size_t size, enum log_level level, const char *what)
{
    int ends[2], saved = dup(2);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], 2);
    log_line(level, "sip", "%s", what);
    dup2(saved, 2);
    close(saved);
    close(ends[1]);
    ssize_t n = read(ends[0], text, size - 1);
    close(ends[0]);
    text[n > 0 ? n : 0] = '\0';
}

static void log_cannot_be_forged(void **state)
{
    char text[256];
    (void)state;
    unsetenv("JOURNAL_STREAM");
    log_set_level(LOG_INFO);
    captured(text, sizeof text, LOG_WARN, "a\nb\x1b[31m\xc2\x9b é");
    assert_non_null(strstr(text, "WARN sip: a\\x0ab\\x1b[31m\\x9b é\n"));
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    captured(text, sizeof text, LOG_DEBUG, "hidden");
    assert_string_equal(text, "");
    setenv("JOURNAL_STREAM", "8:1", 1);
    log_set_level(LOG_INFO);
    captured(text, sizeof text, LOG_ERROR, "bad");
    assert_string_equal(text, "<3>sip: bad\n");
}

/* A datagram is one write. */
static void log_lines_go_out_together(void **state)
{
    int ends[2], saved = dup(2);
    char text[256];
    struct sbuf room = { 0 };
    (void)state;
    unsetenv("JOURNAL_STREAM");
    log_set_level(LOG_INFO);
    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
    dup2(ends[1], 2);
    log_hold(&room);
    log_info("sip", "one");
    log_info("sip", "two");
    log_let_go();
    assert_int_equal(room.len, 0);
    sbuf_free(&room);
    log_info("sip", "three");
    dup2(saved, 2);
    close(saved);
    close(ends[1]);
    ssize_t n = recv(ends[0], text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    assert_non_null(strstr(text, "sip: one\n"));
    assert_string_equal(strrchr(text, ':'), ": two\n");
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_keeps_everything),
        cmocka_unit_test(arena_grows_large),
        cmocka_unit_test(vec_grows),
        cmocka_unit_test(errors_have_texts),
        cmocka_unit_test(log_cannot_be_forged),
        cmocka_unit_test(log_lines_go_out_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
