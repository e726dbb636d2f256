#include "sipfront/media/rtp.h"

#include <arpa/inet.h>
#include <string.h>

enum { VERSION_2 = 0x80, VERSION_MASK = 0xC0, PADDING = 0x20, EXTENSION = 0x10, CSRC_COUNT = 0x0F };

static uint16_t read16(const uint8_t *p) { return (uint16_t)(p[0] << 8 | p[1]); }

static uint32_t read32(const uint8_t *p) { return (uint32_t)read16(p) << 16 | read16(p + 2); }

bool rtp_is_rtcp(const uint8_t *p, size_t len)
{
    return len >= 8 && (p[0] & VERSION_MASK) == VERSION_2 && p[1] >= 192 && p[1] <= 223;
}

/* Where the payload begins, or len + 1 when CSRC list or extension (RFC 3550 §5.3.1) reach beyond the packet. */
static size_t payload_start(const uint8_t *p, size_t len)
{
    size_t at = RTP_HEADER + 4u * (p[0] & CSRC_COUNT);

    if (!(p[0] & EXTENSION))
        return at;
    if (at + 4 > len)
        return len + 1;
    return at + 4 + 4u * read16(p + at + 2);
}

enum err rtp_read(struct rtp_packet *out, const uint8_t *p, size_t len)
{
    size_t start, end = len;

    if (len < RTP_HEADER || (p[0] & VERSION_MASK) != VERSION_2 || rtp_is_rtcp(p, len))
        return ERR_INVALID;
    start = payload_start(p, len);
    if (start > len)
        return ERR_INVALID;
    if (p[0] & PADDING) {
        if (p[len - 1] == 0 || p[len - 1] > len - start)
            return ERR_INVALID;
        end = len - p[len - 1];
    }
    *out = (struct rtp_packet){ .pt = p[1] & 0x7F,
                                .marker = (p[1] & 0x80) != 0,
                                .seq = read16(p + 2),
                                .ts = read32(p + 4),
                                .ssrc = read32(p + 8),
                                .payload = p + start,
                                .len = end - start };
    return ERR_OK;
}

void rtp_write(uint8_t out[RTP_HEADER], const struct rtp_packet *h)
{
    uint16_t seq = htons(h->seq);
    uint32_t ts = htonl(h->ts), ssrc = htonl(h->ssrc);

    out[0] = VERSION_2;
    out[1] = (uint8_t)((h->marker ? 0x80 : 0) | (h->pt & 0x7F));
    memcpy(out + 2, &seq, 2);
    memcpy(out + 4, &ts, 4);
    memcpy(out + 8, &ssrc, 4);
}
