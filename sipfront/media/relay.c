#include "sipfront/media/relay.h"

#include <stdlib.h>

enum { LEAP_MS = 2000, LEAP_SEQ = 1000 };

/* Whether the sender's numbers have left their course. Its clock is judged by audio alone: an event's timestamp stands
 * still while the key is held. */
static bool leapt(const struct relay *r, const struct rtp_packet *p, const struct relay_now *now)
{
    int64_t passed = (now->ms - r->audio_ms) * now->khz;

    if (abs(rtp_seq_diff(p->seq, r->top_seq)) > LEAP_SEQ)
        return true;
    if (now->event)
        return false;
    return passed > INT32_MAX / 2 || llabs(rtp_ts_diff(p->ts, r->last_ts) - passed) > (int64_t)LEAP_MS * now->khz;
}

static void set_offsets(struct relay *r, const struct rtp_line *line, const struct rtp_packet *p, uint32_t now_ts)
{
    uint32_t out_ts = rtp_ts_diff(now_ts, line->next_ts) > 0 ? now_ts : line->next_ts;

    *r = (struct relay){ .started = true,
                         .in_ssrc = p->ssrc,
                         .ts_offset = out_ts - p->ts,
                         .seq_offset = (uint16_t)(line->seq - p->seq),
                         .first_seq = p->seq,
                         .top_seq = p->seq,
                         .last_ts = p->ts };
}

static void note(struct relay *r, const struct rtp_packet *p, const struct relay_now *now)
{
    r->since++;
    r->heard_ms = now->ms;
    if (rtp_seq_diff(p->seq, r->top_seq) > 0)
        r->top_seq = p->seq;
    if (now->event)
        return;
    r->last_ts = p->ts;
    r->audio_ms = now->ms;
}

static void move_on(struct rtp_line *line, const struct rtp_packet *out, uint32_t ticks)
{
    uint32_t end = out->ts + ticks;

    if (rtp_seq_diff(out->seq, line->seq) >= 0)
        line->seq = (uint16_t)(out->seq + 1);
    if (rtp_ts_diff(end, line->next_ts) > 0)
        line->next_ts = end;
    line->talking = true;
}

bool relay_map(struct relay *r, struct rtp_line *line, struct rtp_packet *p, const struct relay_now *now)
{
    bool fresh = !r->started || p->ssrc != r->in_ssrc || leapt(r, p, now);

    if (fresh)
        set_offsets(r, line, p, now->ts);
    if (fresh && now->event)
        r->audio_ms = now->ms; /* no audio yet: its clock is taken to be the event's */
    if (r->since < LEAP_SEQ && rtp_seq_diff(p->seq, r->first_seq) < 0)
        return false;
    note(r, p, now);
    p->ssrc = line->ssrc;
    p->seq = (uint16_t)(p->seq + r->seq_offset);
    p->ts += r->ts_offset;
    p->marker |= fresh || !line->talking;
    move_on(line, p, now->ticks);
    return true;
}
