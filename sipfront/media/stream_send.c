/* What a stream sends: on its grid a digit, a prompt's frame or silence, in that order of precedence; and what its
 * partner's packets become, at once. */
#include "sipfront/media/room_state.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "sipfront/media/codec_g711.h"
#include "sipfront/media/stream_press.h"

enum {
    STALLED_MS = 200, /* later than this, grid points are left out instead of made up for */
    PAYLOAD_MAX = RTP_PACKET_MAX - RTP_HEADER,
};

static bool can_send(const struct stream *s) { return s->remote.send && latch_target(&s->latch); }

/* frame: a packet with room for its header in front of the payload and for SRTP behind it. */
static void send_frame(struct stream *s, uint8_t *frame, const struct rtp_packet *p)
{
    const struct net_address *to = latch_target(&s->latch);
    size_t len = RTP_HEADER + p->len;

    rtp_write(frame, p);
    if (s->keys && (!s->secure || !secure_protect(s->secure, frame, &len)))
        return;
    if (sendto(s->pair->rtp, frame, len, MSG_DONTWAIT | MSG_NOSIGNAL, &to->any, to->len) < 0)
        return;
    count(&s->counts.sent);
    s->rtcp.octets += (uint32_t)p->len;
}

/* The next packet of the stream's own making. */
static struct rtp_packet own_packet(struct stream *s, uint8_t pt, uint32_t ts, bool marker)
{
    return (struct rtp_packet){ .pt = pt, .marker = marker, .seq = s->line.seq++, .ts = ts, .ssrc = s->line.ssrc };
}

/* The payload of n bytes is in its place; it plays step_ms. */
static void send_audio(struct media *m, struct stream *s, size_t n, unsigned step_ms)
{
    struct rtp_packet p;

    if (!can_send(s) || n == 0) {
        s->line.talking = false;
        return;
    }
    p = own_packet(s, s->remote.pt, s->grid_ts, !s->line.talking);
    p.len = n;
    s->line.talking = true;
    s->line.next_ts = s->grid_ts + step_ms * stream_khz(s);
    send_frame(s, m->buffer, &p);
}

void stream_press(struct media *m, struct stream *s, char digit)
{
    if (!s->digits)
        s->digits = malloc(DIGITS_QUEUED);
    if (!s->digits)
        abort(); /* as loop_post() */
    if (s->ndigits < DIGITS_QUEUED)
        s->digits[s->ndigits++] = digit;
    stream_rouse(m, s);
}

static void next_digit(struct stream *s)
{
    unsigned khz = s->remote.event_khz ? s->remote.event_khz : stream_khz(s);

    while (!s->event.busy && !s->tone.busy && s->ndigits > 0) {
        if (s->remote.event_pt >= 0)
            event_start(&s->event, s->digits[0], s->grid_ts, khz);
        else
            inband_start(&s->tone, s->digits[0]);
        memmove(s->digits, s->digits + 1, --s->ndigits);
    }
}

static void send_event(struct media *m, struct stream *s, unsigned step_ms)
{
    struct event_packet out;
    struct rtp_packet p;

    event_next(&s->event, step_ms, &out);
    s->line.talking = false; /* the audio after it begins a spurt */
    s->line.next_ts = s->grid_ts + step_ms * stream_khz(s);
    if (!out.send || !can_send(s))
        return;
    p = own_packet(s, (uint8_t)s->remote.event_pt, s->event.ts, out.marker);
    p.len = EVENT_PAYLOAD;
    memcpy(m->buffer + RTP_HEADER, out.payload, EVENT_PAYLOAD);
    send_frame(s, m->buffer, &p);
}

static void send_tone(struct media *m, struct stream *s, unsigned step_ms)
{
    uint8_t *payload = m->buffer + RTP_HEADER;
    struct pcm sound = { .rate = codec_info(s->remote.codec)->rate };

    inband_next(&s->tone, step_ms, &sound);
    send_audio(m, s, mouth_encode(&s->mouth, s->remote.codec, &sound, payload, PAYLOAD_MAX), step_ms);
}

static void tell_played(struct media *m, struct stream *s)
{
    struct event e = { .stream = s, .kind = EVENT_PLAYED, .tag = s->player.tag };

    player_stop(&s->player);
    if (s->playing_beep)
        stream_begin_recording(m, s);
    else
        outbox_put(m->outbox, &e);
    s->playing_beep = false;
}

/* What the partner says, when it has to be made into samples. It is taken in any case, so that it does not pile up. */
static bool pull_partner(struct stream *s, unsigned step_ms, struct pcm *sound)
{
    struct ear *e = s->partner ? s->partner->ear : NULL;

    return e && (ear_pull(e, step_ms, sound) || ear_has_noise(e));
}

/* A leg that is to hear something gets it without a break: the partner's audio, or silence of the codec, which keeps
 * NAT bindings and phones' time-outs away. */
static void send_own(struct media *m, struct stream *s, unsigned step_ms)
{
    uint8_t *payload = m->buffer + RTP_HEADER;
    struct pcm sound;
    bool heard = pull_partner(s, step_ms, &sound);

    if (player_busy(&s->player) && player_ended(&s->player))
        tell_played(m, s);
    next_digit(s);
    if (s->event.busy) {
        send_event(m, s, step_ms);
    } else if (s->tone.busy) {
        send_tone(m, s, step_ms);
    } else if (player_busy(&s->player)) {
        send_audio(m, s, player_next(&s->player, s->remote.codec, step_ms, payload, PAYLOAD_MAX), step_ms);
    } else if (s->member) {
        send_audio(m, s, room_payload(s, step_ms, payload, PAYLOAD_MAX), step_ms);
    } else if (heard) {
        send_audio(m, s, mouth_encode(&s->mouth, s->remote.codec, &sound, payload, PAYLOAD_MAX), step_ms);
    } else if (!s->relay.started || engine_ms(m) - s->relay.heard_ms > RELAY_IDLE_MS) {
        s->relay.started = false;
        send_audio(m, s, codec_silence_packet(s->remote.codec, step_ms, payload, PAYLOAD_MAX), step_ms);
    }
}

