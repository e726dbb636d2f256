/* Concealment of what is missing for codecs that have none of their own: the last period of the voice goes on, fades
 * within 70 ms, and blends into what comes next (after ITU-T G.711 Appendix I). For 8000 or 16000 samples a second.
 * A plain state, one thread. */
#ifndef SIPFRONT_MEDIA_PLC_H
#define SIPFRONT_MEDIA_PLC_H

#include <stddef.h>
#include <stdint.h>

enum { PLC_KHZ_MAX = 16, PLC_HISTORY_MS = 40, PLC_PERIOD_MAX_MS = 15 };

struct plc {
    unsigned khz;
    int16_t history[PLC_KHZ_MAX * PLC_HISTORY_MS]; /* the newest last */
    int16_t period[PLC_KHZ_MAX * PLC_PERIOD_MAX_MS];
    size_t length;  /* of the period */
    size_t missing; /* samples filled in since the last that were heard */
};

void plc_start(struct plc *p, unsigned rate);
/* Samples that came; after a gap their beginning is blended. */
void plc_heard(struct plc *p, int16_t *samples, size_t n);
void plc_missing(struct plc *p, int16_t *out, size_t n);

#endif
