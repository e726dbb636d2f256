/* Sums of sound: what the members of a room say together, and that without one of them. Pure functions, any thread.
 * A sum has 32 bits, so that 65,536 members at full level fit and what is taken out again leaves no trace. */
#ifndef SIPFRONT_MEDIA_MIX_H
#define SIPFRONT_MEDIA_MIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void mix_add(int32_t *sum, const int16_t *own, size_t n);
/* sum - own, at full scale where it is beyond; own NULL: the sum. */
void mix_less(int16_t *out, const int32_t *sum, const int16_t *own, size_t n);
/* Whether nothing can be heard of it: the zeros of a muted phone, also after a codec's smallest steps. */
bool mix_is_silent(const int16_t *s, size_t n);

#endif
