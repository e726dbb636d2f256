#include "sipfront/media/rtcp.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    TYPE_SR = 200,
    TYPE_RR = 201,
    TYPE_SDES = 202,
    TYPE_BYE = 203,
    SDES_CNAME = 1,
    HEAD = 8,    /* header and SSRC */
    SENDER = 20, /* of a sender report, behind that */
    BLOCK = 24,  /* a report block */
    LEAP = 3000, /* sequence numbers: RFC 3550 A.1's MAX_DROPOUT */
    CNAME_MAX = 64,
};

static uint32_t get32(const uint8_t *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof v);
    return ntohl(v);
}

/* 32.32 */
static uint64_t ntp_of(int64_t us)
{
    return (uint64_t)(us / 1000000) << 32 | (uint64_t)(us % 1000000) * 4294967296 / 1000000;
}
static uint32_t middle(uint64_t ntp) { return (uint32_t)(ntp >> 16); }

static uint8_t *put32(uint8_t *p, uint32_t v)
{
    v = htonl(v);
    memcpy(p, &v, sizeof v);
    return p + sizeof v;
}

static void start_count(struct rtcp_arrivals *a, const struct rtp_packet *p, unsigned khz)
{
    *a = (struct rtcp_arrivals){ .any = true, .ssrc = p->ssrc, .first = p->seq, .top = p->seq, .khz = khz };
}

static void note_transit(struct rtcp_arrivals *a, uint32_t ts, int64_t now_us)
{
    int64_t transit = now_us * a->khz / 1000 - ts;
    int64_t d = llabs((int32_t)(transit - a->transit)); /* in the circle of timestamps */

    if (a->has_transit && d < 10000 * (int64_t)a->khz) /* a leap of the sender's clock is no jitter */
        a->jitter += ((double)d - a->jitter) / 16;
    a->transit = transit;
    a->has_transit = true;
}

void rtcp_arrived(struct rtcp_arrivals *a, const struct rtp_packet *p, unsigned khz, bool audio, int64_t now_us)
{
    int step = rtp_seq_diff(p->seq, (uint16_t)a->top);

    if (!a->any || a->ssrc != p->ssrc || abs(step) > LEAP || a->khz != khz)
        start_count(a, p, khz);
    else if (step > 0)
        a->top += (unsigned)step;
    a->received++;
    if (audio)
        note_transit(a, p->ts, now_us);
}

static uint32_t expected(const struct rtcp_arrivals *a) { return a->any ? a->top - a->first + 1 : 0; }

uint32_t rtcp_lost(const struct rtcp_arrivals *a)
{
    return expected(a) > a->received ? expected(a) - a->received : 0; /* fewer when some came twice */
}

unsigned rtcp_jitter_us(const struct rtcp_arrivals *a)
{
    return a->khz ? (unsigned)lrint(a->jitter * 1000 / a->khz) : 0;
}

/* --- writing --- */

static uint8_t *put_header(uint8_t *p, unsigned count, unsigned type, size_t bytes)
{
    p[0] = (uint8_t)(0x80 | count);
    p[1] = (uint8_t)type;
    p[2] = (uint8_t)((bytes / 4 - 1) >> 8);
    p[3] = (uint8_t)(bytes / 4 - 1);
    return p + 4;
}

static unsigned fraction(struct rtcp_arrivals *a)
{
    uint32_t wanted = expected(a) - a->expected_before, got = a->received - a->received_before;

    a->expected_before = expected(a);
    a->received_before = a->received;
    return wanted == 0 || got >= wanted ? 0 : (wanted - got) * 256 / wanted;
}

static uint8_t *put_block(uint8_t *p, struct rtcp_arrivals *a, const struct rtcp_heard *h, int64_t now_us)
{
    uint32_t lost = rtcp_lost(a) > 0x7FFFFF ? 0x7FFFFF : rtcp_lost(a);
    int64_t since = h->sender_us ? (now_us - h->sender_us) * 65536 / 1000000 : 0;

    p = put32(p, a->ssrc);
    p = put32(p, fraction(a) << 24 | lost);
    p = put32(p, a->top);
    p = put32(p, (uint32_t)a->jitter);
    p = put32(p, h->sender_us ? h->sender_mid : 0);
    return put32(p, (uint32_t)since);
}

