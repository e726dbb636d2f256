#define SRES_CONTEXT_T struct question

#include "sipfront/sip/trunk_resolve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/sresolv.h>
#include <sofia-sip/su.h>

#include "vm/base/vec.h"

enum { MOST_TARGETS = 32, MOST_TTL = 3600 };

struct resolver {
    sres_resolver_t *sres;
};

/* One query on its way: what it is for, and what its answers inherit. */
struct question {
    struct resolution *of;
    struct question *next;
    const struct trunk_gateway *gateway;
    sres_query_t *query;
    void (*answered)(struct question *q, sres_record_t **records);
    enum trunk_transport transport; /* TRUNK_AUTO while that is still to be found */
    unsigned guess;                 /* then: which of the usual names is being asked */
    uint64_t rank;
    unsigned weight;
    uint16_t port;
    bool v6; /* of addresses: which are asked for */
    char name[256];
};

struct resolution {
    struct resolver *r;
    const struct clock *clock;
    struct resolve_order order;
    struct question *questions;
    struct clock_timer *telling; /* the end is told from the loop */
    VEC(struct trunk_target) targets;
    uint32_t ttl_s;
    char why[160];
    void (*done)(const struct resolved *found, void *owner);
    void *owner;
};

/* TRUNK_AUTO: who says nothing of transports has UDP (RFC 3263 §4.1). */
static const struct {
    const char *srv, *naptr;
    uint16_t port;
    enum trunk_transport is;
} transports[] = {
    [TRUNK_UDP] = { "_sip._udp.", "SIP+D2U", 5060, TRUNK_UDP },
    [TRUNK_TCP] = { "_sip._tcp.", "SIP+D2T", 5060, TRUNK_TCP },
    [TRUNK_TLS] = { "_sips._tcp.", "SIPS+D2T", 5061, TRUNK_TLS },
    [TRUNK_AUTO] = { NULL, NULL, 5060, TRUNK_UDP },
};
/* Whose SRV records are asked for, one after another, where there is no NAPTR record. */
static const enum trunk_transport guesses[] = { TRUNK_TLS, TRUNK_TCP, TRUNK_UDP };
enum { GUESSES = sizeof guesses / sizeof *guesses };

struct resolver *resolver_new(su_root_t *root, const char *conf)
{
    struct resolver *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->sres = sres_resolver_create(root, conf, TAG_END());
    if (!r->sres) {
        free(r);
        return NULL;
    }
    return r;
}

void resolver_free(struct resolver **r)
{
    if (!*r)
        return;
    sres_resolver_destroy((*r)->sres);
    free(*r);
    *r = NULL;
}

/* ---- the end ---- */

static void tell(void *owner)
{
    struct resolution *of = owner;
    struct resolved found = { of->targets.items, (unsigned)of->targets.len, of->ttl_s, of->why };
    void (*done)(const struct resolved *found, void *owner) = of->done;
    void *who = of->owner;
    of->telling = NULL;
    done(&found, who);
    resolution_stop(&of);
}

static void check_done(struct resolution *of)
{
    if (!of->questions && !of->telling)
        of->telling = clock_start(of->clock, 0, tell, of);
}

void resolution_stop(struct resolution **out)
{
    struct resolution *of = *out;
    *out = NULL;
    if (!of)
        return;
    clock_stop(of->clock, &of->telling);
    while (of->questions) {
        struct question *q = of->questions;
        of->questions = q->next;
        sres_query_bind(q->query, NULL, NULL);
        free(q);
    }
    vec_free(&of->targets);
    free(of);
}

/* ---- asking ---- */

static void complain(struct resolution *of, const char *name, const char *what)
{
    if (!of->why[0])
        snprintf(of->why, sizeof of->why, "%.80s: %s", name, what);
}

static void forget(struct question *q)
{
    struct question **at = &q->of->questions;
    while (*at != q)
        at = &(*at)->next;
    *at = q->next;
    free(q);
}

static void on_answer(struct question *q, sres_query_t *query, sres_record_t **records)
{
    struct resolution *of = q->of;
    (void)query;
    q->query = NULL;
    sres_sort_answers(of->r->sres, records);
    q->answered(q, records);
    sres_free_answers(of->r->sres, records);
    forget(q);
    check_done(of);
}

