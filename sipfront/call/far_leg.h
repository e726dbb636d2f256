/* One leg that a bridge rings: a device of a Connection. Private to sipfront/call. Loop thread. Owned by its dial. */
#ifndef SIPFRONT_CALL_FAR_LEG_H
#define SIPFRONT_CALL_FAR_LEG_H

#include "sipfront/call/call.h"
#include "sipfront/sip/agent.h"

enum far_state { FAR_CALLING, FAR_RINGING, FAR_ANSWERED, FAR_OVER };

struct far_leg {
    struct dial *dial;
    struct far_leg *next;
    unsigned target; /* index in the dial's targets */
    enum far_state state;
    struct leg *leg; /* NULL once over */
    struct leg_media media;
};

/* What a leg tells its dial. */
struct far_leg_events {
    void (*ringing)(struct far_leg *f, const char *sdp); /* 18x; sdp NULL without early media */
    void (*answered)(struct far_leg *f, const char *sdp);
    void (*over)(struct far_leg *f, enum leg_end how, int status); /* f->leg is gone */
};

/* Calls one binding on behalf of the call. ERR_LIMIT without an RTP port, ERR_INVALID for a contact that is no URI. */
enum err far_leg_new(struct far_leg **out, struct dial *d, struct call *c, const struct sip_binding *to,
                     const char *caller_id) MUST_USE;
/* CANCEL or BYE with that Reason (may be NULL), closes its media and frees it. Sets *f to NULL. */
void far_leg_free(struct far_leg **f, const char *reason);

/* Implemented by dial.c: whom the legs tell. */
extern const struct far_leg_events dial_far_events;

#endif
