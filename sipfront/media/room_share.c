/* Packets that are encoded once for all members of a room who say nothing. G.711 has no state and any two of them
 * share. A far end of another codec decodes with what it remembers of its encoder. That of Opus follows another one at
 * once that has heard the same for a while: so who has been silent for SETTLE_MS shares, and who speaks again goes on
 * with a copy of the shared encoder, as it was before the packet that is no longer his. That of G.722 takes a tenth of
 * a second of wrong sound, so each member keeps his own. */
#include "sipfront/media/codec_g711.h"
#include "sipfront/media/room_state.h"

enum { SETTLE_MS = 2000, STALE_MS = 1000 /* nobody was sent one for so long */ };

bool room_may_share(const struct member *at, enum codec codec, int64_t from)
{
    int64_t settled = codec_is_g711(codec) ? 0 : SETTLE_MS;

    return encoder_may_change(codec) && at->spoke_ms + settled <= from && at->since_ms + settled <= from;
}

static void encode(struct shared *p, enum codec codec, const struct pcm *sound)
{
    if (p->mouth && !codec_is_g711(codec))
        mouth_copy(&p->before, p->mouth);
    p->len = mouth_encode(&p->mouth, codec, sound, p->payload, sizeof p->payload);
}

/* Whether the packet that begins at `from` comes next, or may begin a new line of them. */
static bool goes_on(struct shared *p, struct member *at, enum codec codec, int64_t from)
{
    unsigned ms = at->stream->remote.ptime;
    bool next = p->ms == ms && from == p->at_ms + ms, idle = p->ms == 0 || from - p->at_ms > STALE_MS;

    if (codec_is_g711(codec) || next || (p->ms == ms && from > p->at_ms && at->shares == codec))
        return true;
    if (!idle)
        return false;
    mouth_copy(&p->mouth, at->stream->mouth);
    return p->mouth != NULL;
}

const struct shared *room_share(struct member *at, enum codec codec, int64_t from)
{
    struct shared *p = &at->room->shared[codec];
    unsigned ms = at->stream->remote.ptime;
    struct pcm sound;

    if (p->ms != ms || p->at_ms != from) {
        if (!goes_on(p, at, codec, from))
            return NULL;
        room_hear(at, false, from, ms, &sound);
        encode(p, codec, &sound);
        p->ms = ms;
        p->at_ms = from;
    }
    at->shares = codec;
    return p;
}

void room_unshare(struct member *at, int64_t from)
{
    const struct shared *p = &at->room->shared[at->shares];

    if (at->shares != CODEC_NONE && !codec_is_g711(at->shares) && p->ms)
        mouth_copy(&at->stream->mouth, p->at_ms == from && p->before ? p->before : p->mouth);
    at->shares = CODEC_NONE;
}

void room_share_free(struct room *r)
{
    for (unsigned c = 0; c < CODEC_COUNT; c++) {
        mouth_free(&r->shared[c].mouth);
        mouth_free(&r->shared[c].before);
    }
}