static void check_peer(struct media *m, struct stream *s)
{
    struct event e = { .stream = s, .kind = EVENT_SILENT };

    if (s->remote.timeout_ms == 0 || !s->remote.receive || s->silence_told ||
        engine_ms(m) - s->heard_ms < s->remote.timeout_ms)
        return;
    s->silence_told = true;
    outbox_put(m->outbox, &e);
}

/* After a stall of the thread the grid is taken up where it should be; the far end hears a gap, not a burst. */
static void skip_stalled(struct media *m, struct stream *s, unsigned step_ms)
{
    int64_t late = engine_ms(m) - s->node.due_ms;
    int64_t steps = late > STALLED_MS ? late / step_ms : 0;

    s->node.due_ms += steps * step_ms;
    s->grid_ts += (uint32_t)steps * step_ms * stream_khz(s);
    s->line.talking &= steps == 0;
}

/* A grid point with something to send. */
static void send_point(struct media *m, struct stream *s)
{
    unsigned step_ms = s->remote.ptime;

    /* what was relayed may have run ahead of this clock: never go back (RFC 3550 §5.1) */
    if (rtp_ts_diff(s->line.next_ts, s->grid_ts) > 0)
        s->grid_ts = s->line.next_ts;
    send_own(m, s, step_ms);
    if (s->recording && recording_tick(s->recording, m->recorder, engine_ms(m)))
        stream_end_recording(m, s);
    if (s->talk && recording_tick_both(s->talk, m->recorder, step_ms))
        stream_end_talk(m, s);
}

void stream_tick(struct media *m, struct stream *s)
{
    int64_t next;

    skip_stalled(m, s, s->remote.ptime);
    if (s->resting && !stream_rests(m, s))
        return; /* its own point is yet to come */
    if (!s->resting)
        send_point(m, s);
    check_peer(m, s);
    stream_check_held(m, s);
    stream_rtcp_tick(m, s);
    next = stream_next_point(m, s);
    s->grid_ts += (uint32_t)(next - s->node.due_ms) * stream_khz(s);
    wheel_put(&m->wheel, &s->node, next);
}

void stream_play_now(struct stream *s, struct prompt **prompts, unsigned n, unsigned loops)
{
    player_start(&s->player, prompts, n, loops);
    s->line.talking = false;
    s->relay.started = false;
}

/* The stream's own clock at this moment, between two grid points. */
uint32_t stream_ts_now(const struct media *m, const struct stream *s)
{
    int64_t left_us = s->node.due_ms * 1000 - m->now_us;

    return s->grid_ts - (uint32_t)(left_us * (int)stream_khz(s) / 1000);
}

static bool may_relay(struct stream *to)
{
    if (to->has_remote && can_send(to) && !to->event.busy && !to->tone.busy && !player_busy(&to->player))
        return true;
    to->relay.started = false;
    return false;
}

static void pass_on(struct media *m, struct stream *to, struct rtp_packet *p, const struct relay_now *now)
{
    if (relay_map(&to->relay, &to->line, p, now))
        send_frame(to, m->buffer + (p->payload - m->buffer) - RTP_HEADER, p);
}

/* Packets go as they are when the far end's codec and the length of packet that it asks for are those that come. */
bool stream_relays(const struct stream *from, enum codec codec)
{
    const struct stream *to = from->partner;
    bool same = codec == to->remote.codec || (codec_is_g711(codec) && codec_is_g711(to->remote.codec));

    return same && from->in_ms == to->remote.ptime;
}

void stream_relay(struct media *m, struct stream *from, struct rtp_packet *p, enum codec codec)
{
    struct stream *to = from->partner;
    uint8_t *payload = m->buffer + (p->payload - m->buffer);
    struct relay_now now = { .ts = stream_ts_now(m, to), .ms = engine_ms(m), .khz = stream_khz(to) };

    if (!may_relay(to))
        return;
    now.ticks = codec_ticks(codec, p->payload, p->len);
    if (codec != to->remote.codec)
        codec_transcode(codec, to->remote.codec, payload, payload, p->len);
    p->pt = to->remote.pt;
    pass_on(m, to, p, &now);
}

/* One by one where the audio goes so too, with one clock; else the key is pressed anew. */
void stream_relay_event(struct media *m, struct stream *from, struct rtp_packet *p, char digit)
{
    struct stream *to = from->partner;
    struct relay_now now = { .ts = stream_ts_now(m, to), .ms = engine_ms(m), .event = true, .khz = stream_khz(to) };

    if (digit)
        from->press_anew = to->told || from->ear || stream_khz(from) != stream_khz(to) || to->event.busy ||
                           to->ndigits > 0 || to->remote.event_pt < 0;
    if (to->told) {
        stream_hold(m, from, digit);
        return;
    }
    if (from->press_anew) {
        if (digit)
            stream_press(m, to, digit);
        return;
    }
    if (to->remote.event_pt < 0 || !may_relay(to))
        return;
    p->pt = (uint8_t)to->remote.event_pt;
    now.ticks = EVENT_PAYLOAD; /* any: its place counts */
    pass_on(m, to, p, &now);
}
