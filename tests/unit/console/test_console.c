/* The socket and the two threads: what listens, what is too big, many at once, and an end in the middle of it all. */
#include "tests/unit/console/fixture.h"

#include <sys/stat.h>

static void expect_refusal(struct fixture *f, const char *path, enum err want, const char *says)
{
    struct console *c = NULL;
    struct sbuf why = { 0 };
    enum err e = console_new(&c, f->loop, &f->server, path, &why);
    assert_null(c);
    if (e != want || !strstr(why.p, says))
        fail_msg("wanted %s with '%s', got %s: %s", err_name(want), says, err_name(e), why.p);
    sbuf_free(&why);
}

static void test_socket(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    char path[160];
    assert_int_equal(stat(f->socket, &st), 0);
    assert_true(S_ISSOCK(st.st_mode));
    assert_int_equal(st.st_mode & 0777, 0600);
    expect_refusal(f, f->socket, ERR_BUSY, "another server is serving");
    expect_refusal(f, "", ERR_INVALID, "0 bytes");
    expect_refusal(f, "/nonexistent/api.sock", ERR_IO, "No such file");
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    expect_refusal(f, path, ERR_INVALID, "159 bytes; 1 to 107");
    snprintf(path, sizeof path, "%s/file", f->parent);
    assert_int_equal(file_write(path, "kept", 4), ERR_OK);
    expect_refusal(f, path, ERR_INVALID, "no socket");
    assert_int_equal(access(path, F_OK), 0);
    console_free(&f->console);
    assert_int_not_equal(access(f->socket, F_OK), 0);
}

static void ask(struct fixture *f, int want)
{
    struct talk t = { 0 };
    talk_request(&t, "GET", "/v1/status", STR(""));
    talk_finish(&t, f);
    assert_int_equal(t.status, want);
    talk_free(&t);
}

/* What a server that was killed leaves behind: a socket that nobody listens at. */
static void test_stale_socket_is_replaced(void **state)
{
    struct fixture *f = *state;
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    console_free(&f->console);
    snprintf(at.sun_path, sizeof at.sun_path, "%s", f->socket);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    close(fd);
    fixture_start(f);
    ask(f, 200);
}

static void test_said_to_be_too_big(void **state)
{
    struct fixture *f = *state;
    struct talk t = { 0 };
    sbuf_cstr(&t.request,
              "POST /v1/flows HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 67108865\r\n\r\n");
    talk_finish(&t, f);
    assert_int_equal(t.status, 413);
    assert_non_null(strstr(t.answer.p, "\"TOO_BIG\""));
    talk_free(&t);
}

static void test_found_to_be_too_big(void **state)
{
    struct fixture *f = *state;
    struct talk t = { 0 };
    static char part[1 << 20];
    memset(part, 'x', sizeof part);
    sbuf_cstr(&t.request,
              "POST /v1/flows HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 65; i++) {
        sbuf_cstr(&t.request, "100000\r\n");
        sbuf_add(&t.request, part, sizeof part);
        sbuf_cstr(&t.request, "\r\n");
    }
    sbuf_cstr(&t.request, "0\r\n\r\n");
    talk_finish(&t, f);
    assert_int_equal(t.status, 413);
    talk_free(&t);
}

static void test_large_body(void **state)
{
    struct fixture *f = *state;
    struct talk t = { 0 };
    size_t size = 16u << 20;
    char *image = malloc(size);
    assert_non_null(image);
    memset(image, 'i', size);
    talk_request(&t, "POST", "/v1/flows?name=big", (struct str){ image, size });
    talk_finish(&t, f);
    assert_int_equal(t.status, 200);
    assert_int_equal(directory_flow(f->server.directory, "big")->size, size);
    talk_free(&t);
    free(image);
}

static void test_many_at_once(void **state)
{
    enum { N = 50 };
    struct fixture *f = *state;
    static struct talk talks[N];
    char body[64];
    atomic_int left = N;
    for (int i = 0; i < N; i++) {
        talks[i] = (struct talk){ .left = &left };
        snprintf(body, sizeof body, "{\"user\": \"u%d\", \"name\": \"N\"}", i);
        talk_request(&talks[i], "POST", "/v1/connections", str_of(body));
        talk_start(&talks[i], f, true);
    }
    loop_run(f->loop);
    for (int i = 0; i < N; i++) {
        pthread_join(talks[i].thread, NULL);
        assert_int_equal(talks[i].status, 201);
        talk_free(&talks[i]);
    }
}

static void on_held(struct server *s) { loop_stop(s->loop); }

/* Ends the console while a change of it is still under way; the change comes back later. */
static void test_end_with_a_change_under_way(void **state)
{
    struct fixture *f = *state;
    struct talk t = { 0 };
    f->server.on_held = on_held;
    talk_request(&t, "POST", "/v1/connections", STR("{\"user\": \"hang\", \"name\": \"N\"}"));
    talk_start(&t, f, false);
    loop_run(f->loop); /* until the change is held */
    console_free(&f->console);
    pthread_join(t.thread, NULL);
    assert_int_equal(t.status, 503);
    assert_non_null(strstr(t.answer.p, "the server is stopping"));
    f->server.held.done(ERR_OK, "", f->server.held.arg);
    talk_free(&t);
}

/* The client is gone before the answer: nobody else is the worse for it. */
static void test_client_hangs_up(void **state)
{
    struct fixture *f = *state;
    static const char request[] = "POST /v1/connections HTTP/1.1\r\nHost: x\r\nContent-Length: 29\r\n\r\n"
                                  "{\"user\": \"hang\", \"name\": \"N\"}";
    f->server.on_held = on_held;
    int fd = fixture_connect(f->socket);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, request, sizeof request - 1), sizeof request - 1);
    loop_run(f->loop);
    close(fd);
    f->server.held.done(ERR_DENIED, "no", f->server.held.arg);
    ask(f, 200);
}

static void test_rubbish(void **state)
{
    static const char *const rows[] = { "\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01\x02\x00\x01", "GET / HTTP/9.9\r\n\r\n",
                                        "POST /v1/flows HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n" };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int fd = fixture_connect(f->socket);
        assert_true(fd >= 0);
        assert_true(write(fd, rows[i], strlen(rows[i])) > 0);
        close(fd);
    }
    ask(f, 200);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        ROW(test_socket),
        ROW(test_stale_socket_is_replaced),
        ROW(test_said_to_be_too_big),
        ROW(test_found_to_be_too_big),
        ROW(test_large_body),
        ROW(test_many_at_once),
        ROW(test_end_with_a_change_under_way),
        ROW(test_client_hangs_up),
        ROW(test_rubbish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
