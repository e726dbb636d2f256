/* What comes in on a stream: is it the peer's, what is it, and who wants it. */
#include "sipfront/media/engine.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "sipfront/media/codec_g711.h"
#include "sipfront/media/noise.h"
#include "sipfront/media/stream_press.h"

enum {
    DIGITS_A_PACKET = 4,
    DRAIN_MOST = 256,
    LEAP_SEQ = 1000,
    RTP_DYNAMIC = 96 /* RFC 3551 §6: types from here on mean what the SDP says */
};

enum payload { PAYLOAD_OTHER, PAYLOAD_AUDIO, PAYLOAD_EVENT, PAYLOAD_NOISE };

static enum codec static_codec(uint8_t pt)
{
    for (unsigned i = 1; i < CODEC_COUNT; i++)
        if (codec_info((enum codec)i)->pt == pt && pt < RTP_DYNAMIC)
            return (enum codec)i;
    return CODEC_NONE;
}

/* A negotiated type, also when the peer changes it in mid-stream; or one that needs no negotiation: some phones send
 * what they offered instead of what was answered. */
static enum payload classify(const struct stream *s, uint8_t pt, enum codec *codec)
{
    const struct stream_remote *r = &s->remote;

    *codec = CODEC_NONE;
    if (pt == r->event_pt)
        return PAYLOAD_EVENT;
    if (pt == r->pt)
        *codec = r->codec;
    for (unsigned i = 0; i < r->naccepts && *codec == CODEC_NONE; i++) {
        if (r->accepts[i].pt == pt && r->accepts[i].codec == CODEC_NONE)
            return PAYLOAD_EVENT;
        if (r->accepts[i].pt == pt)
            *codec = r->accepts[i].codec;
    }
    if (*codec == CODEC_NONE)
        *codec = static_codec(pt);
    if (*codec != CODEC_NONE)
        return PAYLOAD_AUDIO;
    return pt == NOISE_PT ? PAYLOAD_NOISE : PAYLOAD_OTHER;
}

/* Loss and lateness by sequence number; a new source or a leap starts the count again. */
static void count_in(struct stream *s, const struct rtp_packet *p)
{
    int step = rtp_seq_diff(p->seq, s->in_seq);
    uint64_t lost = atomic_load_explicit(&s->counts.lost, memory_order_relaxed);

    count(&s->counts.received);
    if (s->counting && p->ssrc == s->in_ssrc && abs(step) < LEAP_SEQ) {
        if (step <= 0) {
            count(&s->counts.late);
            lost -= step < 0 && lost > 0; /* it was counted as lost */
        } else {
            lost += (unsigned)step - 1;
        }
        atomic_store_explicit(&s->counts.lost, lost, memory_order_relaxed);
        if (step <= 0)
            return;
    }
    s->counting = true;
    s->in_ssrc = p->ssrc;
    s->in_seq = p->seq;
}

static void note_arrival(const struct media *m, struct stream *s, const struct rtp_packet *p, enum codec codec,
                         bool audio)
{
    unsigned khz = audio ? codec_khz(codec) : s->rtcp.arrivals.khz;

    rtcp_arrived(&s->rtcp.arrivals, p, khz ? khz : stream_khz(s), audio, engine_ntp_us(m));
    atomic_store_explicit(&s->counts.jitter_us, rtcp_jitter_us(&s->rtcp.arrivals), memory_order_relaxed);
}

static void tell_digit(struct media *m, struct stream *s, char digit)
{
    struct event e = { .stream = s, .kind = EVENT_DIGIT, .digit = digit };

    if (atomic_load(&s->counts.unread_digits) >= DIGITS_UNREAD)
        return;
    count(&s->counts.digits);
    atomic_fetch_add(&s->counts.unread_digits, 1);
    outbox_put(m->outbox, &e);
}

static void on_event(struct media *m, struct stream *s, struct rtp_packet *p)
{
    char digit;

    if (s->recording)
        recording_put(s->recording, m->recorder, CODEC_NONE, p, engine_ms(m));
    if (s->no_events)
        return;
    digit = event_receive(&s->event_in, p, engine_ms(m));
    if (digit)
        tell_digit(m, s, digit);
    if (s->partner)
        stream_relay_event(m, s, p, digit);
}

/* The partner hears the tones of the peer's keys as they are; else their digits are pressed anew for it. */
static bool keeps_tones(const struct stream *to) { return to->remote.event_pt < 0 && !to->told; }

/* Only where no event was negotiated: else a digit would be heard twice. */
static void look_for_tones(struct media *m, struct stream *s, enum codec codec, const struct rtp_packet *p)
{
    char digits[DIGITS_A_PACKET];
    unsigned n;

    if (s->no_inband || s->remote.event_pt >= 0) {
        inband_free(&s->inband);
        return;
    }
    if (!s->inband)
        s->inband = inband_new();
    n = inband_packet(s->inband, codec, p, digits, DIGITS_A_PACKET);
    for (unsigned i = 0; i < n; i++) {
        tell_digit(m, s, digits[i]);
        if (s->partner && !keeps_tones(s->partner))
            stream_hand_on(m, s->partner, digits[i], 0);
    }
}

