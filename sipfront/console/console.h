/* The console: the HTTP API under which everything of the server can be seen and changed, on a Unix socket; its figures
 * on TCP too. Made and freed on the loop thread; its HTTP daemon runs in a thread of its own and hands each request to
 * the loop. Borrows the loop and the server, which must live until console_free(). Routes: docs/api.md. */
#ifndef SIPFRONT_CONSOLE_CONSOLE_H
#define SIPFRONT_CONSOLE_CONSOLE_H

#include "sipfront/call/server.h"
#include "sipfront/loop/loop.h"
#include "vm/base/err.h"
#include "vm/base/str.h"

struct console;

/* Listens at socket_path (mode 0600; the socket of a server that is gone is replaced, its folder must exist) and
 * begins to serve. *why says what failed, for people: ERR_BUSY when another server answers there, ERR_INVALID when
 * the path is too long or something else than a socket, ERR_IO. */
enum err console_new(struct console **out, struct loop *l, struct server *s, const char *socket_path,
                     struct sbuf *why) MUST_USE;

/* Serves /metrics, and nothing else, at a TCP address too: "127.0.0.1:9464". Once. *why as above. */
enum err console_serve_metrics(struct console *c, const char *where, struct sbuf *why) MUST_USE;

/* Answers the requests in progress with 503, closes and removes the socket; blocks until the HTTP thread is gone
 * (milliseconds). Before server_free(). Accepts NULL and a pointer to NULL. */
void console_free(struct console **c);

#endif
