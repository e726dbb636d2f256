/* What telephone audio lacks. The acoustic model was trained on sound up to 6.8 kHz; a call of 8 kHz ends below 4. So
 * the five upper mel bands are told from the twenty lower ones of seven frames: a regression, and a small network for
 * what the regression leaves. Learnt on speakers of other languages (tests/bench/restore_learn.py). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/transcribe/hear_front.h"

enum { AROUND = 3, SEEN = HEAR_NARROW * (2 * AROUND + 1), LOST = HEAR_BANDS - HEAR_NARROW };
enum {
    UNITS = 0
#define HIDDEN(...) +1
#define OUTPUT(...)
#include "sipfront/transcribe/hear_restore.def"
#undef HIDDEN
#undef OUTPUT
};

static const int32_t hidden[UNITS][SEEN + 1] = {
#define HIDDEN(...) { __VA_ARGS__ },
#define OUTPUT(...)
#include "sipfront/transcribe/hear_restore.def"
#undef HIDDEN
#undef OUTPUT
};
static const int32_t output[LOST][SEEN + UNITS + 1] = {
#define HIDDEN(...)
#define OUTPUT(...) { __VA_ARGS__ },
#include "sipfront/transcribe/hear_restore.def"
#undef HIDDEN
#undef OUTPUT
};
static const double scale = 1.0 / 8192;

static double weigh(const int32_t *weights, const double *values, int n)
{
    double sum = weights[n];
    for (int i = 0; i < n; i++)
        sum += weights[i] * values[i];
    return sum * scale;
}

/* The first and the last frame stand for those that would be before and behind. */
static void look(const struct hear_frames *f, size_t at, double *seen)
{
    for (int k = -AROUND; k <= AROUND; k++) {
        size_t from = k < 0 && at < (size_t)-k ? 0 : at + (size_t)k;
        if (from >= f->len)
            from = f->len - 1;
        for (int i = 0; i < HEAR_NARROW; i++)
            *seen++ = f->items[from][i];
    }
}

void hear_restore(struct hear_frames *f)
{
    double seen[SEEN + UNITS];
    for (size_t at = 0; at < f->len; at++) {
        look(f, at, seen);
        for (int i = 0; i < UNITS; i++)
            seen[SEEN + i] = tanh(weigh(hidden[i], seen, SEEN));
        for (int i = 0; i < LOST; i++)
            f->items[at][HEAR_NARROW + i] = (float)weigh(output[i], seen, SEEN + UNITS);
    }
}
