#include "vm/base/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "vm/base/fmt.h"
#include "vm/base/str.h"

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

bool network_is_v6(const struct network *n) { return memcmp(n->bytes, mapped, sizeof mapped) != 0; }

static void set_v4(struct network *out, const void *four)
{
    memcpy(out->bytes, mapped, sizeof mapped);
    memcpy(out->bytes + 12, four, 4);
    out->bits = 128;
}

static bool read_address(struct network *out, const char *text)
{
    uint8_t raw[16];
    size_t len = strlen(text);
    char bare[NETWORK_TEXT];
    if (len > 2 && text[0] == '[' && text[len - 1] == ']') {
        fmt_text(bare, sizeof bare, "%.*s", (int)len - 2, text + 1);
        text = bare;
    }
    if (inet_pton(AF_INET, text, raw) == 1) {
        set_v4(out, raw);
        return true;
    }
    if (inet_pton(AF_INET6, text, raw) != 1)
        return false;
    memcpy(out->bytes, raw, 16);
    out->bits = 128;
    return true;
}

struct network network_prefix(const struct network *n, unsigned bits)
{
    struct network out = *n;
    unsigned all = network_is_v6(n) ? bits : bits + 96;
    out.bits = (uint8_t)(all > n->bits ? n->bits : all);
    for (unsigned i = out.bits; i < 128; i++)
        out.bytes[i / 8] &= (uint8_t) ~(0x80u >> (i % 8));
    return out;
}

enum err network_parse(struct network *out, const char *text)
{
    const char *slash = strchr(text, '/');
    struct network whole;
    char host[NETWORK_TEXT];
    int64_t bits = -1;
    memset(out, 0, sizeof *out);
    if (slash && !str_to_int(str_of(slash + 1), &bits))
        return ERR_SYNTAX;
    fmt_text(host, sizeof host, "%.*s", slash ? (int)(slash - text) : (int)sizeof host, text);
    if (!read_address(&whole, host))
        return ERR_SYNTAX;
    if (slash && (bits < 0 || bits > (network_is_v6(&whole) ? 128 : 32)))
        return ERR_SYNTAX;
    *out = slash ? network_prefix(&whole, (unsigned)bits) : whole;
    return memcmp(out->bytes, whole.bytes, 16) == 0 ? ERR_OK : ERR_SYNTAX;
}

bool network_of(struct network *out, const struct sockaddr *from)
{
    if (from->sa_family == AF_INET) {
        set_v4(out, &((const struct sockaddr_in *)(const void *)from)->sin_addr);
        return true;
    }
    if (from->sa_family != AF_INET6)
        return false;
    memcpy(out->bytes, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
    out->bits = 128;
    return true;
}

bool network_holds(const struct network *n, const struct network *address)
{
    unsigned whole = n->bits / 8, rest = n->bits % 8;
    if (address->bits < n->bits || memcmp(n->bytes, address->bytes, whole) != 0)
        return false;
    return rest == 0 || ((n->bytes[whole] ^ address->bytes[whole]) & (uint8_t)(0xff00u >> rest)) == 0;
}

void network_text(const struct network *n, char out[NETWORK_TEXT])
{
    bool v6 = network_is_v6(n);
    const uint8_t *four = n->bytes + 12;
    size_t len;
    if (v6)
        inet_ntop(AF_INET6, n->bytes, out, NETWORK_TEXT);
    else
        fmt_text(out, NETWORK_TEXT, "%u.%u.%u.%u", four[0], four[1], four[2], four[3]);
    if (n->bits == 128)
        return;
    len = strlen(out);
    fmt_text(out + len, NETWORK_TEXT - len, "/%u", v6 ? n->bits : n->bits - 96u);
}
