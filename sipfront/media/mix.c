#include "sipfront/media/mix.h"

enum { SILENT_PEAK = 8 /* the smallest step of both laws of G.711 */ };

void mix_add(int32_t *sum, const int16_t *own, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] += own[i];
}

static int16_t saturated(int32_t v)
{
    if (v > INT16_MAX)
        return INT16_MAX;
    return v < INT16_MIN ? INT16_MIN : (int16_t)v;
}

void mix_less(int16_t *out, const int32_t *sum, const int16_t *own, size_t n)
{
    if (!own) {
        for (size_t i = 0; i < n; i++)
            out[i] = saturated(sum[i]);
        return;
    }
    for (size_t i = 0; i < n; i++)
        out[i] = saturated(sum[i] - own[i]);
}

bool mix_is_silent(const int16_t *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] > SILENT_PEAK || s[i] < -SILENT_PEAK)
            return false;
    return true;
}
