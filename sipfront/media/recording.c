#include "sipfront/media/recording.h"

#include <stdlib.h>
#include <string.h>

#include "sipfront/media/codec_g711.h"

enum {
    FRAME_MS = 20, /* of the voice detector */
    PIECE_MS = 60,
    LEAP_MS = 1000,       /* a timestamp so far ahead of the clock is a new beginning */
    START_SLACK_MS = 100, /* what comes so early begins the file */
    MADE_UP_MS = 100,     /* a longer gap is silence */
    MASK = RECORDING_WINDOW - 1
};

struct recording *recording_new(const struct stream_record *r)
{
    struct recording *rec = calloc(1, sizeof *rec);

    if (!rec)
        return NULL;
    rec->file.path = strdup(r->path);
    if (!rec->file.path) {
        free(rec);
        return NULL;
    }
    rec->max_ms = r->max_ms;
    rec->silence_ms = r->silence_ms;
    rec->per_ms = G711_RATE / 1000;
    if (r->note)
        rec->file.note = strdup(r->note);
    rec->beep = r->beep;
    return rec;
}

void recording_free(struct recording *rec)
{
    if (!rec)
        return;
    reorder_reset(&rec->order);
    decoder_free(&rec->decoder);
    resample_free(&rec->resample);
    both_free(&rec->both);
    free(rec->file.path);
    free(rec->file.note);
    free(rec);
}

int64_t recording_length_ms(const struct recording *rec) { return (int64_t)(rec->file.wav.samples / rec->per_ms); }

void recording_describe(const struct recording *rec, struct stream_recorded *out)
{
    *out = (struct stream_recorded){ .path = rec->file.path,
                                     .length_ms = recording_length_ms(rec),
                                     .bytes = WAV_HEADER + (int64_t)rec->file.wav.samples * 2,
                                     .heard = rec->heard,
                                     .failed = rec->file.why[0] != '\0',
                                     .why = rec->file.why[0] ? rec->file.why : NULL };
}

static int64_t frame_samples(const struct recording *rec) { return (int64_t)FRAME_MS * rec->per_ms; }

void recording_begin(struct recording *rec, struct recorder *r, enum codec codec, int64_t now_ms)
{
    rec->file.wav.rate = codec_info(codec)->rate;
    rec->per_ms = rec->file.wav.rate / 1000;
    rec->file.reserve = (uint64_t)(rec->max_ms > 0 ? rec->max_ms * rec->per_ms : 0);
    rec->running = true;
    rec->started_ms = now_ms;
    vad_start(&rec->vad);
    recorder_begin(r, &rec->file);
}

static void hand_over(struct recording *rec, struct recorder *r)
{
    recorder_add(r, &rec->file, rec->piece, rec->piece_n);
    rec->piece_n = 0;
}

/* The detector hears 8 kHz. */
static bool is_voice(struct recording *rec, const int16_t *frame)
{
    int16_t narrow[VAD_FRAME];
    unsigned step = rec->per_ms / (VAD_FRAME / FRAME_MS);

    for (unsigned i = 0; i < VAD_FRAME; i++)
        narrow[i] = (int16_t)((frame[i * step] + frame[i * step + step - 1]) / 2);
    return vad_frame(&rec->vad, narrow);
}

static int64_t later(int64_t a, int64_t b) { return a > b ? a : b; }

/* Comfort noise from the end of the sound on, where it is not written yet. */
static void fill_pause(struct recording *rec, int64_t upto)
{
    int64_t from = later(rec->newest, rec->committed);

    if (upto > rec->committed + RECORDING_WINDOW)
        upto = rec->committed + RECORDING_WINDOW;
    if (!rec->pauses || from >= upto)
        return;
    if (from > rec->noise_to)
        rec->noise_from = from;
    for (int64_t i = from; i < upto; i++)
        noise_make(&rec->noise, &rec->window[i & MASK], 1);
    rec->noise_to = upto;
}

/* To the detector noise is as no sound: it is nobody's voice, and says nothing of the line's own. */
static const int16_t *as_heard(const struct recording *rec, const int16_t *frame)
{
    static const int16_t none[FRAME_MS * 16];
    bool noise = rec->committed - frame_samples(rec) >= rec->noise_from && rec->committed <= rec->noise_to;

    return noise ? none : frame;
}

/* Pieces hold whole frames, so a frame of the detector never straddles two. */
static void commit_frame(struct recording *rec, struct recorder *r, int64_t n)
{
    int16_t *frame = rec->piece + rec->piece_n;

    fill_pause(rec, rec->committed + n);
    for (int64_t i = 0; i < n; i++) {
        int16_t *slot = &rec->window[(rec->committed + i) & MASK];
        frame[i] = *slot;
        *slot = 0; /* for the next time round: what does not come is silence */
    }
    rec->committed += n;
    rec->piece_n += (unsigned)n;
    if (n == frame_samples(rec) && is_voice(rec, as_heard(rec, frame))) {
        rec->heard = true;
        rec->voice_at = rec->committed;
    }
    if (rec->piece_n == PIECE_MS * rec->per_ms)
        hand_over(rec, r);
}

