/* The web client against a socket that takes connections and says nothing, or says what a test wants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

#include "sipfront/web/web.h"

enum { MOST = 8 };

struct fixture {
    struct loop *loop;
    struct web *web;
    int fd;
    char url[64];
    unsigned expected, nended;
    struct {
        enum web_end how;
        int status;
        char why[300], body[64];
    } ended[MOST];
    struct web_job *jobs[MOST];
};

static void listen_on_loopback(struct fixture *f)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof a;
    f->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(f->fd, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(f->fd, 16), 0);
    assert_int_equal(getsockname(f->fd, (struct sockaddr *)&a, &len), 0);
    snprintf(f->url, sizeof f->url, "http://127.0.0.1:%u/", ntohs(a.sin_port));
}

static int setup(void **state)
{
    static struct fixture f;
    struct address_range loopback;
    f = (struct fixture){ .expected = 1 };
    assert_int_equal(loop_new(&f.loop), ERR_OK);
    assert_true(address_range_read(&loopback, "127.0.0.0/8"));
    struct web_params p = { .loop = f.loop,
                            .reachable = &loopback,
                            .nreachable = 1,
                            .most_running = 2,
                            .most_waiting = 2,
                            .most_bytes = 1024 };
    assert_int_equal(web_new(&f.web, &p), ERR_OK);
    listen_on_loopback(&f);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    web_free(&f->web);
    loop_free(&f->loop);
    close(f->fd);
    return 0;
}

static void on_done(const struct web_answer *a, void *owner)
{
    struct fixture *f = owner;
    unsigned i = f->nended++;
    f->ended[i].how = a->how;
    f->ended[i].status = a->status;
    snprintf(f->ended[i].why, sizeof f->ended[i].why, "%s", a->why);
    snprintf(f->ended[i].body, sizeof f->ended[i].body, "%s", a->body.p ? a->body.p : "");
    if (f->nended == f->expected)
        loop_stop(f->loop);
}

static struct web_job *ask(struct fixture *f, const char *url, int64_t timeout_ms)
{
    struct web_request rq = { .method = "GET", .url = url, .timeout_ms = timeout_ms, .done = on_done, .owner = f };
    return web_ask(f->web, &rq);
}

/* Answers one connection with these bytes. */
struct service {
    int fd;
    const char *answer;
    size_t repeat; /* of the last byte */
    pthread_t thread;
};

static void *serve(void *arg)
{
    struct service *s = arg;
    char request[4096];
    int fd = accept(s->fd, NULL, NULL);
    if (fd < 0 || read(fd, request, sizeof request) <= 0)
        return NULL;
    size_t len = strlen(s->answer);
    if (send(fd, s->answer, len, MSG_NOSIGNAL) > 0)
        for (size_t i = 0; i < s->repeat && send(fd, s->answer + len - 1, 1, MSG_NOSIGNAL) == 1; i++)
            continue;
    close(fd);
    return NULL;
}

static void answered(struct fixture *f, const char *answer, size_t repeat)
{
    struct service s = { f->fd, answer, repeat, 0 };
    assert_int_equal(pthread_create(&s.thread, NULL, serve, &s), 0);
    ask(f, f->url, 10000);
    loop_run(f->loop);
    pthread_join(s.thread, NULL);
}

static void an_answer_comes(void **state)
{
    struct fixture *f = *state;
    answered(f, "HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhello", 0);
    assert_int_equal(f->ended[0].how, WEB_ANSWERED);
    assert_int_equal(f->ended[0].status, 201);
    assert_string_equal(f->ended[0].body, "hello");
}

static void an_answer_beyond_the_limit_is_given_up(void **state)
{
    struct fixture *f = *state;
    answered(f, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nx", 5000);
    assert_int_equal(f->ended[0].how, WEB_FAILED);
    assert_non_null(strstr(f->ended[0].why, "larger than 1 KiB"));
}

static void silence_is_a_timeout(void **state)
{
    struct fixture *f = *state;
    ask(f, f->url, 50);
    loop_run(f->loop);
    assert_int_equal(f->ended[0].how, WEB_TIMEOUT);
}

/* Two run, two wait, the fifth is refused at once; the others end by their time, those that never began too. */
static void beyond_the_room_is_refused(void **state)
{
    struct fixture *f = *state;
    struct web_stats stats;
    f->expected = 5;
    for (int i = 0; i < 5; i++)
        ask(f, f->url, 300);
    loop_run(f->loop);
    assert_int_equal(f->ended[0].how, WEB_FAILED);
    assert_string_equal(f->ended[0].why, "too many requests are under way");
    for (int i = 1; i < 5; i++)
        assert_int_equal(f->ended[i].how, WEB_TIMEOUT);
    web_stats(f->web, &stats);
    assert_int_equal(stats.refused, 1);
    assert_int_equal(stats.timed_out, 4);
}

/* Those that nobody waits for make room: behind four that hang, a fifth is answered. */
static void stopped_requests_make_room(void **state)
{
    struct fixture *f = *state;
    struct web_stats stats;
    for (int i = 0; i < 4; i++)
        f->jobs[i] = ask(f, f->url, 60000);
    for (int i = 0; i < 4; i++) {
        web_stop(&f->jobs[i]);
        assert_null(f->jobs[i]);
    }
    do {
        loop_drain(f->loop);
        web_stats(f->web, &stats);
    } while (stats.under_way);
    assert_int_equal(f->nended, 0);
    silence_is_a_timeout(state);
}

static void a_private_address_is_kept_out(void **state)
{
    struct fixture *f = *state;
    ask(f, "http://[::1]:1/", 10000);
    loop_run(f->loop);
    assert_int_equal(f->ended[0].how, WEB_FAILED);
    assert_string_equal(f->ended[0].why, "the address ::1 is private");
}

static void other_protocols_are_refused(void **state)
{
    static const char *const urls[] = { "file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/",
                                        "smtp://127.0.0.1", "http://user@127.0.0.1/" };
    struct fixture *f = *state;
    f->expected = sizeof urls / sizeof urls[0];
    for (size_t i = 0; i < f->expected; i++) {
        f->expected = (unsigned)i + 1;
        ask(f, urls[i], 10000);
        loop_run(f->loop);
        assert_int_equal(f->ended[i].how, WEB_FAILED);
        f->expected = sizeof urls / sizeof urls[0];
    }
}

static void closing_ends_what_runs(void **state)
{
    struct fixture *f = *state;
    f->jobs[0] = ask(f, f->url, 60000);
    web_stop(&f->jobs[0]);
    ask(f, f->url, 60000);
    web_free(&f->web); /* as the server does, when no call is left to wait */
    assert_int_equal(f->ended[0].how, WEB_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_answer_comes, setup, teardown),
        cmocka_unit_test_setup_teardown(an_answer_beyond_the_limit_is_given_up, setup, teardown),
        cmocka_unit_test_setup_teardown(silence_is_a_timeout, setup, teardown),
        cmocka_unit_test_setup_teardown(beyond_the_room_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(stopped_requests_make_room, setup, teardown),
        cmocka_unit_test_setup_teardown(a_private_address_is_kept_out, setup, teardown),
        cmocka_unit_test_setup_teardown(other_protocols_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(closing_ends_what_runs, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
