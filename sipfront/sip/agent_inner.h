/* What the files of the agent share: the agent itself, and a sofia event as one object. Loop thread. Private to
 * sipfront/sip. */
#ifndef SIPFRONT_SIP_AGENT_INNER_H
#define SIPFRONT_SIP_AGENT_INNER_H

#include <sofia-sip/nta.h>
#include <sofia-sip/nua.h>
#include <sofia-sip/sip.h>

#include "sipfront/sip/agent.h"
#include "sipfront/sip/bindings.h"
#include "sipfront/sip/digest.h"

struct subscription;
struct lamp;

#define AGENT_METHODS "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, INFO, UPDATE, PRACK, SUBSCRIBE, REFER, NOTIFY"

enum { SIP_USER_MAX = 128, SIP_SOURCE_MAX = 80 };

enum agent_state { AGENT_RUNNING, AGENT_HANGING_UP, AGENT_STOPPING, AGENT_STOPPED };

/* RFC 4594 §4.2 has signalling in CS5; what phones and switches are set to is CS3. */
enum { DSCP_CS3 = 24 << 2 };

/* What our requests say in Supported; those that tell the way of a forwarded call say more (RFC 7044). */
#define EXTENSIONS         "timer, 100rel, replaces"
#define EXTENSIONS_HISTORY EXTENSIONS ", histinfo"

struct agent {
    struct loop *loop;
    const struct clock *clock;
    struct agent_port port;
    enum agent_state state;
    nua_t *nua;
    nta_agent_t *inner; /* of nua */
    struct digest *digest;
    struct bindings *bindings;
    struct resolver *resolver; /* NULL: names are not found */
    struct trunk *trunks;
    struct uri_peer *uri_peers;             /* who is called by URIs (uri_peer.c) */
    struct sip_listen listens[SIP_LISTENS]; /* the first is where it was told to listen */
    unsigned nlistens;
    struct network *local_nets;
    unsigned nlocal_nets;
    char advertise[NETWORK_TEXT];
    struct certificates *tls; /* NULL: no listener for TLS */
    struct guard *guard;
    struct front *front;
    uint64_t refused_for_load; /* new calls answered 503 */
    struct leg *legs;          /* all that live, in no order */
    uint64_t over[64];         /* the dialogs that have ended last (leg_replaces.c) */
    unsigned nover;
    struct subscription *subscriptions;
    struct lamp *lamps; /* NOTIFYs on their way to phones that have not subscribed */
    char *realm, *user_agent;
    uint32_t min_expires_s, max_expires_s, session_s, min_session_s, put_silence_s;
    char address[64];
    uint16_t port_number;
    struct clock_timer *deadline; /* of the shutdown */
    void (*done)(void *arg);
    void *done_arg;
};

struct agent_event;

/* Whoever has bound a handle of the stack has this as its first member, and hears of the handle's events. It may be
 * freed when on_event() returns. */
struct handle_owner {
    void (*on_event)(struct agent *a, const struct agent_event *ev);
};

/* One call of nua's callback. */
struct agent_event {
    nua_event_t kind;
    int status;
    const char *phrase;
    nua_handle_t *nh;
    struct handle_owner *owner; /* NULL: the handle is new, or nobody's */
    struct leg *leg;            /* the same, where a leg handles the event */
    const sip_t *sip;           /* NULL when the stack made the event */
    tagi_t *tags;
};

/* The address of a user here, as phones are told it: "sip:ann@192.0.2.1:5061", whatever has to be escaped escaped. */
void agent_write_uri(const struct agent *a, const char *user, struct sbuf *out);
/* A user part, with what must be escaped escaped (RFC 3261 §25.1). */
void uri_add_escaped(struct sbuf *out, const char *user);

/* Says what this agent can do, in a dialog or outside. */
void agent_on_options(struct agent *a, const struct agent_event *ev);

enum { LISTEN_URL_MAX = 128 };
void listen_url(const struct sip_listen *l, char out[LISTEN_URL_MAX]);
/* Asked before the stack is made, which leaks when it cannot bind. */
bool listen_can_bind(const struct sip_listen *l);
/* Between these two the agent's stack is made, and its inner agent seen. */
void listen_begin(struct agent *a);
void listen_end(void);
bool listen_add_others(struct agent *a);
/* "<sip:192.0.2.10:5061;transport=tls>", for requests and answers to the peer behind that URI. */
void agent_contact_toward(const struct agent *a, const char *uri, char out[LISTEN_URL_MAX]);
/* The address in "sip:192.0.2.1:5060;transport=udp" or "192.0.2.1:5060". */
bool address_in_uri(const char *uri, struct network *out);

enum err agent_open_guard(struct agent *a, const struct sip_networks *allowed) MUST_USE;
/* Does it listen, and so send, at an address of that family? */
bool agent_listens_in(const struct agent *a, bool v6);
/* Is that one of the addresses (numeric) and ports by which the agent is reached? */
bool agent_is_at(const struct agent *a, const char *address, uint16_t port);
/* Is that port, of any of its addresses, the agent's? */
bool agent_listens_at(const struct agent *a, uint16_t port);

/* A leg has been freed. */
void agent_leg_gone(struct agent *a);

#endif
