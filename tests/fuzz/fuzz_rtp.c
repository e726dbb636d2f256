/* A row of packets from several places: what is read of them, which of them the latch takes, which digits they hold.
 * Each packet: a byte of its place, a byte of the time since the last one, a byte of its length, its bytes. */
#include "sipfront/media/latch.h"
#include "sipfront/media/telephone_event.h"
#include "tests/fuzz/fuzz.h"

enum { HEAD = 3, PLACES = 6, MS_A_TICK = 7, RESTART = 0xff };

static struct net_address place(unsigned n)
{
    static const char *const hosts[] = { "192.0.2.1", "10.0.0.7", "2001:db8::1" };
    struct net_address a;
    net_address_parse(&a, hosts[n % 3], (uint16_t)(4000 + n / 3));
    return a;
}

struct scene {
    struct latch latch;
    struct event_receiver events;
    int64_t now_ms;
};

/* Reads within the packet's own bytes only: they are copied, so that a byte too far is seen. */
static void packet(struct scene *s, unsigned from, const uint8_t *p, size_t len)
{
    struct net_address a = place(from % PLACES);
    struct rtp_packet read;
    uint8_t *exact = malloc(len ? len : 1);
    memcpy(exact, p, len);
    bool is_rtcp = rtp_is_rtcp(exact, len);
    if (rtp_read(&read, exact, len) == ERR_OK) {
        FUZZ_HOLDS(!is_rtcp, "RTCP is no RTP");
        FUZZ_HOLDS(read.payload >= exact && read.payload + read.len <= exact + len, "the payload lies in the packet");
        bool taken = latch_accept(&s->latch, &a, &read, s->now_ms);
        FUZZ_HOLDS(!taken || latch_target(&s->latch), "who is heard can be answered");
        if (taken) {
            char digit = event_receive(&s->events, &read, s->now_ms);
            FUZZ_HOLDS(!digit || strchr("0123456789*#ABCD", digit), "a digit is a digit");
        }
    }
    free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scene s = { 0 };
    struct net_address sdp = place((unsigned)(size % PLACES));
    latch_restart(&s.latch, &sdp, 0);
    while (size >= HEAD) {
        size_t len = data[2] <= size - HEAD ? data[2] : size - HEAD;
        s.now_ms += data[1] * MS_A_TICK;
        if (data[0] == RESTART)
            latch_restart(&s.latch, &sdp, s.now_ms);
        packet(&s, data[0], data + HEAD, len);
        data += HEAD + len;
        size -= HEAD + len;
    }
    return 0;
}
