/* The daemon's thread and the way of a request to the loop and back:
 *
 *   HTTP thread  on_request … body … hand_over: suspend ──loop_post──▶ on_loop: handle(r)      loop thread
 *                on_request: request_send     ◀──MHD_resume── request_answer(r)
 *                on_completed: drop
 */
#include "sipfront/console/http.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sipfront/console/http_request.h"
#include "vm/base/log.h"

enum {
    MOST_CONNECTIONS = 64,
    IDLE_S = 30,  /* a client that says nothing is cut off */
    ENDING_S = 1, /* what http_free() waits for the last answers to be sent */
};

struct http {
    struct loop *loop;
    struct MHD_Daemon *daemon;
    void (*handle)(struct request *r, void *arg);
    void *arg;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t ended;
    struct request *open; /* the loop has to answer them */
    unsigned active;      /* requests from their first line to their end */
    bool closing;
};

static void unlink_open(struct http *h, struct request *r)
{
    if (r->next)
        r->next->previous = r->previous;
    if (r->previous)
        r->previous->next = r->next;
    else
        h->open = r->next;
    r->next = r->previous = NULL;
}

static char *copy_of(const char *s)
{
    struct sbuf b = { 0 };
    if (s)
        sbuf_cstr(&b, s);
    return b.p;
}

static void set_answer(struct request *r, const struct answer *a)
{
    r->answer = *a;
    r->answer.file = copy_of(a->file);
    r->answer.allow = copy_of(a->allow);
    r->is_answered = true;
}

static void refuse_stopping(struct request *r)
{
    json_t *body = http_error("BUSY", "the server is stopping", "ask again when it has started");
    set_answer(r, &(struct answer){ .status = 503, .json = body });
}

static void refuse_too_big(struct request *r)
{
    json_t *body =
        http_error("TOO_BIG", "the body has more than 64 MiB", "no image and no setting is as large as that");
    set_answer(r, &(struct answer){ .status = 413, .json = body });
}

bool request_is_dead(const struct request *r) { return !r->http; }

void request_answer(struct request *r, const struct answer *a)
{
    struct http *h = r->http;
    if (h) {
        pthread_mutex_lock(&h->lock);
        unlink_open(h, r);
        pthread_mutex_unlock(&h->lock);
        set_answer(r, a);
        MHD_resume_connection(r->connection);
    } else {
        json_decref(a->json);
        free(a->text);
    }
    request_drop(r);
}

static void on_loop(void *arg)
{
    struct request *r = arg;
    if (r->http)
        r->http->handle(r, r->http->arg);
    else
        request_drop(r);
}

/* ---- HTTP thread ---- */

/* The connection sleeps before the loop can see the request, so that waking it is never too early. */
static enum MHD_Result hand_over(struct http *h, struct request *r)
{
    pthread_mutex_lock(&h->lock);
    bool closing = h->closing;
    if (!closing) {
        atomic_fetch_add(&r->holders, 1);
        r->http = h;
        r->next = h->open;
        if (h->open)
            h->open->previous = r;
        h->open = r;
        MHD_suspend_connection(r->connection);
    }
    pthread_mutex_unlock(&h->lock);
    if (closing) {
        refuse_stopping(r);
        return request_send(r);
    }
    loop_post(h->loop, on_loop, r);
    return MHD_YES;
}

static bool says_too_big(struct MHD_Connection *connection)
{
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    int64_t n = 0;
    return length && (!str_to_int(str_of(length), &n) || n > HTTP_MOST_BODY);
}

static enum MHD_Result begin(struct http *h, struct request **r, struct MHD_Connection *connection)
{
    pthread_mutex_lock(&h->lock);
    h->active++;
    pthread_mutex_unlock(&h->lock);
    if (!says_too_big(connection))
        return MHD_YES;
    refuse_too_big(*r);
    return request_send(*r);
}

static void take_body(struct request *r, const char *data, size_t *size)
{
    if (*size > HTTP_MOST_BODY - r->body.len)
        r->is_too_big = true;
    else if (!r->is_too_big)
        sbuf_add(&r->body, data, *size);
    *size = 0;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *data, size_t *size, void **own)
{
    struct request *r = *own;
    (void)version;
    if (!r) {
        *own = r = request_new(connection, method, url);
        return begin(arg, &r, connection);
    }
    if (*size) {
        take_body(r, data, size);
        return MHD_YES;
    }
    if (r->is_answered)
        return request_send(r);
    if (r->is_too_big) {
        refuse_too_big(r);
        return request_send(r);
    }
    return hand_over(arg, r);
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **own, enum MHD_RequestTerminationCode how)
{
    struct http *h = arg;
    (void)connection, (void)how;
    if (!*own)
        return;
    request_drop(*own);
    *own = NULL;
    pthread_mutex_lock(&h->lock);
    h->active--;
    pthread_cond_signal(&h->ended);
    pthread_mutex_unlock(&h->lock);
}

static size_t leave_escapes(void *arg, struct MHD_Connection *connection, char *s)
{
    (void)arg, (void)connection;
    return strlen(s);
}

static void on_log(void *arg, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
static void on_log(void *arg, const char *fmt, va_list ap)
{
    struct sbuf b = { 0 };
    (void)arg;
    sbuf_vfmt(&b, fmt, ap);
    log_debug("console", "%s", b.p);
    sbuf_free(&b);
}

/* ---- loop thread ---- */

static struct MHD_Daemon *start(struct http *h, int listen_fd)
{
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    return MHD_start_daemon(flags, 0, NULL, NULL, on_request, h, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
                            MHD_OPTION_LISTEN_SOCKET, listen_fd, MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
                            MHD_OPTION_UNESCAPE_CALLBACK, leave_escapes, NULL, MHD_OPTION_CONNECTION_LIMIT,
                            (unsigned)MOST_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
                            MHD_OPTION_END);
}

enum err http_new(struct http **out, struct loop *l, int listen_fd, void (*handle)(struct request *r, void *arg),
                  void *arg)
{
    struct http *h = calloc(1, sizeof *h);
    *out = NULL;
    if (!h) {
        close(listen_fd);
        return ERR_NOMEM;
    }
    h->loop = l;
    h->handle = handle;
    h->arg = arg;
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->ended, NULL);
    h->daemon = start(h, listen_fd);
    if (!h->daemon) {
        close(listen_fd);
        http_free(&h);
        return ERR_IO;
    }
    *out = h;
    return ERR_OK;
}

/* Every request that waits for the loop gets its answer now; the loop's hold on it stays until the loop comes by. */
static void answer_open(struct http *h)
{
    pthread_mutex_lock(&h->lock);
    h->closing = true;
    while (h->open) {
        struct request *r = h->open;
        unlink_open(h, r);
        r->http = NULL;
        refuse_stopping(r);
        MHD_resume_connection(r->connection);
    }
    pthread_mutex_unlock(&h->lock);
}

static void wait_for_last(struct http *h)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ENDING_S;
    pthread_mutex_lock(&h->lock);
    while (h->active && pthread_cond_timedwait(&h->ended, &h->lock, &until) != ETIMEDOUT)
        ;
    pthread_mutex_unlock(&h->lock);
}

void http_free(struct http **hp)
{
    struct http *h = *hp;
    if (!h)
        return;
    *hp = NULL;
    if (h->daemon) {
        int listen_fd = MHD_quiesce_daemon(h->daemon);
        answer_open(h);
        wait_for_last(h);
        MHD_stop_daemon(h->daemon);
        if (listen_fd >= 0)
            close(listen_fd);
    }
    pthread_cond_destroy(&h->ended);
    pthread_mutex_destroy(&h->lock);
    free(h);
}
