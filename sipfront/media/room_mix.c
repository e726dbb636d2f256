/* What a room sounds like: each 20 ms what its members said is added up, and each takes what he is to hear. */
#include <stdlib.h>
#include <string.h>

#include "sipfront/media/mix.h"
#include "sipfront/media/room_state.h"

enum {
    STALLED_MS = 200 /* as a stream's grid */,
    CHUNK_MS = 10 /* what all packets are made of; never round a ring */
};

static size_t ring_at(int64_t ms, unsigned khz) { return (size_t)(ms % ROOM_RING_MS) * khz; }

static struct side *side_of(struct room *r, unsigned khz) { return khz == ROOM_WIDE_KHZ ? &r->wide : &r->narrow; }

/* Of the codec that he is sent, which a session refresh may change; what he said before is then no longer known. */
static void use_side(struct room *r, struct member *at)
{
    unsigned khz = codec_info(at->stream->remote.codec)->rate / 1000;

    if (at->khz == khz)
        return;
    if (at->khz)
        side_of(r, at->khz)->members--;
    side_of(r, khz)->members++;
    at->khz = khz;
    at->since_ms = r->now_ms;
    memset(at->own, 0, sizeof at->own);
    resample_free(&at->resample);
}

void room_enter(struct media *m, struct room *r, struct stream *s)
{
    struct member *at = calloc(1, sizeof *at);

    if (!at)
        abort(); /* as loop_post() */
    *at = (struct member){ .room = r, .stream = s, .next = r->members, .link = &r->members };
    at->at_ms = r->now_ms;
    if (at->next)
        at->next->link = &at->next;
    r->members = s->member = at;
    s->relay.started = false;
    use_side(r, at);
    room_run(m, r);
}

void room_run(struct media *m, struct room *r)
{
    if (!r->node.link)
        wheel_put(&m->rooms_wheel, &r->node, m->wheel_ms + r->node.due_ms % ROOM_MS);
}

/* The noises of all who pause would add up: the room has that of one, the loudest. NULL: there is none. */
static const struct member *find_noise(const struct room *r)
{
    const struct member *found = NULL;
    int32_t most = 0;

    for (const struct member *at = r->members; at; at = at->next) {
        int32_t peak = at->stream->ear && !at->muted ? ear_noise_peak(at->stream->ear) : 0;
        if (peak <= most)
            continue;
        most = peak;
        found = at;
    }
    return found;
}

/* It is pulled also of who is muted, so that nothing piles up. noise: his comfort noise is wanted. */
static void take_in(struct room *r, struct member *at, bool noise)
{
    struct pcm came, own;
    size_t n;
    int16_t *place;
    bool speaks = at->stream->ear && (ear_pull(at->stream->ear, ROOM_MS, &came) || noise);

    use_side(r, at);
    n = (size_t)ROOM_MS * at->khz;
    place = at->own + ring_at(r->now_ms, at->khz);
    if (!speaks || at->muted || mix_is_silent(came.samples, came.n)) {
        memset(place, 0, n * sizeof *place);
        return;
    }
    resample_to(&at->resample, &came, at->khz * 1000, &own);
    memcpy(place, own.samples, n * sizeof *place);
    mix_add(side_of(r, at->khz)->total + ring_at(r->now_ms, at->khz), place, n);
    at->spoke_ms = r->now_ms + ROOM_MS;
}

static bool is_recorded(const struct room *r, unsigned khz) { return r->recording && r->recording->per_ms == khz; }

/* Each side's own sum becomes part of the other's total. */
static void exchange(struct room *r, int32_t *narrow, int32_t *wide, bool cue)
{
    struct pcm low, high, up, down;

    if (r->wide.members == 0 && !is_recorded(r, ROOM_WIDE_KHZ))
        return;
    low.rate = ROOM_NARROW_KHZ * 1000;
    low.n = (size_t)ROOM_MS * ROOM_NARROW_KHZ;
    mix_less(low.samples, narrow, NULL, low.n);
    high.rate = ROOM_WIDE_KHZ * 1000;
    high.n = (size_t)ROOM_MS * ROOM_WIDE_KHZ;
    mix_less(high.samples, wide, NULL, high.n);
    if (r->narrow.members > 0 || cue) {
        resample_to(&r->up, &low, high.rate, &up);
        mix_add(wide, up.samples, up.n);
    }
    if (r->narrow.members > 0 || is_recorded(r, ROOM_NARROW_KHZ)) {
        resample_to(&r->down, &high, low.rate, &down);
        mix_add(narrow, down.samples, down.n);
    }
}

