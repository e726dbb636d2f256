/* One leg that a bridge rings: a device of a Connection. Private to sipfront/call. Loop thread. Owned by its dial. */
#ifndef SIPFRONT_CALL_FAR_LEG_H
#define SIPFRONT_CALL_FAR_LEG_H

#include "sipfront/call/call.h"
#include "sipfront/call/screen.h"
#include "sipfront/sip/agent.h"
#include "sipfront/sip/divert.h"

/*   CALLING --18x--> RINGING --200--> ANSWERED --end--> OVER
 * An ANSWERED leg is being asked (screen.h) or is the winner. */
enum far_state { FAR_CALLING, FAR_RINGING, FAR_ANSWERED, FAR_OVER };

struct far_outside;
struct ring_for;

struct far_leg {
    struct dial *dial;
    struct far_leg *next;
    enum far_state state;
    struct leg *leg; /* NULL once over, and while its host is being looked up */
    struct leg_media media;
    struct screen *screen;
    char *user;                      /* the Connection it belongs to, or the number or SIP URI that is called; owned */
    struct fare *fare;               /* of a leg through a trunk, tried or in use */
    struct far_outside *outside;     /* of a number that is called through trunks (far_outside.h), else NULL */
    struct far_uri *uri;             /* of a SIP URI that is called straight (far_uri.h), else NULL */
    struct leg_record record;        /* for its line in the log */
    char payer[64];                  /* the Connection that pays outside; "": the one whose flow it is */
    struct leg_diversions *diverted; /* who has forwarded the call to it, owned; NULL: nobody */
    bool passed;                     /* it was called for another caller: it is told */
    bool hidden;                     /* who came otherwise and wants to be unknown */
    int line;                        /* the flow's permit line that counts it, -1: none */
    int64_t until_ms;                /* monotonic: it rings no longer; 0: as long as its dial */
    char *contact;                   /* of the binding that is called, owned; NULL: a phone that came otherwise */
};

/* Calls one binding on behalf of the call. `as` is copied. ERR_LIMIT without an RTP port, ERR_INVALID
 * for a contact that is no URI. */
enum err far_leg_new(struct far_leg **out, struct dial *d, const struct sip_binding *to,
                     const struct ring_for *as) MUST_USE;
/* Sends the INVITE with our offer. */
enum err far_leg_invite(struct far_leg *f, const struct sip_binding *to) MUST_USE;
/* far_again.c: the answer says that the offer cannot be taken; and one of RTP/SAVP may be. */
bool far_leg_refuses_offer(int status);
bool far_leg_may_secure(const struct far_leg *f, enum leg_end how, int status);
/* true: so its phone is being called again. */
bool far_leg_again(struct far_leg *f, enum leg_end how, int status);
/* It is rung or talked to, or its host is being looked up. */
bool far_leg_is_alive(const struct far_leg *f);
/* It has been sent an INVITE: its record begins. */
void far_leg_begun(struct far_leg *f);
/* Remembers for whom; copied. */
void far_leg_for(struct far_leg *f, const struct ring_for *as);
/* Whose phone it is, or who is behind a trunk. */
/* Whom it reaches. */
void far_leg_name(struct far_leg *f, const char *user);
struct party far_leg_party(const struct far_leg *f);
/* Takes over a phone that is on the line already. */
void far_leg_adopt(struct far_leg *f, struct line_end *end);
/* CANCEL or BYE with that Reason (may be NULL), closes its media and frees it. Sets *f to NULL. */
void far_leg_free(struct far_leg **f, const char *reason);

/* What a far leg hears of its SIP leg and its stream. */
extern const struct leg_events far_leg_events;
extern const struct stream_events far_stream_events;
void far_on_silent_peer(void *owner); /* one of them; silent_peer.c */

/* What a leg tells its dial; port_dial.c has them. */
void dial_on_ringing(struct far_leg *f, const char *sdp); /* 18x; sdp NULL without early media */
void dial_on_answered(struct far_leg *f, const char *sdp);
/* f->leg is gone; was: the state before. status: of a refusal, else 0. */
void dial_on_over(struct far_leg *f, enum far_state was, int status);

/* How its phone is to ring. Who was forwarded to has not agreed to answer by itself. Borrowed of the dial. */
struct leg_alert dial_alert(const struct far_leg *f);

#endif
