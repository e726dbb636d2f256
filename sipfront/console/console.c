#include "sipfront/console/console.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sipfront/console/api.h"
#include "sipfront/console/http.h"
#include "sipfront/console/listener.h"

struct console {
    struct api api;
    struct loop *loop;
    struct http *http, *metrics;
    char *socket_path;
};

static enum err begin(struct console *c, struct loop *l, const char *socket_path, struct sbuf *why)
{
    int fd;
    enum err e = listener_open(&fd, socket_path, why);
    if (e)
        return e;
    c->socket_path = strdup(socket_path); /* from here on it is ours to remove */
    e = http_new(&c->http, l, fd, api_handle, &c->api);
    if (e)
        sbuf_fmt(why, "the API's HTTP thread cannot be made: %s", err_text(e));
    return e;
}

enum err console_new(struct console **out, struct loop *l, struct server *s, const char *socket_path, struct sbuf *why)
{
    struct console *c = calloc(1, sizeof *c);
    *out = NULL;
    if (!c)
        return ERR_NOMEM;
    json_object_seed(0); /* before a second thread could do it at the same time */
    const struct clock *clock = loop_clock(l);
    c->loop = l;
    c->api = (struct api){ s, server_directory(s), clock_mono(clock), clock };
    enum err e = begin(c, l, socket_path, why);
    if (e)
        console_free(&c);
    *out = c;
    return e;
}

enum err console_serve_metrics(struct console *c, const char *where, struct sbuf *why)
{
    int fd;
    enum err e = listener_open_tcp(&fd, where, why);
    if (e)
        return e;
    e = http_new(&c->metrics, c->loop, fd, api_handle_metrics, &c->api);
    if (e)
        sbuf_fmt(why, "the HTTP thread of %s cannot be made: %s", where, err_text(e));
    return e;
}

void console_free(struct console **cp)
{
    struct console *c = *cp;
    if (!c)
        return;
    *cp = NULL;
    http_free(&c->metrics);
    http_free(&c->http);
    if (c->socket_path)
        unlink(c->socket_path);
    free(c->socket_path);
    free(c);
}
