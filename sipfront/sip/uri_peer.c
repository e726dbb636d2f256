#include "sipfront/sip/uri_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/su_alloc.h>
#include <sofia-sip/url.h>

#include "sipfront/sip/trunk_inner.h"
#include "vm/base/log.h"

enum { MOST_PLACES = 8, HOST_MAX = 256 };

struct uri_peer {
    struct agent *agent;
    struct uri_peer *next; /* the agent's */
    char host[HOST_MAX];   /* without brackets */
    char user[SIP_USER_MAX];
    uint16_t port; /* 0: not said */
    bool sips;
    enum trunk_transport transport;
    struct trunk_gateway gateway; /* what is looked up: the host and its port */
    struct resolution *resolution;
    struct trunk_target places[MOST_PLACES];
    unsigned nplaces, at; /* at: behind the place that it stands at */
    char why[200];
    void (*found)(void *owner);
    void *owner;
};

/* ---- reading ---- */

/* The host as every reader finds it: right behind the only '@', or behind the scheme (cover_dial() lets no other pass).
 */
static bool host_is_plain(const char *uri, const char *host)
{
    const char *at = strchr(uri, '@');
    const char *from = at ? at + 1 : strchr(uri, ':') + 1;
    size_t n = strlen(host);
    return strncasecmp(from, host, n) == 0 && (from[n] == '\0' || strchr(":;?", from[n])) &&
           !(at && strchr(at + 1, '@'));
}

static bool leads_away(const char *params)
{
    static const char *const away[] = { "maddr", "ttl", "method", "lr" };
    for (size_t i = 0; params && i < sizeof away / sizeof *away; i++)
        if (url_has_param(&(url_t){ .url_params = params }, away[i]))
            return true;
    return false;
}

/* As the URI wants it; TRUNK_AUTO: it says nothing of that. */
static bool read_transport(struct uri_peer *p, const url_t *url)
{
    char text[8] = "";
    p->sips = url->url_type == url_sips;
    p->transport = p->sips ? TRUNK_TLS : TRUNK_AUTO;
    if (!url->url_params || !url_has_param(url, "transport"))
        return true;
    if (url_param(url->url_params, "transport", text, sizeof text) > (isize_t)sizeof text)
        return false;
    if (strcasecmp(text, "tls") == 0)
        p->transport = TRUNK_TLS;
    else if (strcasecmp(text, "tcp") == 0)
        p->transport = p->sips ? TRUNK_TLS : TRUNK_TCP;
    else if (strcasecmp(text, "udp") == 0 && !p->sips)
        p->transport = TRUNK_UDP;
    else
        return false;
    return true;
}

static void read_host(struct uri_peer *p, const url_t *url)
{
    size_t n = strlen(url->url_host);
    bool v6 = *url->url_host == '[' && n > 2;
    snprintf(p->host, sizeof p->host, "%.*s", (int)(v6 ? n - 2 : n), url->url_host + v6);
    p->port = url->url_port ? (uint16_t)strtoul(url->url_port, NULL, 10) : 0;
}

/* NULL: it can be called. */
static const char *read_uri(struct uri_peer *p, const url_t *url, const char *uri)
{
    bool sip = url && (url->url_type == url_sip || url->url_type == url_sips);
    if (!sip || !url->url_host || !*url->url_host || strlen(url->url_host) >= HOST_MAX ||
        !host_is_plain(uri, url->url_host) || (url->url_user && strlen(url->url_user) >= sizeof p->user))
        return "that is no SIP URI that can be called";
    if (url->url_password || url->url_headers || leads_away(url->url_params))
        return "the URI says more than whom to call";
    if (!read_transport(p, url))
        return "the URI's transport is not here";
    if (p->transport == TRUNK_TLS && !p->agent->tls)
        return "TLS is off: start flowd with --tls-cert";
    if (url->url_user)
        url_unescape(p->user, url->url_user);
    read_host(p, url);
    return NULL;
}

enum err uri_peer_new(struct uri_peer **out, struct agent *a, const char *uri, const char **why)
{
    su_home_t *home = su_home_new(sizeof *home);
    struct uri_peer *p = calloc(1, sizeof *p);
    *out = NULL;
    if (!p || !home)
        abort();
    p->agent = a;
    *why = read_uri(p, strpbrk(uri, "\r\n<>\", \\\t") ? NULL : url_make(home, uri), uri);
    su_home_unref(home);
    if (*why) {
        free(p);
        return ERR_INVALID;
    }
    p->next = a->uri_peers;
    a->uri_peers = p;
    *out = p;
    return ERR_OK;
}

