#include "sipfront/media/reorder.h"

#include <stdlib.h>
#include <string.h>

enum { LEAP = 100 /* packets: a new beginning of the sender's count */ };

void reorder_reset(struct reorder *o)
{
    for (unsigned i = 0; i < o->nheld; i++)
        free(o->held[i]);
    *o = (struct reorder){ 0 };
}

bool reorder_breaks(const struct reorder *o, const struct rtp_packet *p)
{
    return !o->started || p->ssrc != o->ssrc || abs(rtp_seq_diff(p->seq, o->next)) > LEAP;
}

static struct reorder_packet *copy(enum codec codec, const struct rtp_packet *p, int64_t now_ms)
{
    struct reorder_packet *h = malloc(sizeof *h + p->len);

    if (!h)
        abort(); /* as loop_post() */
    *h = (struct reorder_packet){ .codec = codec, .came_ms = now_ms, .packet = *p };
    if (p->len > 0)
        memcpy(h->bytes, p->payload, p->len);
    h->packet.payload = h->bytes;
    return h;
}

static enum reorder_turn hold(struct reorder *o, enum codec codec, const struct rtp_packet *p, int64_t now_ms)
{
    unsigned at = o->nheld;

    while (at > 0 && rtp_seq_diff(o->held[at - 1]->packet.seq, p->seq) > 0)
        at--;
    if (at > 0 && o->held[at - 1]->packet.seq == p->seq)
        return REORDER_PAST;
    memmove(&o->held[at + 1], &o->held[at], (o->nheld - at) * sizeof *o->held);
    o->held[at] = copy(codec, p, now_ms);
    o->nheld++;
    return REORDER_HELD_BACK;
}

enum reorder_turn reorder_put(struct reorder *o, enum codec codec, const struct rtp_packet *p, int64_t now_ms)
{
    int ahead;

    if (reorder_breaks(o, p)) {
        reorder_reset(o);
        o->started = true;
        o->ssrc = p->ssrc;
        o->next = p->seq;
    }
    ahead = rtp_seq_diff(p->seq, o->next);
    if (ahead < 0)
        return REORDER_PAST;
    if (ahead > 0)
        return hold(o, codec, p, now_ms);
    o->next = (uint16_t)(p->seq + 1);
    return REORDER_NOW;
}

struct reorder_packet *reorder_take(struct reorder *o, int64_t now_ms, bool all)
{
    struct reorder_packet *first = o->nheld ? o->held[0] : NULL;

    if (!first || !(all || o->nheld == REORDER_HELD || rtp_seq_diff(first->packet.seq, o->next) <= 0 ||
                    now_ms - first->came_ms >= REORDER_MS))
        return NULL;
    o->nheld--;
    memmove(&o->held[0], &o->held[1], o->nheld * sizeof *o->held);
    o->next = (uint16_t)(first->packet.seq + 1);
    return first;
}
