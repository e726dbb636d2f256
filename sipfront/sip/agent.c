/* The agent: one nua in the loop's thread, with all that the stack does by itself switched off, because a late offer
 * needs its SDP in the ACK and the answers to UPDATE are ours. The switch below only forwards. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/nta_tag.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/su_wait.h>
#include <sofia-sip/tport_tag.h>
#include <sofia-sip/url.h>

#include "sipfront/sip/challenge.h"
#include "sipfront/sip/front.h"
#include "sipfront/sip/guard.h"
#include "sipfront/sip/leg_inner.h"
#include "sipfront/sip/mwi.h"
#include "sipfront/sip/subscription.h"
#include "sipfront/sip/certificate.h"
#include "sipfront/sip/trunk_inner.h"
#include "sipfront/sip/via.h"
#include "vm/base/log.h"

enum { SHUTDOWN_MS = 3500, STOP_MS = 1000, START_STEPS = 200, UDP_MTU = 65000 };
enum { IDLE_MS = 4000000 }; /* a phone may be silent from one REGISTER to the next, 3600 s */
/* Bytes for a message as the stack keeps it, beside those that came: a page, which goes back as one. */
enum { MESSAGE_ROOM = 3600 };

void options_on_request(const struct incoming *r)
{
    if (!incoming_is_for_us(r->sip))
        incoming_answer(r, SIP_416_UNSUPPORTED_URI, NULL);
    else
        incoming_answer(r, SIP_200_OK,
                        "Allow: " AGENT_METHODS "\r\nAccept: application/sdp\r\nSupported: " EXTENSIONS "\r\n");
}

void agent_on_options(struct agent *a, const struct agent_event *ev)
{
    nua_respond(ev->nh, SIP_200_OK, NUTAG_WITH_THIS(a->nua), SIPTAG_ACCEPT_STR("application/sdp"), TAG_END());
}

static void on_register(struct agent *a, const struct agent_event *ev)
{
    struct incoming r;
    incoming_of_event(&r, a, ev);
    registrar_on_register(&r);
}

static void on_options(struct agent *a, const struct agent_event *ev)
{
    if (incoming_is_for_us(ev->sip))
        agent_on_options(a, ev);
    else
        nua_respond(ev->nh, SIP_416_UNSUPPORTED_URI, NUTAG_WITH_THIS(a->nua), TAG_END());
}

/* Requests of a handle that is nobody's yet, or never will be. */
static void on_stranger(struct agent *a, const struct agent_event *ev)
{
    switch ((int)ev->kind) {
    case nua_i_invite: leg_on_invite(a, ev); return;
    case nua_i_subscribe: subscription_on_subscribe(a, ev); return;
    case nua_i_options: on_options(a, ev); break;
    case nua_i_register: on_register(a, ev); break;
    case nua_i_refer: nua_respond(ev->nh, SIP_403_FORBIDDEN, NUTAG_WITH_THIS(a->nua), TAG_END()); break;
    case nua_i_info:
    case nua_i_update: nua_respond(ev->nh, SIP_481_NO_TRANSACTION, NUTAG_WITH_THIS(a->nua), TAG_END()); break;
    }
    nua_handle_destroy(ev->nh); /* with a second 2xx of a forked INVITE this sends its ACK and BYE */
}

static void on_stopped(struct agent *a)
{
    void (*done)(void *arg) = a->done;
    if (!done)
        return;
    a->done = NULL;
    clock_stop(a->clock, &a->deadline);
    done(a->done_arg);
}

/* The answer to nua_get_params() tells which address and port were bound. */
static void on_params(struct agent *a, const tagi_t *tags)
{
    const sip_contact_t *m = NULL;
    const char *host, *port;
    size_t len;
    tl_gets(tags, NTATAG_CONTACT_REF(m), TAG_END());
    if (!m || !m->m_url->url_host)
        return;
    host = m->m_url->url_host;
    port = m->m_url->url_port;
    len = strlen(host);
    if (*host == '[' && len > 2)
        snprintf(a->address, sizeof a->address, "%.*s", (int)(len - 2), host + 1);
    else
        snprintf(a->address, sizeof a->address, "%s", host);
    a->port_number = port && *port ? (uint16_t)strtoul(port, NULL, 10) : 5060;
}

