/* An outbox over a directory in a folder of its own, and a web service in a thread that takes what is sent. */
#ifndef TESTS_UNIT_NOTIFY_POST_H
#define TESTS_UNIT_NOTIFY_POST_H

#include "tests/unit/directory/fixture.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "sipfront/notify/inside.h"
#include "vm/base/log.h"

struct post {
    struct fixture *f;
    struct notify *n;
    bool (*is_so)(struct post *p); /* what post_until() waits for */
    int64_t give_up_ms;
    int fd; /* the web service */
    pthread_t thread;
    char url[64];
    struct address_range reachable;
    atomic_int status; /* of its answers */
    atomic_int asked;
};

static inline int64_t post_now(struct post *p) { return clock_wall(loop_clock(p->f->loop)); }

static inline void post_begin(struct post *p, const struct notify_params *more)
{
    struct notify_params np = *more;
    struct sbuf why = { 0 };
    np.loop = p->f->loop;
    np.directory = p->f->d;
    if (notify_new(&p->n, &np, &why))
        fail_msg("notify: %s", why.p);
    sbuf_free(&why);
}

static inline void post_end(struct post *p)
{
    if (p->n)
        notify_stop(p->n);
    notify_free(&p->n);
}

static inline void post_look(void *owner)
{
    struct post *p = owner;
    bool late = clock_mono(loop_clock(p->f->loop)) > p->give_up_ms;
    if (p->is_so(p) || late)
        loop_stop(p->f->loop);
    else
        clock_start(loop_clock(p->f->loop), 5, post_look, p);
}

/* Runs the loop until that is so, 10 s at most. */
static inline void post_until(struct post *p, bool (*is_so)(struct post *p))
{
    p->is_so = is_so;
    p->give_up_ms = clock_mono(loop_clock(p->f->loop)) + 10000;
    clock_start(loop_clock(p->f->loop), 0, post_look, p);
    loop_run(p->f->loop);
    assert_true(is_so(p));
}

/* A row of the outbox, due at once unless it says otherwise. */
static inline void post_put(struct post *p, const struct letter *l)
{
    struct letter whole = *l;
    whole.subject = l->subject ? l->subject : "";
    whole.text = l->text ? l->text : "";
    whole.attachment = l->attachment ? l->attachment : "";
    whole.about = l->about ? l->about : "";
    whole.why = l->why ? l->why : "";
    whole.made_wall_ms = l->made_wall_ms ? l->made_wall_ms : post_now(p);
    directory_put_letter(p->f->d, &whole, fixture_done(p->f));
    fixture_expect(p->f, ERR_OK, NULL);
}

static inline void post_message(struct post *p, const struct message *m)
{
    struct message whole = *m;
    whole.box = "ann";
    whole.path = "/tmp/none.wav";
    whole.transcript = m->transcript ? m->transcript : "";
    whole.transcript_why = m->transcript_why ? m->transcript_why : "";
    directory_add_message(p->f->d, &whole, fixture_done(p->f));
    fixture_expect(p->f, ERR_OK, NULL);
}

/* One request after another: read to the end of its body, answered, closed. */
static inline void *post_serve(void *arg)
{
    struct post *p = arg;
    for (int c; (c = accept(p->fd, NULL, NULL)) >= 0; close(c)) {
        char text[8192] = "";
        size_t len = 0, whole = sizeof text - 1;
        while (len < whole) {
            ssize_t n = recv(c, text + len, sizeof text - 1 - len, 0);
            if (n <= 0)
                break;
            len += (size_t)n;
            text[len] = 0;
            const char *end = strstr(text, "\r\n\r\n"), *size = strstr(text, "Content-Length: ");
            if (end && size)
                whole = (size_t)(end + 4 - text) + strtoul(size + 16, NULL, 10);
        }
        atomic_fetch_add(&p->asked, 1);
        snprintf(text, sizeof text, "HTTP/1.1 %d X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", p->status);
        (void)send(c, text, strlen(text), MSG_NOSIGNAL);
    }
    return NULL;
}

static inline int post_setup(void **state)
{
    struct post *p = calloc(1, sizeof *p);
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;
    assert_non_null(p);
    log_set_level(LOG_ERROR);
    assert_int_equal(fixture_setup((void **)&p->f), 0);
    assert_true(address_range_read(&p->reachable, "127.0.0.1"));
    p->status = 200;
    p->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(p->fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(p->fd, 8), 0);
    assert_int_equal(getsockname(p->fd, (struct sockaddr *)&at, &len), 0);
    snprintf(p->url, sizeof p->url, "http://127.0.0.1:%u/hook", ntohs(at.sin_port));
    assert_int_equal(pthread_create(&p->thread, NULL, post_serve, p), 0);
    *state = p;
    return 0;
}

static inline int post_teardown(void **state)
{
    struct post *p = *state;
    void *f = p->f;
    shutdown(p->fd, SHUT_RDWR);
    pthread_join(p->thread, NULL);
    close(p->fd);
    post_end(p);
    free(p);
    return fixture_teardown(&f);
}

#endif