static int64_t capped(const struct recording *rec, int64_t upto)
{
    int64_t most = rec->max_ms * rec->per_ms;

    return most > 0 && upto > most ? most : upto;
}

/* Whole frames only. */
static void commit(struct recording *rec, struct recorder *r, int64_t upto)
{
    upto = capped(rec, upto);
    while (rec->committed + frame_samples(rec) <= upto)
        commit_frame(rec, r, frame_samples(rec));
}

static int64_t elapsed(const struct recording *rec, int64_t now_ms) { return (now_ms - rec->started_ms) * rec->per_ms; }

/* The packet's place starts a new count from here: after all that is there, and not before its time. */
static void rebase(struct recording *rec, const struct rtp_packet *p, int64_t n, int64_t now_ms)
{
    int64_t at = elapsed(rec, now_ms) - n;

    if (!rec->based && at < START_SLACK_MS * (int64_t)rec->per_ms)
        at = 0;
    at -= at % frame_samples(rec);
    rec->base = at > rec->newest ? at : rec->newest;
    rec->ssrc = p->ssrc;
    rec->ts = p->ts;
    rec->seq = (uint16_t)(p->seq - 1);
    rec->based = true;
}

/* Where it belongs. A packet in its turn is never too late: when silence was written over its place, or its clock is
 * slow, the count moves. */
static int64_t place(struct recording *rec, const struct rtp_packet *p, int64_t n, int64_t now_ms)
{
    bool in_turn;
    int64_t at;

    if (!rec->based || p->ssrc != rec->ssrc)
        rebase(rec, p, n, now_ms);
    in_turn = rtp_seq_diff(p->seq, rec->seq) > 0;
    at = rec->base + (int64_t)rtp_ts_diff(p->ts, rec->ts) * rec->per_ms / codec_khz(rec->codec);
    if (in_turn && (at > elapsed(rec, now_ms) + LEAP_MS * (int64_t)rec->per_ms || at < rec->committed)) {
        int64_t earliest = later(rec->committed, rec->newest);
        if (at > rec->committed)
            rebase(rec, p, n, now_ms);
        else
            rec->base = earliest;
        rec->ts = p->ts;
        at = rec->base;
    }
    if (in_turn) {
        rec->seq = p->seq;
        rec->base = at; /* stays near, so that differences never come near half of the circle */
        rec->ts = p->ts;
    }
    return at;
}

static void use_codec(struct recording *rec, enum codec codec)
{
    if (rec->decoder && rec->codec == codec)
        return;
    decoder_free(&rec->decoder);
    rec->decoder = decoder_new(codec);
    rec->based &= codec_khz(codec) == codec_khz(rec->codec);
    rec->taken = false;
    rec->codec = codec;
}

static void put_samples(struct recording *rec, const struct pcm *sound, int64_t at)
{
    for (int64_t i = 0; i < (int64_t)sound->n; i++)
        if (at + i >= rec->committed && at + i < rec->committed + RECORDING_WINDOW)
            rec->window[(at + i) & MASK] = sound->samples[i];
}

/* Makes up what was lost between the last packet and p: only where the numbers say that so much was sent. */
static void make_up(struct recording *rec, const struct rtp_packet *p, struct pcm *out)
{
    struct pcm sound = { .rate = codec_info(rec->codec)->rate };
    int lost = rec->taken && p->ssrc == rec->ssrc ? rtp_seq_diff(p->seq, rec->last_seq) - 1 : 0;
    int64_t ticks = codec_ticks(rec->codec, p->payload, p->len) * (int64_t)lost;

    out->n = 0;
    if (lost <= 0 || ticks != rtp_ts_diff(p->ts, rec->end_ts) || ticks > (int64_t)MADE_UP_MS * codec_khz(rec->codec))
        return;
    sound.n = (size_t)(ticks / codec_khz(rec->codec)) * (sound.rate / 1000);
    decoder_conceal(rec->decoder, p->payload, p->len, sound.samples, sound.n);
    resample_to(&rec->resample, &sound, rec->per_ms * 1000, out);
}

static void decode(struct recording *rec, const struct rtp_packet *p, struct pcm *out)
{
    struct pcm sound = { .rate = codec_info(rec->codec)->rate };

    sound.n = decoder_decode(rec->decoder, p->payload, p->len, sound.samples);
    resample_to(&rec->resample, &sound, rec->per_ms * 1000, out);
}

