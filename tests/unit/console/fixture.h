/* A console over a fake server, and an HTTP client in a thread of its own. */
#ifndef TESTS_UNIT_CONSOLE_FIXTURE_H
#define TESTS_UNIT_CONSOLE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "sipfront/console/console.h"
#include "tests/unit/console/fake_server.h"
#include "vm/base/log.h"

struct fixture {
    struct loop *loop;
    struct server server;
    struct console *console;
    char parent[64], socket[96];
};
/* One request and what came back. */
struct talk {
    struct fixture *f;
    struct sbuf request, answer;
    int status; /* 0: none came */
    bool stops_loop;
    atomic_int *left; /* talks of a group: the last one stops the loop. NULL: it is alone */
    pthread_t thread;
};

static inline void fixture_start(struct fixture *f)
{
    struct sbuf why = { 0 };
    if (console_new(&f->console, f->loop, &f->server, f->socket, &why))
        fail_msg("console: %s", why.p);
    sbuf_free(&why);
}

static inline int fixture_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct sbuf why = { 0 };
    char folder[96];
    assert_non_null(f);
    snprintf(f->parent, sizeof f->parent, "/tmp/console-XXXXXX");
    assert_non_null(mkdtemp(f->parent));
    snprintf(f->socket, sizeof f->socket, "%s/api.sock", f->parent);
    snprintf(folder, sizeof folder, "%s/data", f->parent);
    log_set_level(LOG_WARN);
    assert_int_equal(loop_new(&f->loop), ERR_OK);
    f->server.loop = f->loop;
    assert_int_equal(directory_open(&f->server.directory, f->loop, folder, &why), ERR_OK);
    fixture_start(f);
    *state = f;
    return 0;
}

static inline void fixture_stop(void *loop) { loop_stop(loop); }

static inline int fixture_teardown(void **state)
{
    struct fixture *f = *state;
    char command[128];
    console_free(&f->console);
    directory_close(&f->server.directory);
    loop_post(f->loop, fixture_stop, f->loop); /* lets go of what was on its way */
    loop_run(f->loop);
    loop_free(&f->loop);
    snprintf(command, sizeof command, "rm -r %s", f->parent);
    assert_int_equal(system(command), 0);
    free(f);
    return 0;
}

static inline int fixture_connect(const char *path)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
        return fd;
    close(fd);
    return -1;
}

/* Sends what the server takes of the request; it may answer and hang up before the end. */
static inline void *talk_run(void *arg)
{
    struct talk *t = arg;
    char part[4096];
    ssize_t n;
    int fd = fixture_connect(t->f->socket);
    for (size_t sent = 0; fd >= 0 && sent < t->request.len; sent += (size_t)n)
        if ((n = send(fd, t->request.p + sent, t->request.len - sent, MSG_NOSIGNAL)) <= 0)
            break;
    while (fd >= 0 && (n = recv(fd, part, sizeof part, 0)) > 0)
        sbuf_add(&t->answer, part, (size_t)n);
    if (fd >= 0)
        close(fd);
    if (t->answer.len < 12 || sscanf(t->answer.p, "HTTP/1.1 %d", &t->status) != 1)
        t->status = 0;
    if (t->stops_loop && (!t->left || atomic_fetch_sub(t->left, 1) == 1))
        loop_stop(t->f->loop);
    return NULL;
}

static inline void talk_start(struct talk *t, struct fixture *f, bool stops_loop)
{
    t->f = f;
    t->stops_loop = stops_loop;
    assert_int_equal(pthread_create(&t->thread, NULL, talk_run, t), 0);
}

static inline void talk_request(struct talk *t, const char *method, const char *path, struct str body)
{
    sbuf_fmt(&t->request, "%s %s HTTP/1.1\r\nHost: flowd\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n", method,
             path, body.len);
    sbuf_str(&t->request, body);
}

/* Runs the loop until the request that was written into t is answered. */
static inline void talk_finish(struct talk *t, struct fixture *f)
{
    talk_start(t, f, true);
    loop_run(f->loop);
    pthread_join(t->thread, NULL);
}

static inline struct str talk_body(const struct talk *t)
{
    const char *end = t->answer.p ? strstr(t->answer.p, "\r\n\r\n") : NULL;
    return end ? (struct str){ end + 4, t->answer.len - (size_t)(end + 4 - t->answer.p) } : (struct str){ NULL, 0 };
}

static inline void talk_free(struct talk *t)
{
    sbuf_free(&t->request);
    sbuf_free(&t->answer);
}

#endif
