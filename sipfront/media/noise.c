#include "sipfront/media/noise.h"

#include <math.h>

enum {
    LOUDEST_DB = 30, /* below overload: no line's noise is louder, and nobody is to be shouted at by two bytes */
    LEVEL_BITS = 0x7f,
    SEED = 0x9e3779b9
};

/* RFC 3389 §3: so many dB below the overload of the system. Even noise has a peak of sqrt(3) times its level. */
void noise_set(struct noise *n, const uint8_t *payload, size_t len)
{
    int below = len ? payload[0] & LEVEL_BITS : LEVEL_BITS;

    if (below < LOUDEST_DB)
        below = LOUDEST_DB;
    n->peak = (int32_t)lround(sqrt(3) * 32768 * pow(10, -below / 20.0));
    if (n->state == 0)
        n->state = SEED;
}

/* Xorshift (Marsaglia): its upper bits are even enough for the ear. */
void noise_make(struct noise *n, int16_t *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        n->state ^= n->state << 13;
        n->state ^= n->state >> 17;
        n->state ^= n->state << 5;
        out[i] = (int16_t)(((int32_t)(n->state >> 16) - 32768) * n->peak / 32768);
    }
}
