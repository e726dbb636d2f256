/* A leg: one INVITE dialog with a phone, either way. Loop thread. It carries SDP as text (offer_answer.h reads and
 * writes it) and makes no media.
 *
 *   phone            leg (incoming)                    leg (outgoing)              phone
 *     INVITE sdp ->   port.invited                      leg_dial      -> INVITE sdp
 *     <- 180/183      leg_progress                      on_progress  <- 180/183
 *     <- 200 sdp      leg_answer                        on_answered  <- 200 sdp     (ACK is sent by the leg)
 *     ACK ->          on_confirmed
 *     BYE ->          on_ended                          leg_hangup   -> CANCEL or BYE
 *
 * The owner holds the leg until on_ended, which comes exactly once (also after the owner's own leg_reject() and
 * leg_hangup()), never from inside a leg_ function; the leg is freed after it. leg_listen(leg, NULL, NULL) lets go of a
 * leg: it is then hung up and nobody is told. */
#ifndef SIPFRONT_SIP_LEG_H
#define SIPFRONT_SIP_LEG_H

#include <stdbool.h>

#include "vm/base/err.h"
#include "vm/base/str.h"

struct agent;
struct leg;
struct referral;
struct refer_request;
struct leg_diversions;
struct leg_replaces;

/* A new call. Texts are borrowed for the callback; leg_header() works as long as the leg lives. */
struct leg_invite {
    const char *from_user; /* the authenticated Connection's SIP user: never what From says */
    const char *from_name; /* From's display name, control characters removed; outside; "" when hidden */
    bool hidden;           /* the caller wants to be unknown to whom it calls (RFC 3323, 3325) */
    const char *to_user;   /* the request URI's user part, unescaped; a tel: URI's number */
    const char *to_host;
    const char *call_id;
    const char *sdp;    /* NULL: late offer (RFC 3264 §5, the offer then goes into the 200) */
    const char *source; /* address:port the INVITE came from */
    bool by_tls;        /* and how */
    const char *trunk;  /* it comes from this trunk: from_user is then the caller as the carrier says it, "" when the
                           caller wants to be unknown; NULL: from a phone */
    const struct leg_replaces *replaces; /* it is to take the place of another one (replaces.h), or NULL */
    const char *diverted;       /* who has forwarded it last (Diversion, RFC 5806): a user part or number; "" nobody */
    const char *to_header_user; /* the user part of To: what was dialled, when the request URI names our account */
};

enum leg_end {
    LEG_END_BYE,
    LEG_END_CANCEL,
    LEG_END_ELSEWHERE, /* CANCEL too, because another has taken the call (RFC 3326) */
    LEG_END_REFUSED,
    LEG_END_LOCAL,
    LEG_END_TIMEOUT,
    LEG_END_ERROR
};

struct leg_events {
    /* Outgoing: a provisional answer; sdp NULL when it has none. */
    void (*on_progress)(int status, const char *sdp, void *owner);
    /* Outgoing: 2xx. The ACK has been sent. */
    void (*on_answered)(const char *sdp, void *owner);
    /* Incoming: the ACK came; sdp when it carried the answer to our offer, else NULL. */
    void (*on_confirmed)(const char *sdp, void *owner);
    /* A new offer in the dialog (re-INVITE, UPDATE; NULL: the phone asks for ours). The owner answers by
     * leg_reoffer_answer(). */
    void (*on_reoffer)(const char *sdp, void *owner);
    /* Our leg_reoffer(), or a refresh, was answered; sdp NULL when there is none, as in every refusal. May be NULL. */
    void (*on_reanswered)(int status, const char *sdp, void *owner);
    /* A digit by SIP INFO (application/dtmf-relay, application/dtmf). ms: how long it was pressed; 0: not said. */
    void (*on_info_digit)(char digit, unsigned ms, void *owner);
    /* A digit of leg_send_digit() that the phone has refused, or that waited behind that one: each once, in their
     * order. leg_send_digit() is false from then on. May be NULL. */
    void (*on_digit_refused)(char digit, void *owner);
    /* A REFER (refer.h). NULL: it is refused. */
    void (*on_refer)(struct referral *r, const struct refer_request *rq, void *owner);
    /* What became of our leg_put() (refer.h). taken: the phone has accepted, and status is what it tells of its call to
     * the target, 200 or above once and last; else it has refused with that status. May be NULL. */
    void (*on_put)(bool taken, int status, void *owner);
    /* The end, once. status: the final status of a refused call (else 0); reason: text for people, never NULL. */
    void (*on_ended)(enum leg_end how, int status, const char *reason, void *owner);
};

