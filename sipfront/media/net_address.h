/* An IP address with a port, v4 or v6. A plain value, any thread. */
#ifndef SIPFRONT_MEDIA_NET_ADDRESS_H
#define SIPFRONT_MEDIA_NET_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct net_address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    };
    socklen_t len; /* 0: none */
};

/* false (and *out none) when text is no numeric address. "" and NULL are none. */
bool net_address_parse(struct net_address *out, const char *text, uint16_t port);
bool net_address_equal(const struct net_address *a, const struct net_address *b);     /* host and port */
bool net_address_same_host(const struct net_address *a, const struct net_address *b); /* whatever the port */
uint16_t net_address_port(const struct net_address *a);
/* Whether media can go there: a host of its own (no wildcard, broadcast, multicast) and a port. */
bool net_address_reachable(const struct net_address *a);
/* Whether it means something in a local network only (RFC 1918, RFC 6598, RFC 4193, link-local, loopback). */
bool net_address_private(const struct net_address *a);

#endif
