/* What a stream plays: prompts one after another, as often as wanted, as payload bytes of its codec. Media thread. Owns
 * its references. */
#ifndef SIPFRONT_MEDIA_PLAYER_H
#define SIPFRONT_MEDIA_PLAYER_H

#include "sipfront/media/prompt_data.h"

struct player {
    struct prompt **prompts; /* NULL: idle */
    unsigned n, at, loops;
    size_t offset;
    unsigned tag;
};

/* Takes over prompts (malloc'ed, n references) and drops what was playing. loops 0 counts as 1. */
void player_start(struct player *p, struct prompt **prompts, unsigned n, unsigned loops);
void player_stop(struct player *p);
static inline bool player_busy(const struct player *p) { return p->prompts != NULL; }
/* Whether the end is reached: nothing more comes from player_next(). */
bool player_ended(const struct player *p);
/* Writes the next n bytes; beyond the end of one prompt silence up to the packet's end, so that each begins with one.
 */
void player_next(struct player *p, enum codec codec, uint8_t *out, size_t n);

#endif
