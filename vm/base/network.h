/* Addresses and networks: "192.0.2.7", "[2001:db8::1]", "10.0.0.0/8". Pure; any thread. An IPv4 address within IPv6
 * (::ffff:192.0.2.7) is the IPv4 address. */
#ifndef VM_BASE_NETWORK_H
#define VM_BASE_NETWORK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "vm/base/err.h"

enum { NETWORK_TEXT = 64 };

struct network {
    uint8_t bytes[16]; /* IPv6, or IPv4 mapped into it (RFC 4291 §2.5.5.2) */
    uint8_t bits;      /* of the 128 that count */
};

/* An address, with or without /bits. ERR_SYNTAX: it is none, or bits are set behind the prefix. */
enum err network_parse(struct network *out, const char *text) MUST_USE;
/* The address of a socket address; false for other families. */
bool network_of(struct network *out, const struct sockaddr *from);
bool network_holds(const struct network *n, const struct network *address);
bool network_is_v6(const struct network *n);
/* The first bits of it alone, counted in its own family: 24 of IPv4, 64 of IPv6. */
struct network network_prefix(const struct network *n, unsigned bits);
/* Without /bits when all count. */
void network_text(const struct network *n, char out[NETWORK_TEXT]);

#endif
