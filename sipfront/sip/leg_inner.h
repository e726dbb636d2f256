/* What the files of the leg share. Loop thread. Private to sipfront/sip.
 * A leg lives until the stack is done with its handle and its owner has been told the end, in either order. */
#ifndef SIPFRONT_SIP_LEG_INNER_H
#define SIPFRONT_SIP_LEG_INNER_H

#include "sipfront/sip/agent_inner.h"
#include "sipfront/sip/refer.h"

enum leg_state {
#define LEG_STATE(name) LEG_##name,
#include "sipfront/sip/leg_state.def"
#undef LEG_STATE
};

enum leg_what {
    LEG_DO_PROGRESS,
    LEG_DO_ANSWER,
    LEG_DO_ACK,
    LEG_DO_REFUSE,
    LEG_DO_CANCEL,
    LEG_DO_HANGUP,
    LEG_DO_BYE,
    LEG_DO_OFFER,
    LEG_DO_ASK,
    LEG_DO_REPLY,
    LEG_DO_REOFFER
};

enum leg_report { LEG_UNREPORTED, LEG_REPORTING, LEG_REPORTED };

struct leg {
    struct handle_owner base;
    struct agent *agent;
    struct leg *next, **at; /* in agent->legs */
    nua_handle_t *nh;
    enum leg_state state;
    const struct leg_events *events; /* NULL: nobody listens */
    void *owner;

    enum leg_report report;
    struct clock_timer *telling; /* runs while LEG_REPORTING */
    enum leg_end how;
    int end_status;
    char end_reason[96];
    struct clock_timer *deadline;         /* the stack's last messages take no longer */
    char *bye_reason;                     /* for the BYE of a leg that is LEAVING; NULL: none; owned */
    char *warning;                        /* for a refusal; NULL: none; owned */
    struct kept_invite *invite;           /* of an incoming leg, else NULL; owned (leg_invite.c) */
    nua_saved_event_t reoffer[1];         /* the request that awaits leg_reoffer_answer() */
    unsigned max_forwards, retry_after_s; /* of the INVITE; of its final answer */
    char contact[LISTEN_URL_MAX];         /* ours, as this peer is to know it; "": the stack's own */
    struct leg_order *order;     /* of a call through a trunk: what its INVITE says, to be said again; else NULL */
    struct leg_account *account; /* of a call with a trunk, whose carrier may ask for it; owned (leg_challenge.c) */
    char *forwards_to;           /* the user part of its Contact, when it was 3xx; owned */
    char *call_id, *our_tag, *their_tag;    /* of the dialog, "" as long as unknown; owned */
    struct referral *referral;              /* a REFER of the phone that is being carried out */
    char *sdp;                              /* what we said last in this dialog; owned */
    char *hop;                              /* where its requests are sent, whatever the URI; NULL: there; owned */
    bool can_update, can_refer, takes_info; /* they allow UPDATE and REFER, and take digits by INFO */
    struct {                                /* what we ask for in the dialog (leg_offer.c) */
        bool offer, refresh, updating;
        char *identity; /* headers; owned */
        struct clock_timer *again;
    } wish;
    struct info_digits *info; /* digits to be sent by INFO (leg_info.c); owned */
    struct {                  /* our REFER (leg_put.c) */
        bool asked, taken;
        struct clock_timer *silence;
    } put;
    struct { /* RFC 4028 (leg_session.c) */
        unsigned interval_s;
        struct clock_timer *refresh, *limit;
    } session;
};

struct leg *leg_new(struct agent *a, nua_handle_t *nh, enum leg_state state);
/* false, and nothing changed, when the table has no such row. */
bool leg_move(struct leg *leg, enum leg_what what);
/* The end has come: on_ended follows at the next turn of the loop, for the first report only. */
void leg_finish(struct leg *leg, enum leg_end how, int status, const char *reason);
/* The owner's callbacks, or NULL when it is not to be called any more. */
const struct leg_events *leg_listener(const struct leg *leg);
/* Is the end reported and the owner silent? Then this many ms later the leg goes, whatever the far end does. */
void leg_close(struct leg *leg);

