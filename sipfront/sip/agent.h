/* The SIP user agent of the server: one sofia nua, its registrar and its legs. Loop thread. It knows SIP and nothing of
 * flows, media or the database: what it needs of them comes through struct agent_port. */
#ifndef SIPFRONT_SIP_AGENT_H
#define SIPFRONT_SIP_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sipfront/loop/loop.h"
#include "sipfront/sip/leg.h"
#include "sipfront/sip/listen.h"
#include "vm/base/network.h"

struct agent;

/* What the verifier and registrar may know of a Connection. Digests are lower-case hex, "" when there is no password.
 */
struct sip_account {
    char ha1_md5[33];
    char ha1_sha256[65];
    unsigned max_bindings; /* 0: as many as the server takes */
    bool may_register;     /* false: virtual, or no password */
    bool sha256_first;     /* challenge SHA-256, then MD5; the default is MD5 alone, for phones that know no other */
};

/* One registered contact of a Connection (RFC 3261 §10). Texts are borrowed. */
struct sip_binding {
    const char *user;
    const char *contact;  /* the URI as registered */
    const char *instance; /* +sip.instance, "" when none (RFC 5626) */
    int reg_id;
    const char *received; /* the URI of where the request came from, fit for leg_dial.next_hop (RFC 3581, 5626) */
    const char *path;     /* routes to the contact (RFC 3327), "" when none */
    const char *call_id;
    uint32_t cseq;
    double q;
    int64_t expires_wall_ms;
    const char *agent; /* User-Agent */
};

/* What the message lamp shows (RFC 3842): messages not yet heard and heard; the urgent ones are among them. */
struct sip_waiting {
    unsigned fresh, old, urgent_fresh, urgent_old;
};

/* Networks as the operator gave them. Borrowed. */
struct sip_networks {
    const struct network *items;
    size_t len;
};

/* Whom the guard does not answer (guard.h). Texts are borrowed. */
struct sip_ban {
    struct network source; /* bits 0 with a user: from anywhere */
    const char *user;      /* "" for all users of the source */
    bool by_hand;
    int64_t until_wall_ms; /* 0: until it is removed */
    uint64_t refused;      /* requests since it began */
};

/* A dialog of a user, for busy lamps (RFC 4235). */
struct leg;
struct sip_dialog {
    const char *id;             /* unique among the user's */
    bool initiator;             /* the user calls; else is called */
    const char *state;          /* trying, early, confirmed */
    const char *far, *far_name; /* the other end, "" when withheld */
    const struct leg *leg;      /* by which it can be picked up, or NULL */
};

struct agent_port {
    /* false when there is no such SIP user. */
    bool (*account)(void *owner, const char *user, struct sip_account *out);
    /* A binding was added or refreshed (gone = false), or removed or expired (gone = true): to be stored. */
    void (*bound)(void *owner, const struct sip_binding *b, bool gone);
    /* A new call, authenticated. The leg's owner from now on; leg_listen() first, then leg_reject() or the rest. */
    void (*invited)(void *owner, struct leg *leg, const struct leg_invite *invite);
    /* Tells each dialog of the user; false when there is no such Connection. May be NULL. */
    bool (*dialogs)(void *owner, const char *user, void (*each)(const struct sip_dialog *d, void *arg), void *arg);
    /* false when that user has no mailbox. May be NULL: nobody has one. */
    bool (*waiting)(void *owner, const char *user, struct sip_waiting *out);
    void *owner;
    /* A source was banned, or its ban removed: to be stored. May be NULL. Bans of users are not told: they are short.
     */
    void (*banned)(void *owner, const struct sip_ban *ban, bool gone);
};

struct agent_params {
    const char *listen; /* address to bind, "127.0.0.1" */
    uint16_t port;      /* 0: any, see agent_port_number() */
    const char *realm;  /* fixed: stored digests hold it */
    const char *user_agent;
    uint32_t min_expires_s, max_expires_s; /* 0: 60 and 3600 */
    const char *resolv_conf;               /* which name servers trunks ask; NULL: the system's */
    struct sip_networks never_banned;
    const struct sip_listen *more; /* besides listen and port, which serve UDP and TCP */
    unsigned nmore;
    const char *tls_cert, *tls_key; /* PEM files, needed for "tls"; NULL: none */
    const char *ca_file;            /* PEM: who may sign the certificates of gateways; NULL: the system's */
    const char *advertise;          /* our address to whom is not in local_nets; NULL: what we listen at */
    struct sip_networks local_nets;
    struct sbuf *why;                  /* for people, when agent_new() fails; may be NULL */
    uint32_t session_s, min_session_s; /* of session timers (RFC 4028); 0: 1800 and 90 */
    uint32_t put_silence_s; /* how long a phone may say nothing of the call that it was asked to make; 0: 40 */
};

enum err agent_new(struct agent **out, struct loop *l, const struct agent_params *params,
                   const struct agent_port *port) MUST_USE;
/* Starts an orderly shutdown: legs are hung up, then done(arg) comes, within 5 s at most. */
void agent_shutdown(struct agent *a, void (*done)(void *arg), void *arg);
void agent_free(struct agent **a); /* after done */
uint16_t agent_port_number(const struct agent *a);
/* Our address as the peer behind that URI ("sip:192.0.2.1:5060;transport=udp", or "192.0.2.1:5060") is to know it, for
 * SDP. */
void agent_address_toward(const struct agent *a, const char *uri, char out[NETWORK_TEXT]);
/* A certificate read by certificate_load() takes the place of the one in use. */
struct certificate;
void agent_use_certificate(struct agent *a, struct certificate *m);
/* The server's address as others are told (Contact, SDP). */
const char *agent_address(const struct agent *a);

/* At start, before any request: a binding read from the directory. Expired ones are ignored. */
void agent_restore_binding(struct agent *a, const struct sip_binding *b);
/* How many live bindings the user has, and the i-th of them (borrowed until the next event). */
unsigned agent_bindings(const struct agent *a, const char *user);
bool agent_binding(const struct agent *a, const char *user, unsigned i, struct sip_binding *out);
/* All bindings of all users, for listings. */
void agent_each_binding(const struct agent *a, void (*each)(const struct sip_binding *b, void *arg), void *arg);
/* The Connection was removed or its password changed: its bindings go. */
void agent_forget(struct agent *a, const char *user);

/* Bans a source until then (0: until it is removed); ERR_LIMIT when there are too many made by hand. */
enum err agent_ban(struct agent *a, const struct network *source, int64_t until_wall_ms) MUST_USE;
/* At start: a ban read from the directory. */
void agent_restore_ban(struct agent *a, const struct sip_ban *ban);
/* Removes all bans of that source, or of that user; false when there was none. */
bool agent_unban(struct agent *a, const struct network *source);
bool agent_unban_user(struct agent *a, const char *user);
void agent_each_ban(const struct agent *a, void (*each)(const struct sip_ban *ban, void *arg), void *arg);

/* HA1 = H(user:realm:password) as stored (RFC 7616 §3.4.2). */
void digest_ha1(const char *user, const char *realm, const char *password, struct sip_account *out);

#endif
