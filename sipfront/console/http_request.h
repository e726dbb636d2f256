/* A request's life between two threads. The HTTP thread makes it, fills it and hands it over (then it touches it no
 * more); the loop answers it and wakes the connection; whoever lets go last frees it. Private to http*.c. */
#ifndef SIPFRONT_CONSOLE_HTTP_REQUEST_H
#define SIPFRONT_CONSOLE_HTTP_REQUEST_H

#include <microhttpd.h>
#include <stdatomic.h>

#include "sipfront/console/http.h"
#include "vm/base/vec.h"

struct argument {
    char *name, *value;
};

struct request {
    struct request *next, *previous; /* among those that the loop has to answer; guarded by http's lock */
    struct http *http;               /* NULL: dead. Loop thread */
    struct MHD_Connection *connection;
    char *method, *path;
    VEC(struct argument) arguments;
    struct sbuf body;
    bool is_too_big;
    bool is_answered; /* written before the connection is woken, read after */
    struct answer answer;
    atomic_int holders; /* the HTTP thread's connection, and the loop */
};

struct request *request_new(struct MHD_Connection *connection, const char *method, const char *path);
void request_drop(struct request *r); /* one holder less */
/* The API's error object; texts are UTF-8. Any thread. */
json_t *http_error(const char *code, const char *message, const char *help);
/* HTTP thread: sends the answer that the request has. */
enum MHD_Result request_send(struct request *r);

#endif
