#include "sipfront/media/cue.h"

#include <math.h>
#include <string.h>

enum { RATE = 8000, NOTE = RATE * 12 / 100, PAUSE = RATE * 8 / 100, WHOLE = 2 * NOTE + PAUSE, RAMP = RATE * 5 / 1000 };

static const float low_hz = 440.0F, high_hz = 660.0F, peak = 4000.0F /* -18 dBFS */;

void cue_add(struct cue *c, enum room_cue kind)
{
    if (c->n < CUES_WAITING)
        c->waiting[c->n++] = kind;
}

/* Sample `at` of a cue: a low note and a high one, or the other way round, with soft edges. */
static int16_t sample(enum room_cue kind, unsigned at)
{
    unsigned in = at % NOTE, edge = in < NOTE - in ? in : NOTE - in;
    bool first = at < NOTE;
    float hz = first == (kind == ROOM_CUE_CAME) ? low_hz : high_hz;
    float level = edge < RAMP ? peak * (float)edge / RAMP : peak;

    if (at >= 2 * NOTE)
        return 0;
    return (int16_t)(level * sinf(2.0F * (float)M_PI * hz * (float)in / RATE));
}

bool cue_next(struct cue *c, int16_t *out, size_t n)
{
    if (c->n == 0)
        return false;
    memset(out, 0, n * sizeof *out);
    for (size_t i = 0; i < n && c->n > 0; i++) {
        out[i] = sample(c->waiting[0], c->at);
        if (++c->at < WHOLE)
            continue;
        c->at = 0;
        memmove(c->waiting, c->waiting + 1, --c->n * sizeof *c->waiting);
    }
    return true;
}
