/* A trunk's life, and where it is. Its requests are in trunk_request.c. */
#include "sipfront/sip/trunk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "sipfront/sip/trunk_inner.h"
#include "vm/base/log.h"

enum { AGAIN_LEAST_S = 20, AGAIN_MISSED_S = 5, AGAIN_MOST_S = 120 };

static const char *const transport_names[] = { [TRUNK_UDP] = "udp", [TRUNK_TCP] = "tcp", [TRUNK_TLS] = "tls" };

static char *copy(const char *s)
{
    char *p = strdup(s ? s : "");
    if (!p)
        abort();
    return p;
}

/* ---- where its gateways are ---- */

static struct trunk_peer *peer_like(struct trunk_peer *peers, unsigned n, const struct trunk_target *t)
{
    for (unsigned i = 0; i < n; i++)
        if (peers[i].target.port == t->port && peers[i].target.transport == t->transport &&
            strcmp(peers[i].target.address, t->address) == 0)
            return &peers[i];
    return NULL;
}

/* What is known of a target outlives the lookup that found it again. */
static void take_targets(struct trunk *t, const struct resolved *found)
{
    struct trunk_peer *fresh = calloc(found->count, sizeof *fresh);
    if (!fresh)
        abort();
    for (unsigned i = 0; i < found->count; i++) {
        const struct trunk_peer *old = peer_like(t->peers, t->npeers, &found->targets[i]);
        if (old)
            fresh[i] = *old;
        fresh[i].target = found->targets[i];
    }
    free(t->peers);
    t->peers = fresh;
    t->npeers = found->count;
}

static void look_up(void *owner);

static void on_resolved(const struct resolved *found, void *owner)
{
    struct trunk *t = owner;
    bool first = t->npeers == 0;
    int64_t wait_s = found->ttl_s > AGAIN_LEAST_S ? found->ttl_s : AGAIN_LEAST_S;
    t->resolution = NULL;
    if (strcmp(t->lookup_why, found->why) != 0 && found->why[0])
        log_warn("trunk", "%s: %s", t->name, found->why);
    snprintf(t->lookup_why, sizeof t->lookup_why, "%s", found->why);
    t->misses = found->why[0] ? t->misses + 1 : 0;
    if (found->count)
        take_targets(t, found);
    if (t->misses)
        wait_s = t->misses < 5 ? AGAIN_MISSED_S << t->misses : AGAIN_MOST_S;
    if (t->misses || found->ttl_s)
        t->again = clock_start(t->agent->clock, wait_s * 1000, look_up, t);
    if ((first || t->probing) && t->npeers)
        trunk_ping_start(t);
    if ((first || t->testing) && t->npeers)
        trunk_register_start(t);
}

static void look_up(void *owner)
{
    struct trunk *t = owner;
    struct resolve_order o = { .gateways = t->gateways,
                               .count = t->ngateways,
                               .transport = t->transport,
                               .v4 = agent_listens_in(t->agent, false),
                               .v6 = agent_listens_in(t->agent, true),
                               .tls = t->agent->tls != NULL };
    t->again = NULL;
    t->resolution = resolution_start(t->agent->resolver, t->agent->clock, &o, on_resolved, t);
}

void trunk_refresh(struct trunk *t)
{
    if (t->fault[0])
        return;
    clock_stop(t->agent->clock, &t->again);
    resolution_stop(&t->resolution);
    t->testing = t->registers;
    t->probing = true;
    for (unsigned i = 0; i < t->npeers; i++)
        t->peers[i].reach = REACH_UNKNOWN;
    look_up(t);
}

bool trunk_is_settled(const struct trunk *t)
{
    if (t->fault[0] || (!t->npeers && !t->resolution))
        return true;
    for (unsigned i = 0; i < t->npeers; i++)
        if (t->peers[i].reach == REACH_UNKNOWN)
            return false;
    return !t->resolution && !t->testing;
}

/* ---- life ---- */