static void ask(const struct question *like, uint16_t type, const char *name,
                void (*answered)(struct question *q, sres_record_t **records))
{
    struct resolution *of = like->of;
    struct question *q = malloc(sizeof *q);
    if (!q)
        abort();
    *q = *like;
    q->answered = answered;
    snprintf(q->name, sizeof q->name, "%s", name);
    q->query = of->r ? sres_query(of->r->sres, on_answer, q, type, q->name) : NULL;
    if (q->query) {
        q->next = of->questions;
        of->questions = q;
        return;
    }
    complain(of, name, "no name server can be asked");
    free(q);
}

static void note_ttl(struct resolution *of, uint32_t ttl)
{
    if (ttl > MOST_TTL)
        ttl = MOST_TTL;
    if (!of->ttl_s || ttl < of->ttl_s)
        of->ttl_s = ttl ? ttl : 1;
}

static void add_target(const struct question *q, const char *address)
{
    struct resolution *of = q->of;
    struct trunk_target t = { .port = q->port ? q->port : transports[q->transport].port,
                              .transport = transports[q->transport].is,
                              .rank = q->rank,
                              .weight = q->weight };
    if (of->targets.len >= MOST_TARGETS)
        return;
    snprintf(t.address, sizeof t.address, "%s", address);
    vec_push(&of->targets, t);
}

/* Why a name gave nothing, from the first record: the resolver puts its errors there. */
static void complain_of(struct question *q, sres_record_t **records)
{
    int status = records && records[0] ? records[0]->sr_record->r_status : SRES_TIMEOUT_ERR;
    complain(q->of, q->name,
             status == SRES_NAME_ERR     ? "there is no such name"
             : status == SRES_RECORD_ERR ? "the name has no address"
             : status == SRES_OK         ? "the name has no address"
                                         : "the name servers do not answer");
}

/* Nobody answered: a further question would wait as long for the same. */
static bool is_silence(sres_record_t **records)
{
    int status = records && records[0] ? records[0]->sr_record->r_status : SRES_TIMEOUT_ERR;
    return status == SRES_TIMEOUT_ERR || status == SRES_NETWORK_ERR;
}

static void on_addresses(struct question *q, sres_record_t **records);

static void ask_family(const struct question *q, const char *name, bool v6)
{
    struct question like = *q;
    like.v6 = v6;
    ask(&like, v6 ? sres_type_aaaa : sres_type_a, name, on_addresses);
}

static void on_addresses(struct question *q, sres_record_t **records)
{
    unsigned n = 0;
    char text[48];
    for (size_t i = 0; records && records[i]; i++) {
        const sres_common_t *c = records[i]->sr_record;
        const void *address = c->r_type == sres_type_a ? (const void *)&records[i]->sr_a->a_addr
                                                       : (const void *)&records[i]->sr_aaaa->aaaa_addr;
        bool ours = c->r_type == (q->v6 ? sres_type_aaaa : sres_type_a);
        if (c->r_status || !ours || !su_inet_ntop(q->v6 ? AF_INET6 : AF_INET, address, text, sizeof text))
            continue;
        note_ttl(q->of, c->r_ttl);
        add_target(q, text);
        n++;
    }
    if (!n && !q->v6 && q->of->order.v6 && !is_silence(records))
        ask_family(q, q->name, true);
    else if (!n)
        complain_of(q, records);
}

static void ask_addresses(const struct question *q, const char *name) { ask_family(q, name, !q->of->order.v4); }

static void ask_usual_names(const struct question *q);

