#include "sipfront/media/jitter.h"

#include <stdlib.h>
#include <string.h>

enum {
    LEAP_MS = 2000,   /* a timestamp so far from the last is a new beginning */
    IDLE_MS = 500,    /* so long without a packet: the next begins a spurt */
    GAP_STEP_MS = 20, /* a gap is filled in pieces of at most so much */
    KEPT_MS = 30,     /* time to spare that is not given up */
    SAFETY_MS = 5,    /* beyond what a late packet missed */
    WINDOW_MS = 3000,
    MARGIN_NONE = INT32_MAX
};

static int32_t ticks_of(const struct jitter *j, int ms) { return ms * (int32_t)j->khz; }

void jitter_reset(struct jitter *j)
{
    uint64_t late = j->late, concealed = j->concealed_ms;

    for (unsigned i = 0; i < JITTER_SLOTS; i++)
        free(j->slots[i]);
    *j = (struct jitter){ .late = late, .concealed_ms = concealed, .margin = MARGIN_NONE, .last_margin = MARGIN_NONE };
}

static void begin(struct jitter *j, enum codec codec, const struct rtp_packet *p, uint32_t ticks)
{
    jitter_reset(j);
    j->started = true;
    j->khz = codec_khz(codec);
    j->ssrc = p->ssrc;
    j->step = ticks;
    j->play_ts = p->ts - (uint32_t)ticks_of(j, JITTER_START_MS);
}

static bool is_break(const struct jitter *j, enum codec codec, const struct rtp_packet *p)
{
    return !j->started || p->ssrc != j->ssrc || codec_khz(codec) != j->khz ||
           abs(rtp_ts_diff(p->ts, j->play_ts)) > ticks_of(j, LEAP_MS);
}

/* It missed its turn by -margin: if nothing after it has been played the clock goes back for it. false: too late. */
static bool go_back(struct jitter *j, const struct rtp_packet *p, int32_t margin)
{
    if (j->played && rtp_ts_diff(p->ts, j->top_ts) < 0)
        return false;
    if (-margin > ticks_of(j, JITTER_MOST_MS))
        return false;
    j->play_ts = p->ts - (uint32_t)ticks_of(j, SAFETY_MS);
    if (j->played && rtp_ts_diff(j->top_ts, j->play_ts) > 0)
        j->play_ts = j->top_ts;
    j->margin = j->last_margin = MARGIN_NONE; /* measured against another clock */
    j->window = 0;
    return true;
}

static void keep(struct jitter *j, enum codec codec, const struct rtp_packet *p, uint32_t ticks)
{
    struct jitter_packet **slot = &j->slots[p->seq % JITTER_SLOTS];

    if (*slot && (*slot)->seq == p->seq)
        return; /* doubled on its way */
    if (*slot) {
        free(*slot);
        j->held--;
    }
    *slot = malloc(sizeof **slot + p->len);
    if (!*slot)
        abort(); /* as loop_post() */
    **slot = (struct jitter_packet){ .codec = codec, .seq = p->seq, .ts = p->ts, .ticks = ticks, .len = p->len };
    memcpy((*slot)->payload, p->payload, p->len);
    j->held++;
}

void jitter_put(struct jitter *j, enum codec codec, const struct rtp_packet *p)
{
    uint32_t ticks = codec_ticks(codec, p->payload, p->len);
    int32_t margin;

    if (ticks == 0)
        return;
    if (is_break(j, codec, p))
        begin(j, codec, p, ticks);
    margin = rtp_ts_diff(p->ts, j->play_ts);
    if (margin < 0 && !go_back(j, p, margin)) {
        j->late++;
        return;
    }
    if (margin >= 0 && margin < j->margin)
        j->margin = margin;
    keep(j, codec, p, ticks);
}

void jitter_pause(struct jitter *j, const struct rtp_packet *p)
{
    if (!j->started || p->ssrc != j->ssrc)
        return;
    j->pauses = true;
    j->pause_ts = p->ts;
}

static bool in_pause(const struct jitter *j) { return j->pauses && rtp_ts_diff(j->play_ts, j->pause_ts) >= 0; }

static struct jitter_packet **earliest(struct jitter *j)
{
    struct jitter_packet **first = NULL;

    for (unsigned i = 0; i < JITTER_SLOTS && j->held > 0; i++)
        if (j->slots[i] && (!first || rtp_ts_diff(j->slots[i]->ts, (*first)->ts) < 0))
            first = &j->slots[i];
    return first;
}

static void move_on(struct jitter *j, uint32_t ticks)
{
    j->play_ts += ticks;
    j->window += ticks;
    if (j->window < (uint32_t)ticks_of(j, WINDOW_MS))
        return;
    j->last_margin = j->margin;
    j->margin = MARGIN_NONE;
    j->window = 0;
}

static enum jitter_next missing(struct jitter *j, struct jitter_packet *next, uint32_t *ticks)
{
    uint32_t gap = next ? next->ts - j->play_ts : j->step;
    uint32_t most = (uint32_t)ticks_of(j, GAP_STEP_MS);
    bool paused = next && next->seq == (uint16_t)(j->top_seq + 1); /* nothing was lost: it was not sent */
    bool told = in_pause(j);

    *ticks = gap < most ? gap : most;
    move_on(j, *ticks);
    if (!j->played)
        return JITTER_WAIT;
    if (told)
        return JITTER_PAUSE;
    j->missed_ms += *ticks / j->khz;
    j->concealed_ms += paused ? 0 : *ticks / j->khz;
    return JITTER_MISSING;
}

enum jitter_next jitter_take(struct jitter *j, struct jitter_packet **p, uint32_t *ticks)
{
    struct jitter_packet **first = earliest(j);

    *p = first ? *first : NULL;
    *ticks = 0;
    if (!first && (!j->started || j->missed_ms >= IDLE_MS || in_pause(j))) {
        jitter_reset(j);
        return JITTER_NOTHING;
    }
    if (!first || rtp_ts_diff((*first)->ts, j->play_ts) > 0) {
        enum jitter_next next = missing(j, *p, ticks);
        if (*p && (*p)->ts != j->play_ts)
            *p = NULL; /* what it holds of the sound before it is not for this piece */
        return next;
    }
    *first = NULL;
    j->held--;
    *ticks = (*p)->ticks;
    j->step = (*p)->ticks;
    move_on(j, (*p)->ts + (*p)->ticks - j->play_ts);
    j->top_ts = j->play_ts;
    j->top_seq = (*p)->seq;
    j->played = true;
    j->missed_ms = 0;
    if (j->pauses && rtp_ts_diff((*p)->ts, j->pause_ts) >= 0)
        j->pauses = false;
    return JITTER_AUDIO;
}

unsigned jitter_spare(const struct jitter *j)
{
    int32_t least = j->margin < j->last_margin ? j->margin : j->last_margin;
    int32_t kept = ticks_of(j, KEPT_MS);

    if (!j->started || j->last_margin == MARGIN_NONE || least == MARGIN_NONE || least <= kept)
        return 0;
    return (unsigned)(least - kept) / j->khz;
}

void jitter_skipped(struct jitter *j, unsigned ms)
{
    int32_t ticks = ticks_of(j, (int)ms);

    if (j->margin != MARGIN_NONE)
        j->margin -= ticks;
    if (j->last_margin != MARGIN_NONE)
        j->last_margin -= ticks;
}

unsigned jitter_depth_ms(const struct jitter *j) { return j->held ? j->held * (j->step / j->khz) : 0; }