static void copy_lists(struct trunk *t, const struct trunk_params *p)
{
    t->gateways = calloc(p->ngateways ? p->ngateways : 1, sizeof *t->gateways);
    t->sources = calloc(p->nsources ? p->nsources : 1, sizeof *t->sources);
    if (!t->gateways || !t->sources)
        abort();
    for (unsigned i = 0; i < p->ngateways; i++) {
        t->gateways[i] = p->gateways[i];
        t->gateways[i].host = copy(p->gateways[i].host);
    }
    for (unsigned i = 0; i < p->nsources; i++)
        t->sources[i] = p->sources[i];
    t->ngateways = p->ngateways;
    t->nsources = p->nsources;
}

static void make_ids(struct trunk *t)
{
    unsigned char random[24];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        abort();
    for (size_t i = 0; i < 16; i++)
        snprintf(t->call_id + 2 * i, 3, "%02x", random[i]);
    for (size_t i = 0; i < 8; i++)
        snprintf(t->tag + 2 * i, 3, "%02x", random[16 + i]);
}

enum err trunk_new(struct trunk **out, struct agent *a, const struct trunk_params *p)
{
    struct trunk *t = calloc(1, sizeof *t);
    *out = NULL;
    if (!t)
        return ERR_NOMEM;
    t->agent = a;
    t->name = copy(p->name);
    t->domain = copy(p->domain && *p->domain ? p->domain : p->ngateways ? p->gateways[0].host : "");
    t->user = copy(p->user);
    t->auth_user = copy(p->auth_user && *p->auth_user ? p->auth_user : p->user);
    t->password = copy(p->password);
    t->transport = p->transport;
    t->fault =
        copy(!*p->fault && t->transport == TRUNK_TLS && !a->tls ? "TLS is off: start flowd with --tls-cert" : p->fault);
    t->registers = p->registers;
    t->expires_ms = t->reg_expires_ms = p->expires_ms;
    t->ping_ms = p->ping_ms;
    t->patience_ms = p->patience_ms;
    copy_lists(t, p);
    make_ids(t);
    t->next = a->trunks;
    a->trunks = t;
    if (!t->fault[0])
        look_up(t);
    *out = t;
    return ERR_OK;
}

static void stop(struct trunk *t)
{
    clock_stop(t->agent->clock, &t->again);
    resolution_stop(&t->resolution);
    trunk_ping_stop(t);
    trunk_register_stop(t);
}

void trunk_free(struct trunk **out)
{
    struct trunk *t = *out, **at;
    *out = NULL;
    if (!t)
        return;
    stop(t);
    for (at = &t->agent->trunks; *at != t;)
        at = &(*at)->next;
    *at = t->next;
    for (unsigned i = 0; i < t->ngateways; i++)
        free((char *)(uintptr_t)t->gateways[i].host);
    explicit_bzero(t->password, strlen(t->password));
    char *texts[] = { t->name, t->domain, t->user, t->auth_user, t->password, t->fault, t->service_route };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    free(t->gateways);
    free(t->sources);
    free(t->peers);
    free(t);
}

void trunks_stop(struct agent *a)
{
    for (struct trunk *t = a->trunks; t; t = t->next)
        stop(t);
}

void trunks_free(struct agent *a)
{
    while (a->trunks) {
        struct trunk *t = a->trunks;
        trunk_free(&t);
    }
}

struct trunk *trunk_find(const struct agent *a, const char *name)
{
    struct trunk *t = a->trunks;
    while (t && strcmp(t->name, name) != 0)
        t = t->next;
    return t;
}

const char *trunk_name(const struct trunk *t) { return t->name; }
const char *trunk_domain(const struct trunk *t) { return t->domain; }
const char *trunk_route(const struct trunk *t) { return t->service_route; }

void trunk_hop(const struct trunk_target *target, struct sbuf *out)
{
    bool v6 = strchr(target->address, ':') != NULL;
    sbuf_fmt(out, v6 ? "sip:[%s]:%u;transport=%s" : "sip:%s:%u;transport=%s", target->address, target->port,
             transport_names[target->transport]);
}

void trunk_uri(const struct trunk *t, const char *user, struct sbuf *out)
{
    bool v6 = strchr(t->domain, ':') != NULL;
    sbuf_cstr(out, "sip:");
    if (*user)
        sbuf_fmt(out, "%s@", user);
    sbuf_fmt(out, v6 ? "[%s]" : "%s", t->domain);
    if (t->transport == TRUNK_TCP || t->transport == TRUNK_TLS)
        sbuf_fmt(out, ";transport=%s", transport_names[t->transport]);
}
