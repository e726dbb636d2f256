/* What a stream plays: prompts one after another, as often as wanted, as payloads of its codec. A prompt that was made
 * for another codec is decoded and encoded on the way. Media thread. Owns its references. */
#ifndef SIPFRONT_MEDIA_PLAYER_H
#define SIPFRONT_MEDIA_PLAYER_H

#include "sipfront/media/prompt_data.h"

struct foreign;
struct player {
    struct prompt **prompts; /* NULL: idle */
    unsigned n, at, loops;
    unsigned at_ms; /* in the prompt */
    unsigned tag;
    struct foreign *foreign; /* made when a prompt is of another codec */
};

/* Takes over prompts (malloc'ed, n references) and drops what was playing. loops 0 counts as 1. */
void player_start(struct player *p, struct prompt **prompts, unsigned n, unsigned loops);
/* Moves on by so much, round and round the list; whole frames. */
void player_skip(struct player *p, int64_t ms);
void player_stop(struct player *p);
static inline bool player_busy(const struct player *p) { return p->prompts != NULL; }
/* Whether the end is reached: nothing more comes from player_next(). */
bool player_ended(const struct player *p);
/* Writes the payload of the next ms (10 to 60); beyond the end of one prompt silence up to the payload's end, so that
 * each prompt begins with one. Its length, 0 when it does not fit. */
size_t player_next(struct player *p, enum codec codec, unsigned ms, uint8_t *out, size_t cap);

#endif
