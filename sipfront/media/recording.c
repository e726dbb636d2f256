#include "sipfront/media/recording.h"

#include <stdlib.h>
#include <string.h>

#include "sipfront/media/codec_g711.h"

enum {
    PER_MS = G711_RATE / 1000,
    PACKET_MOST = 960,    /* samples: 120 ms, more than any ptime */
    LEAP = 1000 * PER_MS, /* a timestamp so far ahead of the clock is a new beginning */
    START_SLACK_MS = 100, /* what comes so early begins the file */
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
    rec->max_samples = r->max_ms * PER_MS;
    rec->silence_samples = r->silence_ms * PER_MS;
    rec->beep = r->beep;
    return rec;
}

void recording_free(struct recording *rec)
{
    if (!rec)
        return;
    free(rec->file.path);
    free(rec);
}

int64_t recording_length_ms(const struct recording *rec) { return (int64_t)rec->file.wav.samples / PER_MS; }

void recording_begin(struct recording *rec, struct recorder *r, int64_t now_ms)
{
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

/* Pieces hold whole frames (800 = 5 * 160), so a frame of the detector never straddles two. */
static void commit_frame(struct recording *rec, struct recorder *r, int64_t n)
{
    int16_t *frame = rec->piece + rec->piece_n;

    for (int64_t i = 0; i < n; i++) {
        int16_t *slot = &rec->window[(rec->committed + i) & MASK];
        frame[i] = *slot;
        *slot = 0; /* for the next time round: what does not come is silence */
    }
    rec->committed += n;
    rec->piece_n += (unsigned)n;
    if (n == VAD_FRAME && vad_frame(&rec->vad, frame)) {
        rec->heard = true;
        rec->voice_at = rec->committed;
    }
    if (rec->piece_n == RECORDER_PIECE)
        hand_over(rec, r);
}

static int64_t capped(const struct recording *rec, int64_t upto)
{
    return rec->max_samples > 0 && upto > rec->max_samples ? rec->max_samples : upto;
}

/* Whole frames only. */
static void commit(struct recording *rec, struct recorder *r, int64_t upto)
{
    upto = capped(rec, upto);
    while (rec->committed + VAD_FRAME <= upto)
        commit_frame(rec, r, VAD_FRAME);
}

static int64_t elapsed(const struct recording *rec, int64_t now_ms) { return (now_ms - rec->started_ms) * PER_MS; }

/* The packet's place starts a new count from here: after all that is there, and not before its time. */
static void rebase(struct recording *rec, const struct rtp_packet *p, int64_t now_ms)
{
    int64_t at = elapsed(rec, now_ms) - (int64_t)p->len;

    if (!rec->based && at < START_SLACK_MS * PER_MS)
        at = 0;
    at -= at % VAD_FRAME;
    rec->base = at > rec->newest ? at : rec->newest;
    rec->ssrc = p->ssrc;
    rec->ts = p->ts;
    rec->seq = (uint16_t)(p->seq - 1);
    rec->based = true;
}

/* Where it belongs. A packet in its turn is never too late: when silence was written over its place, or its clock is
 * slow, the count moves. */
static int64_t place(struct recording *rec, const struct rtp_packet *p, int64_t now_ms)
{
    bool in_turn;
    int64_t at;

    if (!rec->based || p->ssrc != rec->ssrc)
        rebase(rec, p, now_ms);
    in_turn = rtp_seq_diff(p->seq, rec->seq) > 0;
    at = rec->base + rtp_ts_diff(p->ts, rec->ts);
    if (in_turn && (at > elapsed(rec, now_ms) + LEAP || at < rec->committed)) {
        int64_t earliest = rec->committed > rec->newest ? rec->committed : rec->newest;
        if (at > rec->committed)
            rebase(rec, p, now_ms);
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

void recording_put(struct recording *rec, struct recorder *r, enum codec codec, const struct rtp_packet *p,
                   int64_t now_ms)
{
    int16_t samples[PACKET_MOST];
    int64_t at, n = (int64_t)p->len;

    if (!rec->running || n == 0 || n > PACKET_MOST)
        return;
    at = place(rec, p, now_ms);
    codec_decode(codec, samples, p->payload, p->len);
    if (at + n > rec->committed + RECORDING_WINDOW)
        commit(rec, r, at + n - RECORDING_WINDOW + VAD_FRAME);
    for (int64_t i = 0; i < n; i++)
        if (at + i >= rec->committed && at + i < rec->committed + RECORDING_WINDOW)
            rec->window[(at + i) & MASK] = samples[i];
    if (at + n > rec->newest)
        rec->newest = at + n;
}

bool recording_tick(struct recording *rec, struct recorder *r, int64_t now_ms)
{
    int64_t by_packets = rec->newest - RECORDING_HOLD_MS * PER_MS;
    int64_t by_clock = elapsed(rec, now_ms) - RECORDING_SILENCE_MS * PER_MS;

    if (!rec->running)
        return false;
    commit(rec, r, by_packets > by_clock ? by_packets : by_clock);
    if (atomic_load(&rec->file.failed))
        return true;
    if (rec->max_samples > 0 && capped(rec, rec->committed + VAD_FRAME) < rec->committed + VAD_FRAME)
        return true;
    return rec->silence_samples > 0 && rec->committed - rec->voice_at >= rec->silence_samples;
}

void recording_end(struct recording *rec, struct recorder *r)
{
    int64_t last = capped(rec, rec->newest);

    if (!rec->running)
        recorder_begin(r, &rec->file); /* stopped before its beep was over: an empty file is what it is */
    commit(rec, r, last);
    if (last > rec->committed)
        commit_frame(rec, r, last - rec->committed);
    hand_over(rec, r);
    rec->running = false;
    recorder_end(r, &rec->file);
}