static void put_audio(struct recording *rec, struct recorder *r, const struct rtp_packet *p, int64_t now_ms)
{
    struct pcm lost, sound;
    int64_t at, n;

    make_up(rec, p, &lost);
    decode(rec, p, &sound);
    n = (int64_t)sound.n;
    if (n == 0)
        return;
    at = place(rec, p, n, now_ms);
    if (at + n > rec->committed + RECORDING_WINDOW)
        commit(rec, r, at + n - RECORDING_WINDOW + frame_samples(rec));
    fill_pause(rec, at);
    put_samples(rec, &lost, at - (int64_t)lost.n);
    put_samples(rec, &sound, at);
    if (at + n > rec->newest)
        rec->newest = at + n;
}

/* A packet in its turn. */
static void take(struct recording *rec, struct recorder *r, enum codec codec, const struct rtp_packet *p,
                 int64_t now_ms)
{
    if (codec != CODEC_NONE) {
        use_codec(rec, codec);
        put_audio(rec, r, p, now_ms);
        rec->end_ts = p->ts + codec_ticks(codec, p->payload, p->len);
        rec->taken = true;
        rec->pauses = false;
    } else if (p->pt == NOISE_PT) {
        noise_set(&rec->noise, p->payload, p->len);
        rec->pauses = true;
    }
    rec->last_seq = p->seq;
}

static void take_held(struct recording *rec, struct recorder *r, int64_t now_ms, bool all)
{
    struct reorder_packet *h;

    while ((h = reorder_take(&rec->order, now_ms, all))) {
        take(rec, r, h->codec, &h->packet, now_ms);
        free(h);
    }
}

/* What comes after its turn and needs nothing before it still gets its place, if that is not written yet. */
static void put_late(struct recording *rec, struct recorder *r, enum codec codec, const struct rtp_packet *p,
                     int64_t now_ms)
{
    if (codec == rec->codec && !codec_has_memory(codec))
        put_audio(rec, r, p, now_ms);
}

void recording_put(struct recording *rec, struct recorder *r, enum codec codec, const struct rtp_packet *p,
                   int64_t now_ms)
{
    if (!rec->running)
        return;
    rec->came_ms = now_ms;
    if (reorder_breaks(&rec->order, p)) {
        take_held(rec, r, now_ms, true);
        rec->taken = false;
    }
    switch (reorder_put(&rec->order, codec, p, now_ms)) {
    case REORDER_NOW: take(rec, r, codec, p, now_ms); break;
    case REORDER_HELD_BACK: break;
    case REORDER_PAST: put_late(rec, r, codec, p, now_ms); break;
    }
    take_held(rec, r, now_ms, false);
}

static bool is_over(const struct recording *rec)
{
    int64_t next = rec->committed + frame_samples(rec);

    if (atomic_load(&rec->file.failed) || capped(rec, next) < next)
        return true;
    return rec->silence_ms > 0 && rec->committed - rec->voice_at >= rec->silence_ms * rec->per_ms;
}

bool recording_put_mixed(struct recording *rec, struct recorder *r, const int16_t *samples, size_t n)
{
    for (size_t i = 0; i < n; i++)
        rec->window[(rec->committed + (int64_t)i) & MASK] = samples[i];
    rec->newest = rec->committed + (int64_t)n;
    commit(rec, r, rec->newest);
    return is_over(rec);
}

/* Nothing has come for a moment: what is kept back for packets out of turn waits no longer, and no piece waits until it
 * is full. So all that came is soon on the disk, also when the phone then sends nothing for a while. */
static void settle(struct recording *rec, struct recorder *r, int64_t now_ms)
{
    if (now_ms - rec->came_ms < RECORDING_SETTLE_MS || rec->committed > rec->newest)
        return;
    commit(rec, r, rec->newest);
    hand_over(rec, r);
}

bool recording_tick(struct recording *rec, struct recorder *r, int64_t now_ms)
{
    int64_t by_clock = elapsed(rec, now_ms) - RECORDING_SILENCE_MS * (int64_t)rec->per_ms;
    int64_t by_packets;

    if (!rec->running)
        return false;
    take_held(rec, r, now_ms, false);
    by_packets = rec->newest - RECORDING_HOLD_MS * (int64_t)rec->per_ms;
    commit(rec, r, by_packets > by_clock ? by_packets : by_clock);
    settle(rec, r, now_ms);
    return is_over(rec);
}

void recording_end(struct recording *rec, struct recorder *r, int64_t now_ms)
{
    int64_t last;

    take_held(rec, r, now_ms, true);
    last = capped(rec, rec->newest);
    if (!rec->running)
        recorder_begin(r, &rec->file); /* stopped before its beep was over: an empty file is what it is */
    commit(rec, r, last);
    if (last > rec->committed)
        commit_frame(rec, r, last - rec->committed);
    hand_over(rec, r);
    rec->running = false;
    recorder_end(r, &rec->file);
}
