/* Which network addresses a request may be sent to: those of the public Internet, and private ones that the operator
 * permits. Judged at the moment of connecting, by the address itself, so that no name can lead inside (DNS rebinding).
 * Pure: any thread. */
#ifndef SIPFRONT_WEB_ADDRESS_H
#define SIPFRONT_WEB_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

struct sockaddr;

/* The first `bits` bits of an IPv6 address; IPv4 is mapped into ::ffff:0:0/96. */
struct address_range {
    uint8_t bytes[16];
    uint8_t bits;
};

/* Reads "10.1.0.0/16", "fd00::/8", or a single address. false when it is neither. */
bool address_range_read(struct address_range *out, const char *text);

/* Whether it is an address of one network, host, link or group (RFC 6890, RFC 4291, RFC 5771), or carries one (RFC
 * 6052, RFC 3056, RFC 4380). Other families than IP are private. */
bool address_is_private(const struct sockaddr *a);

bool address_is_within(const struct sockaddr *a, const struct address_range *ranges, unsigned n);

#endif