/* leg_invite.c: the INVITE of an incoming leg. Shrunk soon after the call is up: what was read of it before is gone. */
void leg_keep_invite(struct leg *leg, msg_t *msg); /* takes over the reference */
void leg_shrink_invite(struct leg *leg);
void leg_forget_invite(struct leg *leg);
const sip_t *leg_invite(const struct leg *leg); /* NULL: an outgoing one, or no memory */

void leg_go_by(struct leg *leg, const char *hop); /* its requests are sent there */
/* The SDP of a message in out, NUL-terminated; NULL when there is none. */
const char *leg_sdp(const sip_t *sip, struct sbuf *out);

/* Calls through trunks (leg_trunk.c). */
void leg_trunk_start(struct leg *leg, const char *uri, const struct leg_dial *d);
/* true: the answer was a challenge, and the call has been begun again with credentials. */
bool leg_trunk_answered(const struct agent_event *ev);
void leg_order_free(struct leg *leg);

/* A display name in quotes with a blank behind. */
void leg_add_quoted(struct sbuf *out, const char *name);
/* Remembers what we have said, for a refresh. NULL changes nothing. */
void leg_keep_sdp(struct leg *leg, const char *sdp);
/* Remembers what the phone says it can do. */
void leg_note_allow(struct leg *leg, const sip_t *sip);
/* Sends what is wished for, when the leg is free to ask. */
void leg_wish_go(struct leg *leg);
void leg_wish_end(struct leg *leg);
/* "Ann" <sip:ann@server> */
void leg_write_name_addr(const struct agent *a, const struct leg_identity *who, struct sbuf *out);
/* P-Asserted-Identity and Remote-Party-ID, or Privacy, as lines of a message without their last CRLF. */
void leg_write_identity(const struct agent *a, const struct leg_identity *who, struct sbuf *out);

/* How the phone is to ring and to answer, as further such lines behind others (leg_alert.c). alert may be NULL. */
void leg_write_alert(const struct agent *a, const struct leg_alert *alert, struct sbuf *out);

/* The interval begins (afresh): theirs is their request (asked) or their answer. */
void leg_session_agree(struct leg *leg, const sip_t *theirs, bool asked);
void leg_session_stop(struct leg *leg);
void leg_session_over(struct leg *leg); /* nobody refreshed: BYE */

/* Remembers Call-ID and tags. */
void leg_note_dialog(struct leg *leg, const sip_t *sip);
void leg_referral_gone(struct leg *leg);
/* Frees the leg when nothing holds it: the stack is done, the owner told, no referral open. */
void leg_check_gone(struct leg *leg);

/* Events of the stack. The leg may be freed when one returns. */
void leg_on_invite(struct agent *a, const struct agent_event *ev); /* a new call */
void leg_on_reoffer(const struct agent_event *ev);
void leg_on_ack(const struct agent_event *ev);
void leg_on_cancel(const struct agent_event *ev);
void leg_on_bye(const struct agent_event *ev);
void leg_on_response(const struct agent_event *ev);
void leg_on_reanswer(const struct agent_event *ev);
void leg_on_update_answer(const struct agent_event *ev);
void leg_on_refer(const struct agent_event *ev);
void leg_put_end(struct leg *leg);
void leg_on_put_answer(const struct agent_event *ev);
void leg_on_put_notify(const struct agent_event *ev);
void leg_on_notified(const struct agent_event *ev);
void leg_on_error(const struct agent_event *ev);
void leg_on_state(const struct agent_event *ev);
void leg_on_terminated(const struct agent_event *ev);
/* The last resort of a shutdown: frees the leg without another message awaited. */
void leg_abandon(struct leg *leg);

#endif
