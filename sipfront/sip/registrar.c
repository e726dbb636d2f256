/* REGISTER (RFC 3261 §10.3): all contacts of a request take effect, or none does.
 *
 *   phone                     registrar
 *     REGISTER ->
 *     <- 401                  two challenges
 *     REGISTER, Authorization ->
 *     <- 200                  every contact of the user, with the seconds left
 *     <- 423 Min-Expires      asked for too short a time
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sofia-sip/msg_parser.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/su_alloc.h>
#include <sofia-sip/url.h>

#include "sipfront/sip/incoming.h"
#include "vm/base/log.h"
#include "vm/base/str.h"

/* One REGISTER being worked on. */
struct registration {
    const struct incoming *rq;
    struct agent *agent;
    const sip_t *sip;
    const char *user;
    struct sip_account account;
    char received[SIP_SOURCE_MAX + 32];
    const char *path;
    su_home_t *home; /* of texts until the answer is sent */
};

static void list_binding(struct sbuf *out, const struct sip_binding *b, int64_t now_ms)
{
    sbuf_fmt(out, "%s<%s>;expires=%lld", out->len ? "," : "Contact: ", b->contact,
             (long long)((b->expires_wall_ms - now_ms + 999) / 1000));
    if (b->q < 1)
        sbuf_fmt(out, ";q=%.3g", b->q);
    if (*b->instance)
        sbuf_fmt(out, ";+sip.instance=\"%s\"", b->instance);
    if (b->reg_id > 0)
        sbuf_fmt(out, ";reg-id=%d", b->reg_id);
}

/* Behind an edge proxy: its Path (RFC 3327 §5.3), and the way that requests of the phone are to come, which is this
 * server, behind whatever proxies the phone knows (RFC 3608 §6). */
static void add_edge(const struct registration *r, struct sbuf *out)
{
    char ours[LISTEN_URL_MAX];
    agent_contact_toward(r->agent, r->received, ours);
    sbuf_fmt(out, "Path: %s\r\nService-Route: %.*s;lr>\r\n", r->path, (int)strlen(ours) - 1, ours);
}

static void answer_with_bindings(const struct registration *r)
{
    struct agent *a = r->agent;
    struct sbuf headers = { 0 };
    struct sip_binding b;
    sbuf_cstr(&headers, "");
    for (unsigned i = 0; agent_binding(a, r->user, i, &b); i++)
        list_binding(&headers, &b, clock_wall(a->clock));
    if (headers.len)
        sbuf_cstr(&headers, "\r\n");
    if (*r->path)
        add_edge(r, &headers);
    incoming_answer(r->rq, SIP_200_OK, headers.p);
    sbuf_free(&headers);
}

/* §10.3 step 6: the contact's own time, else the header's, else ours; what is no number counts as ours. */
static uint32_t wanted_expires(const struct registration *r, const sip_contact_t *m)
{
    int64_t n;
    if (m->m_expires)
        return str_to_int(str_of(m->m_expires), &n) && n >= 0 && n <= UINT32_MAX ? (uint32_t)n
                                                                                 : r->agent->max_expires_s;
    return r->sip->sip_expires ? (uint32_t)r->sip->sip_expires->ex_delta : r->agent->max_expires_s;
}

/* The text between the quotes; one that would need escaping is no instance of ours. */
static const char *instance_of(const struct registration *r, const sip_contact_t *m)
{
    const char *value = m->m_params ? msg_params_find(m->m_params, "+sip.instance=") : NULL;
    size_t len = value ? strlen(value) : 0;
    if (len < 3 || value[0] != '"' || value[len - 1] != '"' || memchr(value + 1, '"', len - 2) || strchr(value, '\\'))
        return "";
    return su_strndup(r->home, value + 1, (isize_t)(len - 2));
}

static double q_of(const sip_contact_t *m)
{
    double q = m->m_q ? strtod(m->m_q, NULL) : 1;
    return q >= 0 && q <= 1 ? q : 1;
}

static struct sip_binding read_contact(const struct registration *r, const sip_contact_t *m)
{
    const char *reg_id = m->m_params ? msg_params_find(m->m_params, "reg-id=") : NULL;
    uint32_t expires = wanted_expires(r, m);
    if (expires > r->agent->max_expires_s)
        expires = r->agent->max_expires_s;
    return (struct sip_binding){
        .user = r->user,
        .contact = url_as_string(r->home, m->m_url),
        .instance = instance_of(r, m),
        .reg_id = reg_id ? (int)strtol(reg_id, NULL, 10) : 0,
        .received = r->received,
        .call_id = r->sip->sip_call_id->i_id,
        .cseq = r->sip->sip_cseq->cs_seq,
        .q = q_of(m),
        .expires_wall_ms = clock_wall(r->agent->clock) + (int64_t)expires * 1000,
        .path = r->path,
        .agent = r->sip->sip_user_agent ? r->sip->sip_user_agent->g_string : "",
    };
}

static bool is_sip_uri(const url_t *u)
{
    return (u->url_type == url_sip || u->url_type == url_sips) && u->url_host && *u->url_host;
}