void leg_listen(struct leg *leg, const struct leg_events *events, void *owner);

/* Incoming, before the answer: 180 or 183, with SDP or NULL. */
void leg_progress(struct leg *leg, int status, const char *sdp);
/* Incoming: 200 with that SDP. on_confirmed or on_ended follows (no ACK within 32 s: LEG_END_TIMEOUT, with BYE). */
void leg_answer(struct leg *leg, const char *sdp);
void leg_reject(struct leg *leg, int status, const char *phrase);
/* Incoming, before leg_reject(): why, for people; without quotes. In a Warning (RFC 3261 §20.43). */
void leg_warn(struct leg *leg, const char *why);
/* Ends the leg in any state: final answer 480, CANCEL or BYE. reason: a Reason header (RFC 3326) or NULL, such as
 * "SIP;cause=200;text=\"Call completed elsewhere\"". A 2xx that crosses the CANCEL is ACKed and then gets BYE. */
void leg_hangup(struct leg *leg, const char *reason);
void leg_reoffer_answer(struct leg *leg, int status, const char *sdp);

/* A digit by SIP INFO, ms: how long it was pressed (0: not known). They go one by one, as soon as the dialog is up.
 * false: the phone has refused one, so it has to be sent in another way. */
bool leg_send_digit(struct leg *leg, char digit, unsigned ms);
/* The phone says of itself that it takes digits so. */
bool leg_takes_info(const struct leg *leg);

/* Whom a phone is shown as its far end. user "" or NULL: withheld (RFC 3323, 3325). */
struct leg_identity {
    const char *user, *name;
};
/* A new offer of ours in a dialog that is up; on_reanswered follows, after 491 and its waiting time if need be. */
void leg_reoffer(struct leg *leg, const char *sdp);
/* Tells the phone of a dialog that is up that it now talks to somebody else: P-Asserted-Identity and Remote-Party-ID,
 * by UPDATE where it is allowed, else by re-INVITE. */
void leg_identify(struct leg *leg, const struct leg_identity *who);

/* What a call through a trunk has besides. Borrowed; copied. */
struct leg_trunk {
    const char *domain;                    /* host part of From and of the identity */
    const char *auth_user, *auth_password; /* for a 401 or 407; "" none */
    bool in_from, asserted;                /* where the caller's number stands; without in_from, From has the account */
    const char *account; /* who we are to the carrier: From when the caller's number does not stand there */
    bool hidden;         /* the caller wants to be unknown (RFC 3323, 3325): From is anonymous */
    int64_t patience_ms; /* how long the gateway may say nothing at all: then LEG_END_TIMEOUT */
};

/* How a phone is asked to ring (Alert-Info, RFC 7462; Call-Info, Answer-Mode, RFC 5373). */
struct leg_alert {
    const char *ring_tone; /* without fault (vm/base/ring_tone.h); NULL or "": its own */
    bool auto_answer;      /* it answers by itself, where its settings allow that */
};

struct leg_dial {
    const char *uri;                   /* request URI */
    const char *next_hop;              /* where to send it ("sip:1.2.3.4:5071;transport=udp"), NULL: the URI itself */
    const char *route;                 /* Route headers (RFC 3327, 3608), NULL or "": none */
    const char *from_user, *from_name; /* what the phone shows (From, and P-Asserted-Identity, RFC 3325) */
    const char *sdp;                   /* the offer */
    unsigned max_forwards;             /* 0: 70 */
    const struct leg_diversions *diverted; /* phones that have forwarded the call (divert.h), or NULL */
    const struct leg_alert *alert;         /* of a phone; or NULL */
    const struct leg_trunk *trunk;         /* NULL: a phone */
};
/* Never calls back from inside. ERR_INVALID when the URI is none. */
enum err leg_dial(struct leg **out, struct agent *a, const struct leg_dial *d, const struct leg_events *events,
                  void *owner) MUST_USE;

/* A header of the INVITE that began an incoming leg: its value without the name, or "" (borrowed). */
const char *leg_header(const struct leg *leg, const char *name);
/* Within on_ended: how long the far end wants to be left alone (Retry-After), 0 when it does not say. */
unsigned leg_retry_after_s(const struct leg *leg);
unsigned leg_max_forwards(const struct leg *leg); /* of the INVITE, 70 when it had none */

#endif
