#include "sipfront/media/plc.h"

#include <math.h>
#include <string.h>

enum {
    PERIOD_MIN_US = 2500, /* 400 Hz */
    TEMPLATE_MS = 10,     /* compared for likeness */
    BLEND_MS = 4,
    FULL_MS = 15, /* at full level for so long */
    GONE_MS = 70, /* and silent after so long */
};

void plc_start(struct plc *p, unsigned rate) { *p = (struct plc){ .khz = rate / 1000 }; }

static size_t history_samples(const struct plc *p) { return (size_t)p->khz * PLC_HISTORY_MS; }

static void remember(struct plc *p, const int16_t *samples, size_t n)
{
    size_t all = history_samples(p);

    if (n >= all) {
        memcpy(p->history, samples + n - all, all * sizeof *samples);
        return;
    }
    memmove(p->history, p->history + n, (all - n) * sizeof *samples);
    memcpy(p->history + all - n, samples, n * sizeof *samples);
}

/* How like the end of the history is to what was `lag` samples before it. */
static double likeness(const struct plc *p, size_t lag)
{
    size_t n = (size_t)p->khz * TEMPLATE_MS;
    const int16_t *end = p->history + history_samples(p) - n, *before = end - lag;
    double product = 0, energy = 1;

    for (size_t i = 0; i < n; i++) {
        product += (double)end[i] * before[i];
        energy += (double)before[i] * before[i];
    }
    return product / sqrt(energy);
}

static size_t find_period(const struct plc *p)
{
    size_t best = (size_t)p->khz * PERIOD_MIN_US / 1000;
    double most = likeness(p, best);

    for (size_t lag = best + 1; lag <= (size_t)p->khz * PLC_PERIOD_MAX_MS; lag++) {
        double like = likeness(p, lag);
        if (like > most) {
            most = like;
            best = lag;
        }
    }
    return best;
}

/* The last period, its end blended with what led up to its beginning, so that it can go round without a click. */
static void take_period(struct plc *p)
{
    const int16_t *end = p->history + history_samples(p);
    size_t blend;

    p->length = find_period(p);
    blend = p->length / 4;
    memcpy(p->period, end - p->length, p->length * sizeof *end);
    for (size_t i = 0; i < blend; i++) {
        int before = *(end - p->length - blend + i), now = *(end - blend + i);
        p->period[p->length - blend + i] = (int16_t)((now * (int)(blend - i) + before * (int)i) / (int)blend);
    }
}

static double gain(const struct plc *p)
{
    double ms = (double)p->missing / p->khz;

    if (ms <= FULL_MS)
        return 1;
    return ms >= GONE_MS ? 0 : (GONE_MS - ms) / (GONE_MS - FULL_MS);
}

static int16_t next_sample(struct plc *p)
{
    int16_t s = (int16_t)lrint(gain(p) * p->period[p->missing % p->length]);

    p->missing++;
    return s;
}

void plc_missing(struct plc *p, int16_t *out, size_t n)
{
    if (p->missing == 0)
        take_period(p);
    for (size_t i = 0; i < n; i++)
        out[i] = next_sample(p);
    remember(p, out, n);
}

void plc_heard(struct plc *p, int16_t *samples, size_t n)
{
    size_t blend = (size_t)p->khz * BLEND_MS;

    for (size_t i = 0; p->missing > 0 && i < blend && i < n; i++) {
        int made = next_sample(p);
        samples[i] = (int16_t)((samples[i] * (int)i + made * (int)(blend - i)) / (int)blend);
    }
    p->missing = 0;
    remember(p, samples, n);
}
