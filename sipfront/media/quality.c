#include "sipfront/media/quality.h"

enum { PACKET_MS = 20, BUFFERS = 2 /* a buffer holds about twice the jitter */ };

static double mouth_to_ear(const struct quality *q)
{
    double way = q->trip_ms > 0 ? q->trip_ms / 2 : 0;

    return way + BUFFERS * q->jitter_ms + 2 * PACKET_MS;
}

/* Id of G.107, as its usual approximation. */
static double delay_impairment(double ms) { return 0.024 * ms + (ms > 177.3 ? 0.11 * (ms - 177.3) : 0); }

/* Ie,eff for random loss (G.107 §7.5.1; all our codecs begin at 0). */
static double loss_impairment(const struct quality *q)
{
    double percent = 100 * q->loss;

    return 95 * percent / (percent + codec_info(q->codec)->bpl);
}

double quality_mos(const struct quality *q)
{
    double r = 93.2 - delay_impairment(mouth_to_ear(q)) - loss_impairment(q);

    if (r <= 0)
        return 1;
    if (r >= 100)
        return 4.5;
    return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
}
