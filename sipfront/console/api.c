/* From a method and a path to a handler. */
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/console/api_handlers.h"

static const struct route {
    const char *method, *path;
    void (*handle)(struct api_call *c);
} routes[] = {
#define ROUTE(method, path, handler) { method, path, api_##handler },
#include "sipfront/console/api_routes.def"
#undef ROUTE
};
enum { ROUTES = sizeof routes / sizeof routes[0] };

/* Does the path fit the pattern? *piece is then what {} stands for, still encoded. */
static bool fits(const char *pattern, const char *path, struct str *piece)
{
    *piece = (struct str){ NULL, 0 };
    while (*pattern && (*pattern == *path || *pattern == '{')) {
        if (*pattern == '{') {
            *piece = (struct str){ path, strcspn(path, "/") };
            path += piece->len;
            pattern += 2;
        } else {
            path++;
            pattern++;
        }
    }
    return !*pattern && !*path && (!piece->p || piece->len > 0);
}

/* NULL when there is a NUL among it: nothing is named like that. */
static char *decode(struct str piece)
{
    struct sbuf b = { 0 };
    sbuf_str(&b, piece);
    size_t len = MHD_http_unescape(b.p);
    if (strlen(b.p) == len)
        return b.p;
    sbuf_free(&b);
    return NULL;
}

static const struct route *route_of(const char *method, const char *path, struct str *piece)
{
    for (int i = 0; i < ROUTES; i++)
        if (strcmp(routes[i].method, method) == 0 && fits(routes[i].path, path, piece))
            return &routes[i];
    return NULL;
}

/* The methods that this path has, "GET, POST"; empty when nothing is there. */
static void methods_of(const char *path, struct sbuf *out)
{
    struct str piece;
    sbuf_cstr(out, "");
    for (int i = 0; i < ROUTES; i++)
        if (fits(routes[i].path, path, &piece))
            sbuf_fmt(out, "%s%s", out->len ? ", " : "", routes[i].method);
}

static void answer_no_route(struct api_call *c)
{
    struct sbuf methods = { 0 }, message = { 0 };
    const char *method = request_method(c->request), *path = request_path(c->request);
    methods_of(path, &methods);
    if (methods.len) {
        sbuf_fmt(&message, "%s is not possible at %s, only %s", method, path, methods.p);
        api_refuse_method(c, message.p, methods.p);
    } else {
        sbuf_fmt(&message, "there is nothing at %s", path);
        api_fail(c, ERR_NOT_FOUND, message.p, "docs/api.md lists all that is there");
    }
    sbuf_free(&methods);
    sbuf_free(&message);
}

static struct api_call *call_new(struct request *r, void *arg)
{
    struct api_call *c = calloc(1, sizeof *c);
    if (!c)
        abort(); /* out of memory, as in vm/base/vec.h */
    c->request = r;
    c->api = arg;
    return c;
}

void api_handle(struct request *r, void *arg)
{
    struct api_call *c = call_new(r, arg);
    struct str piece;
    const struct route *route = route_of(request_method(r), request_path(r), &piece);
    if (!route) {
        answer_no_route(c);
        return;
    }
    c->name = decode(piece);
    if (c->name)
        route->handle(c);
    else
        api_fail(c, ERR_INVALID, "a name in the path holds a NUL byte", NULL);
}

void api_handle_metrics(struct request *r, void *arg)
{
    struct api_call *c = call_new(r, arg);
    if (strcmp(request_path(r), "/metrics") != 0)
        api_fail(c, ERR_NOT_FOUND, "only /metrics is here", "the API is on the server's Unix socket");
    else if (strcmp(request_method(r), "GET") != 0)
        api_refuse_method(c, "only GET is possible here", "GET");
    else
        api_metrics_show(c);
}
