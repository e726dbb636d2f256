/* What the files of the trunk share. Loop thread. Private to sipfront/sip. */
#ifndef SIPFRONT_SIP_TRUNK_INNER_H
#define SIPFRONT_SIP_TRUNK_INNER_H

#include "sipfront/sip/agent_inner.h"
#include "sipfront/sip/certificate.h"
#include "sipfront/sip/challenge.h"
#include "sipfront/sip/trunk_resolve.h"

enum reach { REACH_UNKNOWN, REACH_UP, REACH_DOWN };

/* A target with what is known of it. */
struct trunk_peer {
    struct trunk_target target;
    enum reach reach;
    int64_t resting_until_ms; /* monotonic: it asked to be left alone */
};

/* A request outside of any dialog, and its end: an answer, or the time is over. At most one of each kind a trunk. */
struct trunk_request {
    struct handle_owner base;
    struct trunk *trunk; /* NULL: it is free */
    nua_handle_t *nh;
    struct clock_timer *late;
    void (*over)(struct trunk *t, int status, const sip_t *answer); /* status 408 when no answer came */
};

enum { REG_TARGETS = 8 };

enum registering { REG_OFF, REG_TRYING, REG_DONE, REG_FAILED };

struct trunk {
    struct agent *agent;
    struct trunk *next; /* the agent's */
    char *name, *domain, *user, *auth_user, *password, *fault;
    enum trunk_transport transport;
    struct trunk_gateway *gateways; /* their hosts are owned */
    unsigned ngateways;
    struct network *sources;
    unsigned nsources;
    bool registers;
    int64_t expires_ms, ping_ms, patience_ms;

    struct resolution *resolution;
    struct clock_timer *again; /* of the resolution */
    unsigned misses;           /* of the resolution, in a row */
    char lookup_why[160];      /* what the last one lacked */
    struct trunk_peer *peers;
    unsigned npeers;

    struct trunk_request ping;
    struct clock_timer *next_ping;
    unsigned pinged; /* the peer that is being asked, or was last */

    struct trunk_request reg;
    struct clock_timer *next_reg;
    enum registering registering;
    char call_id[40], tag[20];
    uint32_t cseq;
    struct trunk_target reg_targets[REG_TARGETS]; /* in the order in which they are tried */
    unsigned nreg_targets, reg_target;
    unsigned reg_failures; /* in a row */
    bool testing;          /* a refresh waits for the registration */
    bool probing;          /* a refresh waits for OPTIONS, also where there is no ping */
    unsigned reg_answers;  /* challenges answered in this try */
    int64_t reg_expires_ms;
    int64_t registered_until_ms; /* wall */
    char *service_route;         /* the carrier's, as long as it holds the registration; owned, NULL: none */
    char reg_why[160];
    char tls_why[160]; /* the last connection came to nothing because of this; "" */
};

/* Sends it; over() comes once, later, unless trunk_request_stop() comes first. */
struct trunk_ask {
    const char *method, *uri;
    const struct trunk_target *target;
    const char *header; /* another header line, NULL none */
    int64_t expires_s;  /* of a REGISTER, -1 without a Contact */
    int64_t patience_ms;
};
void trunk_request_start(struct trunk *t, struct trunk_request *rq, const struct trunk_ask *ask,
                         void (*over)(struct trunk *t, int status, const sip_t *answer));
void trunk_request_stop(struct trunk_request *rq);

void trunk_ping_start(struct trunk *t);
void trunk_ping_stop(struct trunk *t);
void trunk_register_start(struct trunk *t);
void trunk_register_stop(struct trunk *t); /* what the carrier holds runs out by itself */

/* As trunk_targets(), of those peers. */
unsigned trunk_order(const struct trunk_peer *peers, unsigned n, int64_t now_ms, struct trunk_target *out,
                     unsigned most);

/* Before the stack stops: every request's handle goes. */
void trunks_stop(struct agent *a);
void trunks_free(struct agent *a);
/* The trunk that a new INVITE comes from, NULL for a phone. */
struct trunk *trunk_of_request(struct agent *a, const sip_t *sip);
/* Is that the address of a gateway, or among the sources, of any trunk? */
bool trunks_are_at(const struct agent *a, const struct network *address);
/* Of which names the certificate of whom we connect to must be (a certificate_expectation): the domain and the
 * gateways' hosts of each TLS trunk that has a gateway there. */
unsigned trunks_expected(const struct sockaddr *peer, const char *names[CERTIFICATE_NAMES], void *agent);
void trunks_refused(const struct sockaddr *peer, const char *why, void *agent);
/* The same with those who are called by URIs; a trunk's names go first. */
unsigned uri_peers_expected(const struct sockaddr *peer, const char *names[CERTIFICATE_NAMES], void *agent);
void uri_peers_refused(const struct sockaddr *peer, const char *why, void *agent);
/* Who calls, as a trusted carrier says it: P-Asserted-Identity, else From; "" when the caller wants to be unknown. */
void trunk_read_caller(const sip_t *sip, char *user, size_t cap);

#endif