void uri_peer_free(struct uri_peer **out)
{
    struct uri_peer *p = *out, **at;
    *out = NULL;
    if (!p)
        return;
    resolution_stop(&p->resolution);
    for (at = &p->agent->uri_peers; *at != p;)
        at = &(*at)->next;
    *at = p->next;
    free(p);
}

/* ---- its places ---- */

static void on_resolved(const struct resolved *found, void *owner)
{
    struct uri_peer *p = owner;
    struct trunk_peer *peers = calloc(found->count + 1, sizeof *peers);
    if (!peers)
        abort();
    for (unsigned i = 0; i < found->count; i++)
        peers[i].target = found->targets[i];
    p->resolution = NULL;
    p->nplaces = trunk_order(peers, found->count, 0, p->places, MOST_PLACES);
    snprintf(p->why, sizeof p->why, "%s", found->count ? "" : found->why);
    free(peers);
    p->found(p->owner);
}

void uri_peer_find(struct uri_peer *p, void (*found)(void *owner), void *owner)
{
    struct resolve_order o = { .gateways = &p->gateway,
                               .count = 1,
                               .transport = p->transport,
                               .v4 = agent_listens_in(p->agent, false),
                               .v6 = agent_listens_in(p->agent, true),
                               .tls = p->agent->tls != NULL };
    p->gateway = (struct trunk_gateway){ .host = p->host, .port = p->port };
    p->found = found;
    p->owner = owner;
    p->resolution = resolution_start(p->agent->resolver, p->agent->clock, &o, on_resolved, p);
}

bool uri_peer_next(struct uri_peer *p)
{
    if (p->at >= p->nplaces)
        return false;
    p->at++;
    p->why[0] = '\0';
    return true;
}

static const struct trunk_target *place(const struct uri_peer *p) { return p->at ? &p->places[p->at - 1] : NULL; }

/* A call of a sips URI goes by such a URI, so that our Contact is one too (RFC 3261 §8.1.1.8). */
void uri_peer_hop(const struct uri_peer *p, struct sbuf *out)
{
    struct sbuf hop = { 0 };
    trunk_hop(place(p), &hop);
    sbuf_fmt(out, "%s%s", p->sips ? "sips" : "sip", hop.p + 3);
    sbuf_free(&hop);
}

bool uri_peer_by_tls(const struct uri_peer *p) { return place(p) && place(p)->transport == TRUNK_TLS; }

bool uri_peer_is_here(const struct uri_peer *p)
{
    return place(p) && agent_is_at(p->agent, place(p)->address, place(p)->port);
}

bool uri_peer_names_us(const struct uri_peer *p)
{
    uint16_t usual = p->transport == TRUNK_TLS ? 5061 : 5060;
    return agent_is_at(p->agent, p->host, p->port ? p->port : usual);
}

const char *uri_peer_user(const struct uri_peer *p) { return p->user; }
const char *uri_peer_why(const struct uri_peer *p) { return p->why; }

/* ---- certificates ---- */

static bool is_called_at(const struct uri_peer *p, const struct sockaddr *peer)
{
    struct network to, n;
    return uri_peer_by_tls(p) && network_of(&to, peer) && network_parse(&n, place(p)->address) == ERR_OK &&
           network_holds(&n, &to);
}

/* Where a trunk has a gateway its names alone count: its calls may go by the connection that is made. */
unsigned uri_peers_expected(const struct sockaddr *peer, const char *names[CERTIFICATE_NAMES], void *agent)
{
    struct agent *a = agent;
    unsigned n = trunks_expected(peer, names, a);
    if (n)
        return n;
    for (const struct uri_peer *p = a->uri_peers; p && n < CERTIFICATE_NAMES; p = p->next)
        if (is_called_at(p, peer))
            names[n++] = p->host;
    return n;
}

void uri_peers_refused(const struct sockaddr *peer, const char *why, void *agent)
{
    struct agent *a = agent;
    trunks_refused(peer, why, a);
    for (struct uri_peer *p = a->uri_peers; p; p = p->next)
        if (is_called_at(p, peer)) {
            snprintf(p->why, sizeof p->why, "the certificate of %.80s is refused: %.80s", p->host, why);
            log_warn("sip", "%s", p->why);
        }
}
