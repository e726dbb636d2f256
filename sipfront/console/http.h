/* An HTTP daemon on a listening socket, in a thread of its own (libmicrohttpd). A request is received whole there,
 * handed to the loop, and its connection sleeps until the loop has answered, then or later. All functions: loop thread.
 * Private to sipfront/console. */
#ifndef SIPFRONT_CONSOLE_HTTP_H
#define SIPFRONT_CONSOLE_HTTP_H

#include <jansson.h>
#include <stdbool.h>

#include "sipfront/loop/loop.h"
#include "vm/base/err.h"
#include "vm/base/str.h"

struct http;
struct request;

enum { HTTP_MOST_BODY = 64 * 1024 * 1024 };

/* Takes listen_fd. handle(r, arg) comes on the loop once for each request; it or whoever it gives r to calls
 * request_answer() exactly once. */
enum err http_new(struct http **out, struct loop *l, int listen_fd, void (*handle)(struct request *r, void *arg),
                  void *arg) MUST_USE;
/* Answers what is open with 503 and ends the thread. Requests that the loop still holds are dead from then on. */
void http_free(struct http **h);

/* Texts of a request live until it is answered. */
const char *request_method(const struct request *r);
const char *request_path(const struct request *r);                    /* as it came, %xx and all */
const char *request_query(const struct request *r, const char *name); /* decoded; NULL when absent */
struct str request_body(const struct request *r);
/* The daemon is gone, and with it all that the handler's arg led to: answer, and touch nothing else. */
bool request_is_dead(const struct request *r);

struct answer {
    unsigned status;
    const char *allow; /* header of a 405, or NULL */
    json_t *json;      /* taken, and made into text off the loop; or NULL and */
    const char *file;  /* a WAV whose bytes are sent, read off the loop */
    char *text;        /* or plain text; malloc'ed, taken */
};
/* Ends the request: r is not to be touched any more. */
void request_answer(struct request *r, const struct answer *a);

#endif
