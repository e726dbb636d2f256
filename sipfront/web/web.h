/* Requests to web services: HTTP and HTTPS by libcurl, all of them on one thread of its own, which waits in libcurl's
 * own loop. Functions are the loop thread's; callbacks come from the loop, but for `read`, which runs on the web
 * thread. One request is one answer: redirects are told, not followed, for only the asker knows what is permitted. */
#ifndef SIPFRONT_WEB_WEB_H
#define SIPFRONT_WEB_WEB_H

#include <stddef.h>
#include <stdint.h>

#include "sipfront/loop/loop.h"
#include "sipfront/web/address.h"
#include "vm/base/str.h"

struct web;
struct web_job; /* a request under way */

struct web_params {
    struct loop *loop;
    const char *ca_file;                   /* PEM: who may sign certificates; NULL: the system's */
    const struct address_range *reachable; /* private addresses that may be asked all the same; copied */
    unsigned nreachable;
    unsigned most_running, most_waiting; /* at once, and behind them; 0: 64 and 256 */
    size_t most_bytes;                   /* of an answer's body; 0: 256 KiB */
};
/* ERR_IO when ca_file cannot be read, ERR_NOMEM. */
enum err web_new(struct web **out, const struct web_params *p) MUST_USE;
/* Ends all requests, joins the thread. Nobody may wait for an answer any more. Accepts a pointer to NULL. */
void web_free(struct web **w);

enum web_end {
    WEB_ANSWERED,
    WEB_TIMEOUT,
    WEB_FAILED, /* why says how: not reachable, not trusted, too large, no room for one more request … */
};
struct web_answer {
    enum web_end how;
    int status;     /* WEB_ANSWERED: of HTTP, 100-599 */
    char *location; /* of a redirect, made absolute; NULL when there is none */
    char type[80];  /* Content-Type, "" without one */
    struct sbuf body;
    char why[300];
};

/* Web thread, right after an answer came whole: may turn its body into something else, or make it WEB_FAILED. */
typedef void web_read_fn(struct web_answer *a, void *owner);
/* Loop, once; the answer is borrowed. */
typedef void web_done_cb(const struct web_answer *a, void *owner);

struct web_request {
    const char *method;
    const char *url;            /* http:// or https:// */
    const char *const *headers; /* "Name: value", without control characters */
    unsigned nheaders;
    struct str body;    /* p NULL: none */
    int64_t timeout_ms; /* for all of it, waiting for its turn too */
    web_read_fn *read;  /* may be NULL; `owner` must not be touched there but for what is constant */
    web_done_cb *done;
    void *owner;
};
/* Copies the request. Never NULL; done comes later, also when there is no room for it (WEB_FAILED, counted). */
struct web_job *web_ask(struct web *w, const struct web_request *rq);
/* The answer is not wanted any more: done does not come. Sets *j to NULL; accepts a pointer to NULL. */
void web_stop(struct web_job **j);

struct web_stats {
    unsigned under_way;
    uint64_t asked, answered, timed_out, failed, refused /* for want of room */;
};
void web_stats(const struct web *w, struct web_stats *out);

#endif
