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
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/su_alloc.h>
#include <sofia-sip/url.h>

#include "sipfront/sip/agent_inner.h"
#include "vm/base/log.h"
#include "vm/base/str.h"

/* One REGISTER being worked on. */
struct registration {
    struct agent *agent;
    const struct agent_event *ev;
    const sip_t *sip;
    const char *user;
    char received[SIP_SOURCE_MAX + 32];
    su_home_t *home; /* of texts until the answer is sent */
};

#define ANSWER(r, ...) nua_respond((r)->ev->nh, __VA_ARGS__, NUTAG_WITH_THIS((r)->agent->nua), TAG_END())

static void list_binding(struct sbuf *out, const struct sip_binding *b, int64_t now_ms)
{
    sbuf_fmt(out, "%s<%s>;expires=%lld", out->len ? "," : "", b->contact,
             (long long)((b->expires_wall_ms - now_ms + 999) / 1000));
    if (b->q < 1)
        sbuf_fmt(out, ";q=%.3g", b->q);
    if (*b->instance)
        sbuf_fmt(out, ";+sip.instance=\"%s\"", b->instance);
    if (b->reg_id > 0)
        sbuf_fmt(out, ";reg-id=%d", b->reg_id);
}

static void answer_with_bindings(const struct registration *r)
{
    struct agent *a = r->agent;
    struct sbuf contacts = { 0 };
    struct sip_binding b;
    for (unsigned i = 0; agent_binding(a, r->user, i, &b); i++)
        list_binding(&contacts, &b, clock_wall(a->clock));
    nua_respond(r->ev->nh, SIP_200_OK, NUTAG_WITH_THIS(a->nua), TAG_IF(contacts.len, SIPTAG_CONTACT_STR(contacts.p)),
                TAG_END());
    sbuf_free(&contacts);
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
        char least[16];
        if (!is_sip_uri(m->m_url) || ++n > BINDINGS_A_USER) {
            ANSWER(r, 400, "Bad Contact");
            return false;
        }
        if (expires > 0 && expires < r->agent->min_expires_s) {
            snprintf(least, sizeof least, "%u", r->agent->min_expires_s);
            ANSWER(r, SIP_423_INTERVAL_TOO_BRIEF, SIPTAG_MIN_EXPIRES_STR(least));
            return false;
        }
        b = read_contact(r, m);
        if (!b.contact || bindings_stale(r->agent->bindings, &b)) {
            ANSWER(r, 500, "Out Of Order");
            return false;
        }
    }
    return true;
}

static void apply_contacts(const struct registration *r)
{
    for (const sip_contact_t *m = r->sip->sip_contact; m; m = m->m_next) {
        struct sip_binding b = read_contact(r, m);
        if (wanted_expires(r, m) == 0)
            bindings_remove(r->agent->bindings, &b);
        else
            bindings_put(r->agent->bindings, &b, false);
    }
}

/* Contact: * removes all, and is right only alone and with Expires: 0. */
static void unregister_all(const struct registration *r)
{
    const sip_contact_t *m = r->sip->sip_contact;
    struct sip_binding b;
    if (m->m_next || !r->sip->sip_expires || r->sip->sip_expires->ex_delta != 0) {
        ANSWER(r, 400, "Bad Wildcard Contact");
        return;
    }
    for (unsigned i = 0; agent_binding(r->agent, r->user, i, &b); i++) {
        if (strcmp(b.call_id, r->sip->sip_call_id->i_id) == 0 && r->sip->sip_cseq->cs_seq <= b.cseq) {
            ANSWER(r, 500, "Out Of Order");
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
static bool may_register(const struct registration *r)
{
    struct sip_account account;
    const url_t *to = r->sip->sip_to->a_url;
    char name[SIP_USER_MAX];
    if (!to->url_user || strlen(to->url_user) >= sizeof name)
        return false;
    url_unescape(name, to->url_user);
    return strcmp(name, r->user) == 0 && r->agent->port.account(r->agent->port.owner, r->user, &account) &&
           account.may_register;
}

void registrar_on_register(struct agent *a, const struct agent_event *ev)
{
    char user[SIP_USER_MAX];
    struct registration r = { .agent = a, .ev = ev, .sip = ev->sip, .user = user };
    if (!auth_user(a, ev, user))
        return;
    if (!ev->sip->sip_to || !ev->sip->sip_call_id || !ev->sip->sip_cseq) {
        ANSWER(&r, SIP_400_BAD_REQUEST);
        return;
    }
    if (!may_register(&r)) {
        log_warn("sip", "\"%s\" may not register that address", user);
        ANSWER(&r, SIP_403_FORBIDDEN);
        return;
    }
    agent_source_uri(a, ev->sip, r.received);
    r.home = su_home_new(sizeof *r.home);
    register_contacts(&r);
    su_home_unref(r.home);
}