static void on_event(nua_event_t kind, int status, const char *phrase, nua_t *nua, nua_magic_t *magic, nua_handle_t *nh,
                     nua_hmagic_t *hmagic, const sip_t *sip, tagi_t tags[])
{
    struct agent *a = (struct agent *)magic;
    struct agent_event ev = {
        kind, status, phrase, nh, (struct handle_owner *)hmagic, (struct leg *)hmagic, sip, tags
    };
    (void)nua;
    if (kind == nua_r_get_params)
        on_params(a, tags);
    else if (kind == nua_r_shutdown && status >= 200)
        a->state = AGENT_STOPPED, on_stopped(a);
    else if (ev.owner)
        ev.owner->on_event(a, &ev);
    else if (nh && a->nua && nh != nua_default(a->nua))
        on_stranger(a, &ev);
}

extern su_log_t nta_log[];
enum { WARNINGS = 2 }; /* of the stack's levels; 3 are errors of single requests */

static void on_stack_log(void *stream, const char *fmt, va_list ap)
{
    char line[512];
    (void)stream;
    vsnprintf(line, sizeof line, fmt, ap);
    line[strcspn(line, "\r\n")] = '\0';
    log_debug("sofia", "%s", line);
}

/* The stack's settings, all of them. UDP up to UDP_MTU: a phone that registered by UDP is reached by UDP, whatever the
 * size of a request; our SDP is compact so that it stays far below the path's MTU. */
static nua_t *create_stack(struct agent *a, const char *url)
{
    return nua_create(
        loop_root(a->loop), on_event, (nua_magic_t *)a, NUTAG_URL(url), NUTAG_MEDIA_ENABLE(0), NUTAG_AUTOACK(0),
        NUTAG_AUTOANSWER(0), NUTAG_AUTOALERT(0), NUTAG_ENABLEMESSAGE(0), NUTAG_SESSION_TIMER(a->session_s),
        NUTAG_MIN_SE(a->min_session_s), NUTAG_OUTBOUND("no-options-keepalive no-validate"),
        /* 100 Trying comes after 200 ms, where nothing better was said by then (RFC 3261 17.2.1) */
        NUTAG_AUTO100(0),
        /* the stack's own list goes first: to join two that have eight methods together breaks its heap */
        NUTAG_APPL_METHOD(NULL), NUTAG_APPL_METHOD("INVITE, REGISTER, OPTIONS, INFO, UPDATE, SUBSCRIBE, REFER"),
        SIPTAG_ALLOW_STR(AGENT_METHODS), NUTAG_SUB_EXPIRES(SUBSCRIPTION_MAX_S), SIPTAG_SUPPORTED_STR(EXTENSIONS),
        SIPTAG_USER_AGENT_STR(a->user_agent), NTATAG_SERVER_RPORT(2), NTATAG_UDP_MTU(UDP_MTU), NTATAG_USER_VIA(0),
        NTATAG_PRELOAD(MESSAGE_ROOM), TPTAG_TOS(DSCP_CS3), TPTAG_PONG2PING(1), TPTAG_IDLE(IDLE_MS), TAG_END());
}

static enum err refuse_listen(const struct agent_params *p, const struct sip_listen *l)
{
    char url[LISTEN_URL_MAX];
    listen_url(l, url);
    if (p->why)
        sbuf_fmt(p->why, "SIP cannot listen at %s: it is in use, or no address of this machine", url);
    return ERR_NET;
}

