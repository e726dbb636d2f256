/* The pool of RTP ports: even ones only, each with an owner; the odd port above is its RTCP's (RFC 3550 §11).
 * Any thread. The pool is the bookkeeping; the sockets are the caller's, who gives a port back after closing its own.
 */
#ifndef SIPFRONT_MEDIA_PORTS_H
#define SIPFRONT_MEDIA_PORTS_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/base/err.h"

struct ports;

/* Ports min..max, inclusive. ERR_INVALID when not one pair lies between. */
enum err ports_new(struct ports **out, uint16_t min, uint16_t max) MUST_USE;
void ports_free(struct ports **p);

/* Takes the next free port after the last one given out (the first begins at random, so that a restart does not meet
 * the packets of calls that died with the old process) and lets `bind_fn` try it: false means that another program has
 * it, and the next is tried. ERR_LIMIT when none is left. */
struct ports_try {
    bool (*bind_fn)(uint16_t port, void *arg);
    void *arg;
};
enum err ports_take(struct ports *p, const void *owner, const struct ports_try *how, uint16_t *port) MUST_USE;
/* Gives it back; only its owner can (another's call is logged and ignored). */
void ports_give(struct ports *p, const void *owner, uint16_t port);
unsigned ports_in_use(const struct ports *p);

#endif
