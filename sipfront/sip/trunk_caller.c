/* Which carrier a peer is: whose a call is that comes, who calls, whose certificate is to be shown. */
#include <string.h>
#include <strings.h>

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/su_alloc.h>
#include <sofia-sip/url.h>

#include "sipfront/sip/incoming.h"
#include "sipfront/sip/trunk_inner.h"
#include "vm/base/log.h"

static bool is_udp(const sip_t *sip)
{
    const char *protocol = sip->sip_via ? sip->sip_via->v_protocol : NULL;
    return !protocol || strcasecmp(protocol, "SIP/2.0/UDP") == 0;
}

/* A gateway's own address counts with its port by UDP; by TCP and TLS the far port says nothing. */
static bool is_peer(const struct trunk *t, const struct network *from, uint16_t port, bool udp)
{
    struct network n;
    for (unsigned i = 0; i < t->npeers; i++)
        if (network_parse(&n, t->peers[i].target.address) == ERR_OK && network_holds(&n, from) &&
            (!udp || t->peers[i].target.port == port))
            return true;
    return false;
}

static bool is_source(const struct trunk *t, const struct network *from)
{
    for (unsigned i = 0; i < t->nsources; i++)
        if (network_holds(&t->sources[i], from))
            return true;
    return false;
}

bool trunks_are_at(const struct agent *a, const struct network *address)
{
    for (const struct trunk *t = a->trunks; t; t = t->next)
        if (is_source(t, address) || is_peer(t, address, 0, false))
            return true;
    return false;
}

/* The account that the request URI names decides among trunks of one carrier. */
static bool is_for(const struct trunk *t, const sip_t *sip)
{
    const char *user = sip->sip_request->rq_url->url_user;
    return user && t->user[0] && strcmp(user, t->user) == 0;
}

struct trunk *trunk_of_request(struct agent *a, const sip_t *sip)
{
    su_sockaddr_t su;
    socklen_t len = sizeof su;
    struct network from;
    struct trunk *found = NULL;
    msg_t *msg = a->trunks ? nua_current_request(a->nua) : NULL;
    memset(&su, 0, sizeof su);
    if (!msg || msg_get_address(msg, &su, &len) < 0 || !network_of(&from, &su.su_sa))
        return NULL;
    for (struct trunk *t = a->trunks; t; t = t->next) {
        if (!is_source(t, &from) && !is_peer(t, &from, ntohs(su.su_port), is_udp(sip)))
            continue;
        if (!found || is_for(t, sip))
            found = t;
    }
    return found;
}

static bool has_tls_gateway(const struct trunk *t, const struct sockaddr *peer)
{
    struct network to, n;
    if (!network_of(&to, peer))
        return false;
    for (unsigned i = 0; i < t->npeers; i++)
        if (t->peers[i].target.transport == TRUNK_TLS && network_parse(&n, t->peers[i].target.address) == ERR_OK &&
            network_holds(&n, &to))
            return true;
    return false;
}

void trunks_refused(const struct sockaddr *peer, const char *why, void *agent)
{
    struct agent *a = agent;
    for (struct trunk *t = a->trunks; t; t = t->next)
        if (has_tls_gateway(t, peer)) {
            snprintf(t->tls_why, sizeof t->tls_why, "the gateway's certificate is refused: %s", why);
            log_error("trunk", "%s: %s", t->name, t->tls_why);
        }
}

unsigned trunks_expected(const struct sockaddr *peer, const char *names[CERTIFICATE_NAMES], void *agent)
{
    struct agent *a = agent;
    unsigned n = 0;
    for (struct trunk *t = a->trunks; t; t = t->next) {
        if (!has_tls_gateway(t, peer))
            continue;
        t->tls_why[0] = '\0'; /* a new attempt */
        if (n < CERTIFICATE_NAMES)
            names[n++] = t->domain;
        for (unsigned i = 0; i < t->ngateways && n < CERTIFICATE_NAMES; i++)
            names[n++] = t->gateways[i].host;
    }
    return n;
}

static void read_user(const url_t *url, char *user, size_t cap)
{
    const char *text = url->url_user ? url->url_user : url->url_type == url_tel ? url->url_host : NULL;
    size_t len = text ? strcspn(text, ";") : 0; /* RFC 3966: parameters follow the number */
    char copy[256];
    user[0] = '\0';
    if (!len || len >= cap || len >= sizeof copy)
        return;
    memcpy(copy, text, len);
    copy[len] = '\0';
    url_unescape(user, copy);
}

/* RFC 3325 §9.1: one or two addresses, "Name" <sip:…> or bare. The stack leaves this header as text. */
static void read_asserted(const char *value, char *user, size_t cap)
{
    su_home_t *home = su_home_new(sizeof *home);
    for (const char *at = value ? value : ""; *at && !user[0]; at += strcspn(at, ",")) {
        at += strspn(at, ", ");
        const char *open = strchr(at, '<');
        const char *start = open ? open + 1 : at;
        char *text = su_strndup(home, start, (isize_t)strcspn(start, open ? ">" : ",;"));
        const url_t *url = text ? url_make(home, text) : NULL;
        if (url)
            read_user(url, user, cap);
        at = start;
    }
    su_home_unref(home);
}

void trunk_read_caller(const sip_t *sip, char *user, size_t cap)
{
    user[0] = '\0';
    if (incoming_hides_caller(sip))
        return;
    for (const sip_unknown_t *h = sip->sip_unknown; h && !user[0]; h = h->un_next)
        if (h->un_name && strcasecmp(h->un_name, "P-Asserted-Identity") == 0)
            read_asserted(h->un_value, user, cap);
    if (!user[0])
        read_user(sip->sip_from->a_url, user, cap);
}