static void record(struct media *m, struct room *r)
{
    unsigned khz = r->recording->per_ms;
    int16_t frame[ROOM_FRAME];
    size_t n = (size_t)ROOM_MS * khz;

    mix_less(frame, side_of(r, khz)->total + ring_at(r->now_ms, khz), NULL, n);
    if (recording_put_mixed(r->recording, m->recorder, frame, n))
        room_end_recording(m, r);
}

void room_tick(struct media *m, struct room *r)
{
    int64_t late = engine_ms(m) - r->node.due_ms, left_out = late > STALLED_MS ? late / ROOM_MS * ROOM_MS : 0;
    int32_t *narrow = r->narrow.total + ring_at(r->now_ms, ROOM_NARROW_KHZ);
    int32_t *wide = r->wide.total + ring_at(r->now_ms, ROOM_WIDE_KHZ);
    int16_t notes[ROOM_MS * ROOM_NARROW_KHZ];
    const struct member *noise = find_noise(r);
    bool cue;

    memset(narrow, 0, ROOM_FRAME / 2 * sizeof *narrow);
    memset(wide, 0, ROOM_FRAME * sizeof *wide);
    for (struct member *at = r->members; at; at = at->next)
        take_in(r, at, at == noise);
    cue = cue_next(&r->cue, notes, sizeof notes / sizeof *notes);
    if (cue)
        mix_add(narrow, notes, sizeof notes / sizeof *notes);
    exchange(r, narrow, wide, cue);
    if (r->recording)
        record(m, r);
    r->now_ms += ROOM_MS;
    wheel_put(&m->rooms_wheel, &r->node, r->node.due_ms + left_out + ROOM_MS);
}

/* The newest that is there, a frame behind where his packets are no whole frames; from then on step by step. A stall of
 * the thread moves him to where he should be. */
static void follow(const struct room *r, struct member *at, unsigned ms)
{
    int64_t slack = ms % ROOM_MS ? ROOM_MS : 0, behind = r->now_ms - at->at_ms - ms;

    if (behind < 0 || behind > 2 * slack)
        at->at_ms = r->now_ms - ms - slack;
}

void room_hear(struct member *at, bool without_him, int64_t from, unsigned ms, struct pcm *out)
{
    const struct side *side = side_of(at->room, at->khz);
    size_t n = (size_t)CHUNK_MS * side->khz;

    out->rate = side->khz * 1000;
    out->n = 0;
    for (unsigned done = 0; done < ms; done += CHUNK_MS, out->n += n) {
        size_t place = ring_at(from + done, side->khz);
        mix_less(out->samples + out->n, side->total + place, without_him ? at->own + place : NULL, n);
    }
}

static void be_silent(struct member *at, unsigned ms, struct pcm *out)
{
    out->rate = at->khz * 1000;
    out->n = (size_t)ms * at->khz;
    memset(out->samples, 0, out->n * sizeof *out->samples);
}

size_t room_payload(struct stream *s, unsigned ms, uint8_t *out, size_t cap)
{
    struct member *at = s->member;
    enum codec codec = s->remote.codec;
    const struct shared *same = NULL;
    struct pcm sound;
    int64_t from;

    use_side(at->room, at);
    follow(at->room, at, ms);
    from = at->at_ms;
    at->at_ms += ms;
    if (room_may_share(at, codec, from))
        same = room_share(at, codec, from);
    if (same && same->len <= cap) {
        memcpy(out, same->payload, same->len);
        return same->len;
    }
    room_unshare(at, from);
    if (at->since_ms <= from)
        room_hear(at, true, from, ms, &sound);
    else
        be_silent(at, ms, &sound);
    return mouth_encode(&s->mouth, codec, &sound, out, cap);
}
