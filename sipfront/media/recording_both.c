/* A recording of both sides of a bridge: each side has an ear of its own, and the clock pulls them together, so that
 * the two channels stay side by side whatever comes. */
#include "sipfront/media/recording.h"

#include <stdlib.h>
#include <string.h>

enum { STEP_MS = 10, SIDES = 2 };

struct both {
    struct ear *ears[SIDES];
    struct resample *resample[SIDES];
};

static struct both *both_new(void)
{
    struct both *b = calloc(1, sizeof *b);

    if (!b)
        abort(); /* as loop_post() */
    for (unsigned i = 0; i < SIDES; i++)
        b->ears[i] = ear_new();
    return b;
}

void both_free(struct both **bp)
{
    struct both *b = *bp;

    *bp = NULL;
    for (unsigned i = 0; b && i < SIDES; i++) {
        ear_free(&b->ears[i]);
        resample_free(&b->resample[i]);
    }
    free(b);
}

void recording_begin_both(struct recording *rec, struct recorder *r, unsigned rate)
{
    rec->both = both_new();
    rec->file.wav.rate = rate;
    rec->file.wav.channels = SIDES;
    rec->per_ms = rate / 1000 * SIDES;
    rec->running = true;
    recorder_begin(r, &rec->file);
}

void recording_put_side(struct recording *rec, unsigned side, enum codec codec, const struct rtp_packet *p)
{
    ear_put(rec->both->ears[side], codec, p);
}

void recording_put_noise(struct recording *rec, unsigned side, const struct rtp_packet *p)
{
    ear_put_noise(rec->both->ears[side], p);
}

static void hand_over(struct recording *rec, struct recorder *r)
{
    recorder_add(r, &rec->file, rec->piece, rec->piece_n);
    rec->piece_n = 0;
}

static void pull(struct recording *rec, struct recorder *r)
{
    struct pcm sound, own;
    size_t n = 0;

    for (unsigned side = 0; side < SIDES; side++) {
        rec->heard |= ear_pull(rec->both->ears[side], STEP_MS, &sound);
        resample_to(&rec->both->resample[side], &sound, rec->file.wav.rate, &own);
        n = own.n;
        for (size_t i = 0; i < n; i++)
            rec->piece[rec->piece_n + SIDES * i + side] = own.samples[i];
    }
    rec->piece_n += (unsigned)(SIDES * n);
    if (rec->piece_n + SIDES * n > RECORDER_PIECE)
        hand_over(rec, r);
}

bool recording_tick_both(struct recording *rec, struct recorder *r, unsigned ms)
{
    for (; ms >= STEP_MS; ms -= STEP_MS)
        pull(rec, r);
    return atomic_load(&rec->file.failed);
}

void recording_end_both(struct recording *rec, struct recorder *r)
{
    hand_over(rec, r);
    rec->running = false;
    recorder_end(r, &rec->file);
}
