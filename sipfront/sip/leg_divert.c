/* Forwarded calls: the Contact of a 301 or 302, and the headers of the INVITE that follows it.
 *
 *   INVITE sip:bob@…       ->  bob's phone
 *                          <-  302 Contact: <sip:carol@…>
 *   INVITE sip:carol@…     ->  carol's phone
 *     Diversion: <sip:bob@server>;reason=unconditional;counter=1
 *     History-Info: <sip:bob@server?Reason=SIP%3Bcause%3D302>;index=1,
 *                   <sip:carol@server;cause=302>;index=1.1;mp=1 */
#include <stdlib.h>
#include <string.h>

#include <sofia-sip/sip_header.h>
#include <sofia-sip/su_alloc.h>
#include <sofia-sip/su_string.h>
#include <sofia-sip/url.h>

#include "sipfront/sip/divert_inner.h"

/* RFC 3261 §20.10: 1 when it does not say. What is no number between 0 and 1 is 0. */
static double liking(const sip_contact_t *m)
{
    double q = m->m_q ? strtod(m->m_q, NULL) : 1;
    return q >= 0 && q <= 1 ? q : 0;
}

static const char *user_of(const url_t *url)
{
    if (url->url_type == url_tel)
        return url->url_user && *url->url_user ? url->url_user : url->url_host;
    return url->url_type == url_sip || url->url_type == url_sips ? url->url_user : NULL;
}

void leg_keep_contact(struct leg *leg, const sip_t *sip)
{
    const char *best = NULL;
    double most = -1;
    for (const sip_contact_t *m = sip->sip_contact; m; m = m->m_next) {
        const char *user = user_of(m->m_url);
        if (user && strlen(user) < SIP_USER_MAX && liking(m) > most) {
            best = user;
            most = liking(m);
        }
    }
    free(leg->forwards_to);
    leg->forwards_to = best ? strdup(best) : NULL;
    if (leg->forwards_to)
        url_unescape(leg->forwards_to, best);
}

const char *leg_forwards_to(const struct leg *leg) { return leg->forwards_to ? leg->forwards_to : ""; }

/* Of the first: "Bob" <sip:bob@…>;reason=busy, or without the brackets. */
static void read_diverted(const char *value, char out[SIP_USER_MAX])
{
    const char *open = strchr(value, '<'), *begin = open ? open + 1 : value;
    size_t n = strcspn(begin, open ? ">" : ";,");
    su_home_t *home = su_home_new(sizeof *home);
    url_t *url = n < 512 ? url_make(home, su_strndup(home, begin, (isize_t)n)) : NULL;
    const char *user = url ? user_of(url) : NULL;
    if (user && strlen(user) < SIP_USER_MAX)
        url_unescape(out, user);
    su_home_unref(home);
}

void leg_read_diversion(const struct leg *leg, char out[SIP_USER_MAX])
{
    const char *value = leg_header(leg, "Diversion");
    out[0] = '\0';
    if (*value)
        read_diverted(value, out);
}

static void add_uri(struct sbuf *out, const struct diversion_place *at, const char *user)
{
    if (!at->domain) {
        agent_write_uri(at->agent, user, out);
        return;
    }
    sbuf_cstr(out, "sip:");
    uri_add_escaped(out, user);
    sbuf_fmt(out, strchr(at->domain, ':') ? "@[%s]" : "@%s", at->domain);
}

/* The latest stands first (RFC 5806 §4.2). A phone that has rung was forwarded by its user's hand. */
static void add_diversions(struct sbuf *out, const struct diversion_place *at, const struct leg_diversions *way)
{
    for (unsigned i = way->count; i-- > 0;) {
        sbuf_cstr(out, out->len ? "\r\nDiversion: <" : "Diversion: <");
        add_uri(out, at, way->list[i].user);
        sbuf_fmt(out, ">;reason=%s;counter=1", way->list[i].rang ? "deflection" : "unconditional");
    }
}

/* Each entry but the first came from the one before it (mp), by forwarding (cause, RFC 4458). */
static void add_entry(struct sbuf *out, const struct diversion_place *at, const struct leg_diversions *way, unsigned i)
{
    const char *user = i < way->count ? way->list[i].user : way->to;
    sbuf_cstr(out, i ? ", <" : "\r\nHistory-Info: <");
    add_uri(out, at, user);
    if (i > 0)
        sbuf_fmt(out, ";cause=%d", way->list[i - 1].status);
    if (i < way->count)
        sbuf_fmt(out, "?Reason=SIP%%3Bcause%%3D%d", way->list[i].status);
    sbuf_cstr(out, ">;index=1");
    for (unsigned k = 0; k < i; k++)
        sbuf_cstr(out, ".1");
    if (i > 0)
        sbuf_cstr(out, ";mp=1");
    for (unsigned k = 1; k < i; k++)
        sbuf_cstr(out, ".1");
}

void leg_write_diversions(struct sbuf *out, const struct diversion_place *at, const struct leg_diversions *way)
{
    if (!way || !way->count)
        return;
    add_diversions(out, at, way);
    for (unsigned i = 0; i <= way->count; i++)
        add_entry(out, at, way, i);
}