static enum err read_certificate(struct agent *a, const struct agent_params *p)
{
    struct sbuf why = { 0 };
    struct certificate *m;
    enum err e;
    if (!p->tls_cert)
        return ERR_OK;
    e = certificate_load(&m, p->tls_cert, p->tls_key ? p->tls_key : p->tls_cert, &why);
    if (e && p->why)
        sbuf_str(p->why, sbuf_view(&why));
    sbuf_free(&why);
    e = e ? e : certificates_new(&a->tls, m);
    if (!e)
        certificates_expect(a->tls, &(struct certificate_expectation){ .ca_file = p->ca_file,
                                                                       .expected = uri_peers_expected,
                                                                       .refused = uri_peers_refused,
                                                                       .owner = a });
    return e;
}

static enum err note_listens(struct agent *a, const struct agent_params *p)
{
    if (p->nmore >= SIP_LISTENS)
        return ERR_LIMIT;
    snprintf(a->listens[0].address, sizeof a->listens[0].address, "%s", p->listen);
    a->listens[0].port = p->port;
    for (unsigned i = 0; i < p->nmore; i++)
        a->listens[i + 1] = p->more[i];
    a->nlistens = p->nmore + 1;
    for (unsigned i = 0; i < a->nlistens; i++)
        if (!listen_can_bind(&a->listens[i]))
            return refuse_listen(p, &a->listens[i]);
    snprintf(a->advertise, sizeof a->advertise, "%s", p->advertise ? p->advertise : "");
    a->local_nets = calloc(p->local_nets.len + 1, sizeof *a->local_nets);
    if (!a->local_nets)
        return ERR_NOMEM;
    if (p->local_nets.len)
        memcpy(a->local_nets, p->local_nets.items, p->local_nets.len * sizeof *a->local_nets);
    a->nlocal_nets = (unsigned)p->local_nets.len;
    return ERR_OK;
}

static enum err start_stack(struct agent *a, const struct agent_params *p)
{
    char url[LISTEN_URL_MAX];
    enum err e = note_listens(a, p);
    if (!e)
        e = read_certificate(a, p);
    if (e)
        return e;
    listen_url(&a->listens[0], url);
    su_log_redirect(NULL, on_stack_log, NULL);
    su_log_set_level(nta_log, WARNINGS); /* what it says of a request in vain names a method that it has freed */
    listen_begin(a);
    challenge_plug();
    a->nua = create_stack(a, url);
    listen_end();
    if (!a->nua)
        return ERR_NET;
    via_begin(a);
    subscription_allow(a->nua);
    nua_get_params(a->nua, TAG_ANY(), TAG_END());
    for (int i = 0; i < START_STEPS && a->port_number == 0; i++)
        su_root_step(loop_root(a->loop), 10);
    return a->port_number && listen_add_others(a) ? ERR_OK : ERR_NET;
}

static void on_binding(void *owner, const struct sip_binding *b, bool gone)
{
    struct agent *a = owner;
    a->port.bound(a->port.owner, b, gone);
    if (!gone)
        mwi_on_register(a, b);
}

static enum err start(struct agent *a, const struct agent_params *p)
{
    enum err e = digest_new(&a->digest, a->clock, a->realm);
    if (e)
        return e;
    e = bindings_new(&a->bindings, a->clock, on_binding, a);
    if (e)
        return e;
    a->resolver = resolver_new(loop_root(a->loop), p->resolv_conf);
    if (!a->resolver)
        log_warn("sip", "no name server can be asked: the gateways of trunks must be addresses");
    e = agent_open_guard(a, &p->never_banned);
    if (!e)
        e = front_new(&a->front, a);
    return e ? e : start_stack(a, p);
}

