/* The sockets that the console listens on. Loop thread; blocks for moments only. Private to sipfront/console. */
#ifndef SIPFRONT_CONSOLE_LISTENER_H
#define SIPFRONT_CONSOLE_LISTENER_H

#include "vm/base/err.h"
#include "vm/base/str.h"

/* *out is a listening descriptor, mode 0600 from the first moment on. A socket that nobody answers at is replaced.
 * ERR_BUSY, ERR_INVALID, ERR_IO with *why for people. */
enum err listener_open(int *out, const char *path, struct sbuf *why) MUST_USE;
/* The same for TCP: "127.0.0.1:9464", "[::1]:9464"; port 0: any. ERR_INVALID, ERR_IO. */
enum err listener_open_tcp(int *out, const char *where, struct sbuf *why) MUST_USE;

#endif
