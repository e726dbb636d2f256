#include "sipfront/media/player.h"

#include <stdlib.h>
#include <string.h>

#include "sipfront/media/codec_g711.h"

void player_stop(struct player *p)
{
    for (unsigned i = 0; i < p->n; i++)
        prompt_unref(&p->prompts[i]);
    free(p->prompts);
    *p = (struct player){ 0 };
}

/* Moves to the next prompt that has sound; a list without any ends at once, however often it is to be played. */
static void skip_empty(struct player *p)
{
    unsigned skipped = 0;

    while (p->loops > 0 && p->offset >= p->prompts[p->at]->padded && skipped++ <= p->n) {
        p->offset = 0;
        if (++p->at == p->n) {
            p->at = 0;
            p->loops--;
        }
    }
    if (skipped > p->n)
        p->loops = 0;
}

void player_start(struct player *p, struct prompt **prompts, unsigned n, unsigned loops)
{
    player_stop(p);
    *p = (struct player){ .prompts = prompts, .n = n, .loops = n == 0 ? 0 : loops ? loops : 1 };
    skip_empty(p);
}

bool player_ended(const struct player *p) { return p->loops == 0; }

void player_next(struct player *p, enum codec codec, uint8_t *out, size_t n)
{
    const struct prompt *now = player_ended(p) ? NULL : p->prompts[p->at];
    size_t have = now ? now->padded - p->offset : 0;
    size_t take = have < n ? have : n;

    if (take > 0)
        memcpy(out, prompt_payload(now, codec) + p->offset, take);
    if (take < n)
        memset(out + take, codec_silence(codec), n - take);
    p->offset += take;
    if (now)
        skip_empty(p);
}
