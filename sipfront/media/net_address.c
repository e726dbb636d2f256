#include "sipfront/media/net_address.h"

#include <arpa/inet.h>
#include <string.h>

bool net_address_parse(struct net_address *out, const char *text, uint16_t port)
{
    struct net_address a;

    memset(&a, 0, sizeof a);
    memset(out, 0, sizeof *out);
    if (!text || !*text)
        return false;
    if (inet_pton(AF_INET, text, &a.v4.sin_addr) == 1) {
        a.v4.sin_family = AF_INET;
        a.v4.sin_port = htons(port);
        a.len = sizeof a.v4;
    } else if (inet_pton(AF_INET6, text, &a.v6.sin6_addr) == 1) {
        a.v6.sin6_family = AF_INET6;
        a.v6.sin6_port = htons(port);
        a.len = sizeof a.v6;
    } else {
        return false;
    }
    *out = a;
    return true;
}

bool net_address_same_host(const struct net_address *a, const struct net_address *b)
{
    if (a->len == 0 || b->len == 0 || a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET)
        return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
    return memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof a->v6.sin6_addr) == 0 &&
           a->v6.sin6_scope_id == b->v6.sin6_scope_id;
}

/* sin_port and sin6_port lie at the same place. */
uint16_t net_address_port(const struct net_address *a) { return ntohs(a->v4.sin_port); }

bool net_address_equal(const struct net_address *a, const struct net_address *b)
{
    return a->v4.sin_port == b->v4.sin_port && net_address_same_host(a, b);
}

bool net_address_reachable(const struct net_address *a)
{
    if (a->len == 0 || a->v4.sin_port == 0)
        return false;
    if (a->any.sa_family == AF_INET) {
        in_addr_t host = ntohl(a->v4.sin_addr.s_addr);
        return host >> 24 != 0 && !IN_MULTICAST(host) && !IN_BADCLASS(host);
    }
    return !IN6_IS_ADDR_UNSPECIFIED(&a->v6.sin6_addr) && !IN6_IS_ADDR_MULTICAST(&a->v6.sin6_addr);
}

static const struct {
    uint32_t net, mask;
} private_nets[] = {
    { 0x0A000000, 0xFF000000 }, /* 10.0.0.0/8 */
    { 0xAC100000, 0xFFF00000 }, /* 172.16.0.0/12 */
    { 0xC0A80000, 0xFFFF0000 }, /* 192.168.0.0/16 */
    { 0x64400000, 0xFFC00000 }, /* 100.64.0.0/10 */
    { 0xA9FE0000, 0xFFFF0000 }, /* 169.254.0.0/16 */
    { 0x7F000000, 0xFF000000 }, /* 127.0.0.0/8 */
};

bool net_address_private(const struct net_address *a)
{
    bool found = false;

    if (a->any.sa_family == AF_INET6)
        return (a->v6.sin6_addr.s6_addr[0] & 0xFE) == 0xFC || IN6_IS_ADDR_LINKLOCAL(&a->v6.sin6_addr) ||
               IN6_IS_ADDR_LOOPBACK(&a->v6.sin6_addr);
    for (size_t i = 0; i < sizeof private_nets / sizeof *private_nets; i++)
        found |= (ntohl(a->v4.sin_addr.s_addr) & private_nets[i].mask) == private_nets[i].net;
    return found;
}
