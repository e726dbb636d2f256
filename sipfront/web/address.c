#include "sipfront/web/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static const struct {
    uint8_t net[4];
    uint8_t bits;
} private4[] = {
    { { 0 }, 8 },          /* this network */
    { { 10 }, 8 },         /* private use */
    { { 100, 64 }, 10 },   /* shared by a provider's customers */
    { { 127 }, 8 },        /* loopback */
    { { 169, 254 }, 16 },  /* link-local: also where clouds keep credentials */
    { { 172, 16 }, 12 },   /* private use */
    { { 192, 0, 0 }, 24 }, /* protocol assignments */
    { { 192, 0, 2 }, 24 }, /* documentation */
    { { 192, 168 }, 16 },  /* private use */
    { { 198, 18 }, 15 },   /* benchmarks */
    { { 198, 51, 100 }, 24 },
    { { 203, 0, 113 }, 24 }, /* documentation */
    { { 224 }, 4 },          /* groups */
    { { 240 }, 4 },          /* reserved, broadcast */
};

static const struct {
    uint8_t net[16];
    uint8_t bits;
} private6[] = {
    { { 0 }, 96 },                      /* unspecified, loopback, IPv4-compatible */
    { { 0x01 }, 64 },                   /* discarded */
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
    { { 0xfc }, 7 },                    /* unique local */
    { { 0xfe, 0x80 }, 10 },             /* link-local */
    { { 0xfe, 0xc0 }, 10 },             /* site-local */
    { { 0xff }, 8 },                    /* groups */
};

/* Where an IPv4 address lies in an IPv6 one of that prefix; some of them inverted. */
static const struct {
    uint8_t net[16];
    uint8_t bits, at;
    uint8_t flip;
} carriers[] = {
    { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff }, 96, 12, 0 },
    { { 0, 0x64, 0xff, 0x9b }, 96, 12, 0 }, /* NAT64 */
    { { 0x20, 0x02 }, 16, 2, 0 },           /* 6to4 */
    { { 0x20, 0x01, 0, 0 }, 32, 12, 0xff }, /* Teredo */
};

static bool starts_with(const uint8_t *a, const uint8_t *net, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;
    if (memcmp(a, net, whole) != 0)
        return false;
    return rest == 0 || (a[whole] ^ net[whole]) >> (8 - rest) == 0;
}

/* false for a family that is not IP. */
static bool to_bytes(const struct sockaddr *a, uint8_t out[16])
{
    if (a->sa_family == AF_INET) {
        memcpy(out, mapped, sizeof mapped);
        memcpy(out + 12, &((const struct sockaddr_in *)(const void *)a)->sin_addr, 4);
        return true;
    }
    if (a->sa_family != AF_INET6)
        return false;
    memcpy(out, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, 16);
    return true;
}

static bool is_private4(const uint8_t *a, uint8_t flip)
{
    uint8_t plain[4];
    for (int i = 0; i < 4; i++)
        plain[i] = a[i] ^ flip;
    for (size_t i = 0; i < sizeof private4 / sizeof private4[0]; i++)
        if (starts_with(plain, private4[i].net, private4[i].bits))
            return true;
    return false;
}

bool address_is_private(const struct sockaddr *sa)
{
    uint8_t a[16];
    if (!to_bytes(sa, a))
        return true;
    for (size_t i = 0; i < sizeof carriers / sizeof carriers[0]; i++)
        if (starts_with(a, carriers[i].net, carriers[i].bits))
            return is_private4(a + carriers[i].at, carriers[i].flip);
    for (size_t i = 0; i < sizeof private6 / sizeof private6[0]; i++)
        if (starts_with(a, private6[i].net, private6[i].bits))
            return true;
    return false;
}

bool address_is_within(const struct sockaddr *sa, const struct address_range *ranges, unsigned n)
{
    uint8_t a[16];
    if (!to_bytes(sa, a))
        return false;
    for (unsigned i = 0; i < n; i++)
        if (starts_with(a, ranges[i].bytes, ranges[i].bits))
            return true;
    return false;
}

/* The number behind the slash; most where there is none, above it what is wrong. */
static unsigned long read_bits(const char *slash, unsigned long most)
{
    char *end;
    if (!slash)
        return most;
    if (slash[1] < '0' || slash[1] > '9')
        return most + 1;
    unsigned long bits = strtoul(slash + 1, &end, 10);
    return *end ? most + 1 : bits;
}

bool address_range_read(struct address_range *out, const char *text)
{
    char host[INET6_ADDRSTRLEN];
    const char *slash = strchr(text, '/');
    size_t len = slash ? (size_t)(slash - text) : strlen(text);
    struct address_range r = { { 0 }, 0 };
    if (len >= sizeof host)
        return false;
    memcpy(host, text, len);
    host[len] = 0;
    bool v4 = inet_pton(AF_INET, host, r.bytes + 12) == 1;
    if (v4)
        memcpy(r.bytes, mapped, sizeof mapped);
    else if (inet_pton(AF_INET6, host, r.bytes) != 1)
        return false;
    unsigned long most = v4 ? 32 : 128, bits = read_bits(slash, most);
    if (bits > most)
        return false;
    r.bits = (uint8_t)(v4 ? 96 + bits : bits);
    *out = r;
    return true;
}