enum err agent_new(struct agent **out, struct loop *l, const struct agent_params *p, const struct agent_port *port)
{
    struct agent *a = calloc(1, sizeof *a);
    enum err e;
    *out = NULL;
    if (!a)
        return ERR_NOMEM;
    a->loop = l;
    a->clock = loop_clock(l);
    a->port = *port;
    a->realm = strdup(p->realm);
    a->user_agent = strdup(p->user_agent ? p->user_agent : "callflow");
    a->min_expires_s = p->min_expires_s ? p->min_expires_s : 60;
    a->max_expires_s = p->max_expires_s ? p->max_expires_s : 3600;
    a->session_s = p->session_s ? p->session_s : 1800;
    a->min_session_s = p->min_session_s ? p->min_session_s : 90;
    a->put_silence_s = p->put_silence_s ? p->put_silence_s : 40;
    e = a->realm && a->user_agent ? start(a, p) : ERR_NOMEM;
    if (!e)
        *out = a;
    else
        agent_free(&a);
    return e;
}

/* The stack stops well only when every handle is gone. */
void agent_leg_gone(struct agent *a)
{
    if (a->legs || a->state != AGENT_HANGING_UP)
        return;
    a->state = AGENT_STOPPING;
    nua_shutdown(a->nua);
}

static void on_shutdown_late(void *owner)
{
    struct agent *a = owner;
    a->deadline = NULL;
    if (a->state != AGENT_HANGING_UP) {
        on_stopped(a);
        return;
    }
    a->deadline = clock_start(a->clock, STOP_MS, on_shutdown_late, a);
    for (struct leg *leg = a->legs, *next; leg; leg = next) {
        next = leg->next;
        leg_abandon(leg);
    }
}

void agent_shutdown(struct agent *a, void (*done)(void *arg), void *arg)
{
    a->state = AGENT_HANGING_UP;
    a->done = done;
    a->done_arg = arg;
    a->deadline = clock_start(a->clock, SHUTDOWN_MS, on_shutdown_late, a);
    for (struct leg *leg = a->legs; leg; leg = leg->next)
        leg_hangup(leg, NULL);
    subscription_end_all(a);
    mwi_end_all(a);
    trunks_stop(a);
    agent_leg_gone(a);
}

void agent_free(struct agent **ap)
{
    struct agent *a = *ap;
    if (!a)
        return;
    *ap = NULL;
    clock_stop(a->clock, &a->deadline);
    if (a->nua && a->state == AGENT_STOPPED)
        nua_destroy(a->nua);
    else if (a->nua)
        log_error("sip", "the stack had not stopped; its memory stays until the process ends");
    via_end(a);
    trunks_free(a);
    resolver_free(&a->resolver);
    certificates_free(&a->tls);
    free(a->local_nets);
    front_free(&a->front);
    guard_free(&a->guard);
    bindings_free(&a->bindings);
    digest_free(&a->digest);
    free(a->realm);
    free(a->user_agent);
    free(a);
}

bool agent_listens_at(const struct agent *a, uint16_t port)
{
    bool found = port && port == a->port_number;
    for (unsigned i = 1; i < a->nlistens && !found; i++)
        found = port && port == a->listens[i].port;
    return found;
}

void agent_use_certificate(struct agent *a, struct certificate *m)
{
    if (a->tls)
        certificates_use(a->tls, m);
    else
        certificate_free(&m);
}

uint16_t agent_port_number(const struct agent *a) { return a->port_number; }
const char *agent_address(const struct agent *a) { return a->address; }

void agent_restore_binding(struct agent *a, const struct sip_binding *b)
{
    bindings_put(a->bindings, b, BINDINGS_A_USER, true);
}

unsigned agent_bindings(const struct agent *a, const char *user) { return bindings_count(a->bindings, user); }

bool agent_binding(const struct agent *a, const char *user, unsigned i, struct sip_binding *out)
{
    return bindings_at(a->bindings, user, i, out);
}

void agent_each_binding(const struct agent *a, void (*each)(const struct sip_binding *b, void *arg), void *arg)
{
    bindings_each(a->bindings, each, arg);
}

void agent_forget(struct agent *a, const char *user) { bindings_remove_all(a->bindings, user); }
