#include "sipfront/media/telephone_event.h"

#include <string.h>

enum {
    END_BIT = 0x80,
    VOLUME = 10,           /* -10 dBm0, the usual level of a key */
    SEGMENT = 0xFFFF,      /* longest duration of one segment (§2.5.1.3) */
    FORGET_AFTER_MS = 1000 /* no press is repeated so long after its last packet */
};

static const char keys[] = "0123456789*#ABCD";

/* A long press goes on under a new timestamp, exactly one full segment later. */
static bool goes_on(const struct event_receiver *r, uint8_t code, uint32_t ts)
{
    return !r->ended && r->code == code && ts - r->ts == SEGMENT;
}

/* A press is new when its timestamp lies ahead. Behind lie late packets of earlier presses, unless the phone has set
 * its clock back, which shows in the time since the last one. */
static bool is_new(const struct event_receiver *r, const struct rtp_packet *p, int64_t now_ms)
{
    if (!r->any || p->ssrc != r->ssrc)
        return true;
    if (p->ts == r->ts)
        return false;
    return rtp_ts_diff(p->ts, r->ts) > 0 || now_ms - r->heard_ms > FORGET_AFTER_MS;
}

char event_receive(struct event_receiver *r, const struct rtp_packet *p, int64_t now_ms)
{
    uint8_t code;
    uint16_t duration;
    uint32_t before;
    bool ended, fresh, same;

    if (p->len < EVENT_PAYLOAD || p->payload[0] >= sizeof keys - 1)
        return 0;
    code = p->payload[0];
    ended = (p->payload[1] & END_BIT) != 0;
    duration = (uint16_t)(p->payload[2] << 8 | p->payload[3]);
    fresh = is_new(r, p, now_ms);
    same = fresh && r->any && p->ssrc == r->ssrc && goes_on(r, code, p->ts);
    if (!fresh && p->ts != r->ts)
        return 0;
    before = same ? r->before + SEGMENT : 0;
    if (fresh)
        *r = (struct event_receiver){ .any = true, .code = code, .ssrc = p->ssrc, .ts = p->ts, .before = before };
    r->ended |= ended;
    r->duration = duration > r->duration ? duration : r->duration;
    r->heard_ms = now_ms;
    return fresh && !same ? keys[code] : 0;
}

unsigned event_held_ms(const struct event_receiver *r, unsigned khz) { return (r->before + r->duration) / khz; }

bool event_start(struct event_sender *s, char digit, uint32_t ts, unsigned khz)
{
    char upper = digit >= 'a' && digit <= 'd' ? (char)(digit - 'a' + 'A') : digit;
    const char *at = upper ? strchr(keys, upper) : NULL;

    if (!at)
        return false;
    *s = (struct event_sender){
        .busy = true, .code = (uint8_t)(at - keys), .khz = khz, .ts = ts, .ends_left = EVENT_END_PACKETS
    };
    return true;
}

void event_next(struct event_sender *s, unsigned step_ms, struct event_packet *out)
{
    bool first = s->sent_ms == 0, last;
    unsigned samples;

    *out = (struct event_packet){ .send = false };
    if (!s->busy)
        return;
    s->sent_ms += step_ms;
    last = s->sent_ms >= EVENT_LENGTH_MS;
    if (!last || s->ends_left > 0) {
        samples = (last ? EVENT_LENGTH_MS : s->sent_ms) * s->khz;
        out->send = true;
        out->marker = first;
        out->payload[0] = s->code;
        out->payload[1] = (uint8_t)((last ? END_BIT : 0) | VOLUME);
        out->payload[2] = (uint8_t)(samples >> 8);
        out->payload[3] = (uint8_t)samples;
        s->ends_left -= last;
    }
    s->busy = s->sent_ms < EVENT_LENGTH_MS + EVENT_PAUSE_MS || s->ends_left > 0;
}
