/* Where the server listens for SIP, and what it calls itself toward whom. Loop thread, but listen_parse(): any. */
#ifndef SIPFRONT_SIP_LISTEN_H
#define SIPFRONT_SIP_LISTEN_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/base/err.h"
#include "vm/base/network.h"

enum { SIP_LISTENS = 16 };

struct sip_listen {
    char transport[4]; /* "udp", "tcp", "tls"; "": UDP and TCP */
    char address[NETWORK_TEXT];
    uint16_t port;
};

/* "192.0.2.1", "192.0.2.1:5070", "[2001:db8::1]:5060", "tls:192.0.2.1:5061"; without a port that one. ERR_SYNTAX. */
enum err listen_parse(struct sip_listen *out, const char *text, uint16_t port) MUST_USE;

#endif