static uint8_t *put_cname(uint8_t *p, uint32_t ssrc, const char *cname)
{
    size_t len = strnlen(cname, CNAME_MAX), bytes = (HEAD + 2 + len + 4) / 4 * 4; /* at least one zero behind it */
    uint8_t *end = p + bytes;

    p = put_header(p, 1, TYPE_SDES, bytes);
    p = put32(p, ssrc);
    *p++ = SDES_CNAME;
    *p++ = (uint8_t)len;
    memcpy(p, cname, len);
    memset(p + len, 0, (size_t)(end - p) - len);
    return end;
}

size_t rtcp_write(uint8_t out[RTCP_MAX], const struct rtcp_ours *o, struct rtcp_arrivals *a, const struct rtcp_heard *h,
                  int64_t now_us)
{
    unsigned blocks = a->any;
    size_t bytes = HEAD + (o->sent ? SENDER : 0u) + blocks * BLOCK;
    uint8_t *p = put_header(out, blocks, o->sent ? TYPE_SR : TYPE_RR, bytes);

    p = put32(p, o->ssrc);
    if (o->sent) {
        p = put32(p, (uint32_t)(ntp_of(now_us) >> 32));
        p = put32(p, (uint32_t)ntp_of(now_us));
        p = put32(p, o->ts);
        p = put32(p, o->packets);
        p = put32(p, o->octets);
    }
    if (blocks)
        p = put_block(p, a, h, now_us);
    p = put_cname(p, o->ssrc, o->cname);
    if (o->bye)
        p = put32(put_header(p, 1, TYPE_BYE, HEAD), o->ssrc);
    return (size_t)(p - out);
}

/* --- reading --- */

/* Round trip (§6.4.1): now, less when our report left, less what the far end kept it for. */
static void read_block(struct rtcp_heard *h, const uint8_t *p, uint32_t now_mid)
{
    uint32_t last = get32(p + 16), kept = get32(p + 20);
    int32_t lost = (int32_t)(get32(p + 4) << 8) >> 8;
    uint32_t trip = now_mid - last - kept;

    h->report = true;
    h->fraction = p[4];
    h->lost = lost;
    h->jitter = get32(p + 12);
    h->rtt_us = last && trip < 60u << 16 ? (int64_t)trip * 1000000 / 65536 : -1;
}

static void read_report(struct rtcp_heard *h, const uint8_t *p, size_t len, uint32_t ours, int64_t now_us)
{
    bool sender = p[1] == TYPE_SR;
    size_t at = HEAD + (sender ? SENDER : 0u);
    uint32_t now_mid = middle(ntp_of(now_us));

    if (sender && len >= at) {
        h->sender = true;
        h->sender_mid = get32(p + 10);
        h->sender_us = now_us;
    }
    for (unsigned i = 0; i < (p[0] & 0x1Fu) && at + BLOCK <= len; i++, at += BLOCK)
        if (get32(p + at) == ours)
            read_block(h, p + at, now_mid);
}

enum err rtcp_read(struct rtcp_heard *h, const uint8_t *p, size_t len, uint32_t ours, int64_t now_us)
{
    bool first = true;

    h->sender = h->report = h->bye = false;
    while (len >= HEAD) {
        size_t bytes = 4u * ((size_t)(p[2] << 8 | p[3]) + 1);
        if ((p[0] & 0xC0) != 0x80 || bytes > len || bytes < HEAD)
            return ERR_INVALID;
        if (first && p[1] != TYPE_SR && p[1] != TYPE_RR)
            return ERR_INVALID; /* a compound packet begins with a report (§6.1) */
        if (p[1] == TYPE_SR || p[1] == TYPE_RR)
            read_report(h, p, bytes, ours, now_us);
        h->bye |= p[1] == TYPE_BYE;
        first = false;
        p += bytes;
        len -= bytes;
    }
    return first || len > 0 ? ERR_INVALID : ERR_OK;
}
