/* The two notes that a room hears when somebody comes (rising) or goes (falling). A plain state, one thread. */
#ifndef SIPFRONT_MEDIA_CUE_H
#define SIPFRONT_MEDIA_CUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sipfront/media/room.h"

enum { CUES_WAITING = 4 };

struct cue {
    enum room_cue waiting[CUES_WAITING]; /* the first is the one at work */
    unsigned n, at;                      /* how many; samples of the first that are done */
};

/* One more than CUES_WAITING is left out: a crowd that comes at once is heard as one. */
void cue_add(struct cue *c, enum room_cue kind);
/* The next n samples at 8000. false: nothing is to be heard. */
bool cue_next(struct cue *c, int16_t *out, size_t n);

#endif