/* Looks at every contact before any takes effect. false: answered. */
static bool check_contacts(const struct registration *r)
{
    unsigned n = 0;
    for (const sip_contact_t *m = r->sip->sip_contact; m; m = m->m_next) {
        struct sip_binding b;
        uint32_t expires = wanted_expires(r, m);
        char least[32];
        if (!is_sip_uri(m->m_url) || ++n > BINDINGS_A_USER) {
            incoming_answer(r->rq, 400, "Bad Contact", NULL);
            return false;
        }
        if (expires > 0 && expires < r->agent->min_expires_s) {
            snprintf(least, sizeof least, "Min-Expires: %u\r\n", r->agent->min_expires_s);
            incoming_answer(r->rq, SIP_423_INTERVAL_TOO_BRIEF, least);
            return false;
        }
        b = read_contact(r, m);
        if (!b.contact || bindings_stale(r->agent->bindings, &b)) {
            incoming_answer(r->rq, 500, "Out Of Order", NULL);
            return false;
        }
    }
    return true;
}

static unsigned most_of(const struct registration *r)
{
    unsigned most = r->account.max_bindings;
    return most > 0 && most < BINDINGS_A_USER ? most : BINDINGS_A_USER;
}

static void apply_contacts(const struct registration *r)
{
    for (const sip_contact_t *m = r->sip->sip_contact; m; m = m->m_next) {
        struct sip_binding b = read_contact(r, m);
        if (wanted_expires(r, m) == 0)
            bindings_remove(r->agent->bindings, &b);
        else
            bindings_put(r->agent->bindings, &b, most_of(r), false);
    }
}

/* Contact: * removes all, and is right only alone and with Expires: 0. */
static void unregister_all(const struct registration *r)
{
    const sip_contact_t *m = r->sip->sip_contact;
    struct sip_binding b;
    if (m->m_next || !r->sip->sip_expires || r->sip->sip_expires->ex_delta != 0) {
        incoming_answer(r->rq, 400, "Bad Wildcard Contact", NULL);
        return;
    }
    for (unsigned i = 0; agent_binding(r->agent, r->user, i, &b); i++) {
        if (strcmp(b.call_id, r->sip->sip_call_id->i_id) == 0 && r->sip->sip_cseq->cs_seq <= b.cseq) {
            incoming_answer(r->rq, 500, "Out Of Order", NULL);
            return;
        }
    }
    bindings_remove_all(r->agent->bindings, r->user);
    answer_with_bindings(r);
}

static void register_contacts(const struct registration *r)
{
    const sip_contact_t *m = r->sip->sip_contact;
    for (const sip_contact_t *any = m; any; any = any->m_next) {
        if (any->m_url->url_type == url_any) {
            unregister_all(r);
            return;
        }
    }
    if (!check_contacts(r))
        return;
    apply_contacts(r);
    answer_with_bindings(r);
}

/* A user registers its own address only (§10.3 step 4). */
static bool may_register(struct registration *r)
{
    const url_t *to = r->sip->sip_to->a_url;
    char name[SIP_USER_MAX];
    if (!to->url_user || strlen(to->url_user) >= sizeof name)
        return false;
    url_unescape(name, to->url_user);
    return strcmp(name, r->user) == 0 && r->agent->port.account(r->agent->port.owner, r->user, &r->account) &&
           r->account.may_register;
}

/* The Path headers as one list of routes (RFC 3327): the way back to the phone, for calls. */
static const char *path_of(const struct registration *r)
{
    const char *path = "";
    for (const sip_path_t *p = r->sip->sip_path; p; p = p->r_next) {
        const char *one = sip_header_as_string(r->home, (const sip_header_t *)p);
        path = su_sprintf(r->home, "%s%s%s", path, *path ? ", " : "", one ? one : "");
    }
    return path;
}

/* A retransmission: this REGISTER made the bindings that are there. They are listed, nothing is done twice. */
static bool is_repeated(const struct registration *r)
{
    struct sip_binding b;
    for (unsigned i = 0; agent_binding(r->agent, r->user, i, &b); i++)
        if (b.cseq == r->sip->sip_cseq->cs_seq && strcmp(b.call_id, r->sip->sip_call_id->i_id) == 0 &&
            strcmp(b.received, r->received) == 0)
            return true;
    return false;
}

static void on_authorized(struct registration *r, bool again)
{
    incoming_source_uri(r->rq, r->received);
    r->path = path_of(r);
    if (!may_register(r)) {
        log_warn("sip", "\"%s\" may not register that address", r->user);
        incoming_answer(r->rq, SIP_403_FORBIDDEN, NULL);
    } else if (!again) {
        register_contacts(r);
    } else if (is_repeated(r)) {
        answer_with_bindings(r);
    } else {
        auth_challenge_stale(r->rq);
    }
}

void registrar_on_register(const struct incoming *rq)
{
    char user[SIP_USER_MAX];
    bool again;
    struct registration r = { .rq = rq, .agent = rq->agent, .sip = rq->sip, .user = user };
    if (!rq->sip->sip_to || !rq->sip->sip_call_id || !rq->sip->sip_cseq || !is_sip_uri(rq->sip->sip_to->a_url)) {
        incoming_answer(rq, SIP_400_BAD_REQUEST, NULL);
        return;
    }
    if (!auth_user(rq, user, &again))
        return;
    r.home = su_home_new(sizeof *r.home);
    on_authorized(&r, again);
    su_home_unref(r.home);
}
