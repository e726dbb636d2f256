/* A stream's RTCP: a report every few seconds, on the odd port or, where the far end wants it so, beside the RTP
 * (RFC 5761); what the far end reports. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "sipfront/media/engine.h"

/* Half to one and a half of the interval; the first comes in half the time (RFC 3550 §6.2, §6.3.1). */
static int64_t next_ms(struct media *m, const struct stream *s)
{
    int64_t interval = s->rtcp.due_ms ? RTCP_INTERVAL_MS : RTCP_INTERVAL_MS / 2;

    m->random = m->random * 1103515245u + 12345u;
    return engine_ms(m) + interval / 2 + (int64_t)(m->random >> 8) * interval / (1 << 24);
}

/* Where reports go: where the far end's come from, else beside its RTP. */
static struct net_address target_of(const struct stream *s)
{
    const struct net_address *rtp = latch_target(&s->latch);
    struct net_address to = s->rtcp.source;
    uint16_t port = s->remote.rtcp_port;

    if (!rtp)
        return (struct net_address){ 0 };
    if (s->remote.rtcp_mux)
        return *rtp;
    if (to.len > 0 && net_address_same_host(&to, rtp))
        return to;
    to = *rtp;
    if (port == 0)
        port = (uint16_t)(net_address_port(rtp) + 1);
    to.v4.sin_port = htons(port); /* sin6_port lies at the same place */
    return to;
}

static void send_report(struct media *m, struct stream *s, bool bye)
{
    struct net_address to = target_of(s);
    uint64_t sent = atomic_load_explicit(&s->counts.sent, memory_order_relaxed);
    struct rtcp_ours ours = { .ssrc = s->line.ssrc, .bye = bye, .cname = m->cname };
    size_t len;

    if (to.len == 0 || (s->keys && !s->secure))
        return;
    ours.ts = stream_ts_now(m, s);
    ours.packets = (uint32_t)sent;
    ours.octets = s->rtcp.octets;
    ours.sent = sent != s->rtcp.sent_before;
    s->rtcp.sent_before = sent;
    len = rtcp_write(m->buffer, &ours, &s->rtcp.arrivals, &s->rtcp.far, engine_ntp_us(m));
    if (s->secure && !secure_protect_rtcp(s->secure, m->buffer, &len))
        return;
    /* a report that is not sent is like one that is lost */
    s->rtcp.reported = true;
    (void)sendto(s->remote.rtcp_mux ? s->pair->rtp : s->pair->rtcp, m->buffer, len, MSG_DONTWAIT | MSG_NOSIGNAL,
                 &to.any, to.len);
}

void stream_rtcp_tick(struct media *m, struct stream *s)
{
    if (engine_ms(m) < s->rtcp.due_ms)
        return;
    if (s->rtcp.due_ms > 0)
        send_report(m, s, false);
    s->rtcp.due_ms = next_ms(m, s);
}

/* Who never sent anything says no farewell (RFC 3550 §6.3.7). */
void stream_rtcp_bye(struct media *m, struct stream *s)
{
    if (s->has_remote && (s->rtcp.reported || atomic_load_explicit(&s->counts.sent, memory_order_relaxed) > 0))
        send_report(m, s, true);
}

static void tell_quality(struct stream *s)
{
    struct stream_counts *c = &s->counts;
    const struct rtcp_heard *far = &s->rtcp.far;

    if (!far->report)
        return;
    if (far->rtt_us >= 0)
        atomic_store_explicit(&c->rtt_us, (unsigned)far->rtt_us + 1, memory_order_relaxed);
    atomic_store_explicit(&c->far_lost, far->lost > 0 ? (unsigned)far->lost : 0, memory_order_relaxed);
    atomic_store_explicit(&c->far_jitter_us, far->jitter * 1000 / stream_khz(s), memory_order_relaxed);
    atomic_store_explicit(&c->far_reports, atomic_load(&c->far_reports) + 1, memory_order_relaxed);
}

bool stream_on_rtcp(struct media *m, struct stream *s, size_t len, const struct net_address *from)
{
    const struct net_address *rtp = latch_target(&s->latch);

    if (!rtp || !(s->secure || net_address_same_host(from, rtp)))
        return false;
    if (rtcp_read(&s->rtcp.far, m->buffer, len, s->line.ssrc, engine_ntp_us(m)) != ERR_OK)
        return false;
    if (s->rtcp.far.bye)
        s->rtcp.arrivals.any = false; /* that source is gone: another may follow */
    tell_quality(s);
    return true;
}

void stream_rtcp_readable(struct media *m, struct stream *s)
{
    struct net_address from;
    ssize_t n;
    size_t len;

    from.len = sizeof from.v6;
    n = recvfrom(s->pair->rtcp, m->buffer, RTP_PACKET_MAX, MSG_DONTWAIT | MSG_TRUNC, &from.any, &from.len);
    if (n < RTCP_LEAST || n > RTP_PACKET_MAX || !s->has_remote || !rtp_is_rtcp(m->buffer, (size_t)n))
        return;
    len = (size_t)n;
    if (!stream_is_genuine(m, s, &len) || !stream_on_rtcp(m, s, len, &from))
        return;
    s->rtcp.source = from;
    stream_heard(m, s);
}