/* RFC 2782: the target "." says that the service is not to be had. Without SRV records the name itself is asked. */
static void on_services(struct question *q, sres_record_t **records)
{
    unsigned n = 0;
    for (size_t i = 0; records && records[i]; i++) {
        const sres_srv_record_t *srv = records[i]->sr_srv;
        struct question like = *q;
        if (srv->srv_record->r_status || srv->srv_record->r_type != sres_type_srv || strcmp(srv->srv_target, ".") == 0)
            continue;
        note_ttl(q->of, srv->srv_record->r_ttl);
        like.port = srv->srv_port;
        like.weight = srv->srv_weight;
        like.rank = q->rank + srv->srv_priority;
        if (like.transport == TRUNK_AUTO)
            like.transport = guesses[q->guess];
        ask_addresses(&like, srv->srv_target);
        n++;
    }
    if (is_silence(records)) {
        complain_of(q, records);
    } else if (!n && q->transport == TRUNK_AUTO) {
        q->guess++;
        ask_usual_names(q);
    } else if (!n) {
        ask_addresses(q, q->gateway->host);
    }
}

static bool can_use(const struct resolution *of, enum trunk_transport t) { return t != TRUNK_TLS || of->order.tls; }

/* No record says which service there is: those under the usual names, else the name's own addresses. */
static void ask_usual_names(const struct question *q)
{
    struct question like = *q;
    enum trunk_transport t = q->transport;
    char name[256];
    if (t == TRUNK_AUTO) {
        while (like.guess < GUESSES && !can_use(q->of, guesses[like.guess]))
            like.guess++;
        if (like.guess == GUESSES) {
            ask_addresses(&like, q->gateway->host);
            return;
        }
        t = guesses[like.guess];
    }
    snprintf(name, sizeof name, "%s%s", transports[t].srv, q->gateway->host);
    ask(&like, sres_type_srv, name, on_services);
}

/* The transport of that service, when it is one to be used; else TRUNK_AUTO. */
static enum trunk_transport transport_of(const struct question *q, const char *service)
{
    for (enum trunk_transport t = TRUNK_UDP; t < TRUNK_AUTO; t++)
        if (strcasecmp(transports[t].naptr, service) == 0 && can_use(q->of, t) &&
            (q->transport == TRUNK_AUTO || q->transport == t))
            return t;
    return TRUNK_AUTO;
}

/* The records come by order and preference, and the first that can be used is the carrier's choice (RFC 3263 §4.1).
 * Only that one is followed: whoever can keep us from its service must not bring us to one without encryption. */
static void on_authorities(struct question *q, sres_record_t **records)
{
    for (size_t i = 0; records && records[i]; i++) {
        const sres_naptr_record_t *na = records[i]->sr_naptr;
        struct question like = *q;
        if (na->na_record->r_status || na->na_record->r_type != sres_type_naptr || strcasecmp(na->na_flags, "s") != 0)
            continue;
        like.transport = transport_of(q, na->na_services);
        if (like.transport == TRUNK_AUTO)
            continue;
        note_ttl(q->of, na->na_record->r_ttl);
        ask(&like, sres_type_srv, na->na_replace, on_services);
        return;
    }
    if (is_silence(records))
        complain_of(q, records);
    else
        ask_usual_names(q);
}

static bool is_address(const char *host)
{
    struct network n;
    return network_parse(&n, host) == ERR_OK;
}

/* RFC 3263 §4.2: an address is taken as it is, a name with a port has addresses only; where the transport is to be
 * found it is then UDP. The gateway's priority goes before what SRV says. */
static void begin(struct resolution *of, const struct trunk_gateway *g)
{
    struct question like = { .of = of,
                             .gateway = g,
                             .transport = of->order.transport,
                             .port = g->port,
                             .weight = g->weight,
                             .rank = (uint64_t)g->priority << 16 };
    if (is_address(g->host))
        add_target(&like, g->host);
    else if (g->port)
        ask_addresses(&like, g->host);
    else
        ask(&like, sres_type_naptr, g->host, on_authorities);
}

struct resolution *resolution_start(struct resolver *r, const struct clock *clock, const struct resolve_order *o,
                                    void (*done)(const struct resolved *found, void *owner), void *owner)
{
    struct resolution *of = calloc(1, sizeof *of);
    if (!of)
        abort();
    *of = (struct resolution){ .r = r, .clock = clock, .order = *o, .done = done, .owner = owner };
    for (unsigned i = 0; i < o->count; i++)
        begin(of, &o->gateways[i]);
    check_done(of);
    return of;
}