/* A tone that leaves as a digit is silence in the audio: of it the far end hears no more than the detector needs, which
 * is less than the 40 ms of a digit (Q.24). */
static void hush_tone(struct media *m, const struct stream *s, struct rtp_packet *p, enum codec codec)
{
    uint8_t *payload = m->buffer + (p->payload - m->buffer);
    size_t n;

    if (!s->partner || keeps_tones(s->partner) || !s->inband || !inband_sounds(s->inband))
        return;
    n = codec_silence_packet(codec, s->in_ms, payload, p->len);
    if (n > 0)
        p->len = n;
}

/* Samples are made of it only if somebody wants them. */
static void on_audio(struct media *m, struct stream *s, struct rtp_packet *p, enum codec codec)
{
    uint32_t ticks = codec_ticks(codec, p->payload, p->len);
    bool relays;

    if (ticks == 0)
        return;
    s->in_ms = ticks / codec_khz(codec);
    look_for_tones(m, s, codec, p);
    relays = s->partner && stream_relays(s, codec);
    if (s->talk)
        recording_put_side(s->talk, 0, codec, p);
    else if (s->partner && s->partner->talk)
        recording_put_side(s->partner->talk, 1, codec, p);
    if (s->recording)
        recording_put(s->recording, m->recorder, codec, p, engine_ms(m));
    hush_tone(m, s, p, codec);
    if (s->member || (s->partner && !relays)) {
        if (!s->ear)
            s->ear = ear_new();
        if (s->partner)
            stream_rouse(m, s->partner);
        ear_put(s->ear, codec, p);
    } else if (s->ear) {
        ear_free(&s->ear);
    }
    if (relays)
        stream_relay(m, s, p, codec);
}

/* Whoever makes samples of this stream has them of the noise too; a relayed stream has a pause. */
static void on_noise(struct media *m, struct stream *s, const struct rtp_packet *p)
{
    if (s->member && !s->ear)
        s->ear = ear_new();
    if (s->ear)
        ear_put_noise(s->ear, p);
    if (s->talk)
        recording_put_noise(s->talk, 0, p);
    else if (s->partner && s->partner->talk)
        recording_put_noise(s->partner->talk, 1, p);
    if (s->recording)
        recording_put(s->recording, m->recorder, CODEC_NONE, p, engine_ms(m));
}

void stream_heard(struct media *m, struct stream *s)
{
    s->heard_ms = engine_ms(m);
    s->silence_told = false;
    atomic_store_explicit(&s->counts.latched, s->latch.source.len > 0, memory_order_relaxed);
}

static void on_rtp(struct media *m, struct stream *s, struct rtp_packet *p)
{
    enum codec codec;
    enum payload kind = classify(s, p->pt, &codec);

    stream_heard(m, s);
    count_in(s, p);
    note_arrival(m, s, p, codec, kind == PAYLOAD_AUDIO);
    if (!s->remote.receive)
        return;
    if (kind == PAYLOAD_EVENT)
        on_event(m, s, p);
    if (kind == PAYLOAD_AUDIO)
        on_audio(m, s, p, codec);
    if (kind == PAYLOAD_NOISE)
        on_noise(m, s, p);
}

/* Before anything is believed of it, also by the latch. */
bool stream_is_genuine(struct media *m, struct stream *s, size_t *len)
{
    if (!s->keys)
        return true;
    if (s->secure && (rtp_is_rtcp(m->buffer, *len) ? secure_unprotect_rtcp(s->secure, m->buffer, len)
                                                   : secure_unprotect(s->secure, m->buffer, len)))
        return true;
    count(&s->counts.refused);
    return false;
}

static void on_packet(struct media *m, struct stream *s, size_t len, const struct net_address *from)
{
    struct rtp_packet p;

    if (!s->has_remote || len < RTCP_LEAST || !stream_is_genuine(m, s, &len))
        return;
    if (rtp_is_rtcp(m->buffer, len)) {
        if (stream_on_rtcp(m, s, len, from))
            stream_heard(m, s); /* a sign of life */
        return;
    }
    if (rtp_read(&p, m->buffer, len) == ERR_OK && latch_accept(&s->latch, from, &p, engine_ms(m)))
        on_rtp(m, s, &p);
}

/* false: nothing was there. */
static bool receive(struct media *m, struct stream *s)
{
    struct net_address from;
    ssize_t n;

    from.len = sizeof from.v6;
    n = recvfrom(s->pair->rtp, m->buffer, sizeof m->buffer, MSG_DONTWAIT | MSG_TRUNC, &from.any, &from.len);
    if (n < 0)
        return false;
    if ((size_t)n <= RTP_PACKET_MAX)
        on_packet(m, s, (size_t)n, &from);
    return true;
}

/* One packet: there is seldom a second, and if so epoll says it again. */
void stream_readable(struct media *m, struct stream *s) { receive(m, s); }

void stream_drain(struct media *m, struct stream *s)
{
    for (int i = 0; i < DRAIN_MOST && receive(m, s); i++)
        ;
}
