/* The agent: one nua in the loop's thread, with all that the stack does by itself switched off, because a late offer
 * needs its SDP in the ACK and the answers to UPDATE are ours. The switch below only forwards. */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sofia-sip/nta_tag.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/su_wait.h>
#include <sofia-sip/url.h>

#include "sipfront/sip/front.h"
#include "sipfront/sip/guard.h"
#include "sipfront/sip/leg_inner.h"
#include "sipfront/sip/mwi.h"
#include "sipfront/sip/subscription.h"
#include "sipfront/sip/trunk_inner.h"
#include "vm/base/log.h"

#define METHODS "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, INFO, UPDATE, SUBSCRIBE"

enum { SHUTDOWN_MS = 3500, STOP_MS = 1000, START_STEPS = 200, UDP_MTU = 65000 };

void options_on_request(const struct incoming *r)
{
    incoming_answer(r, SIP_200_OK, "Allow: " METHODS "\r\nAccept: application/sdp\r\n");
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

/* Requests of a handle that is nobody's yet, or never will be. */
static void on_stranger(struct agent *a, const struct agent_event *ev)
{
    switch ((int)ev->kind) {
    case nua_i_invite: leg_on_invite(a, ev); return;
    case nua_i_subscribe: subscription_on_subscribe(a, ev); return;
    case nua_i_options: agent_on_options(a, ev); break;
    case nua_i_register: on_register(a, ev); break;
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
    return nua_create(loop_root(a->loop), on_event, (nua_magic_t *)a, NUTAG_URL(url), NUTAG_MEDIA_ENABLE(0),
                      NUTAG_AUTOACK(0), NUTAG_AUTOANSWER(0), NUTAG_AUTOALERT(0), NUTAG_ENABLEMESSAGE(0),
                      NUTAG_SESSION_TIMER(0), NUTAG_OUTBOUND("no-options-keepalive no-validate"),
                      NUTAG_APPL_METHOD("INVITE, REGISTER, OPTIONS, INFO, UPDATE, SUBSCRIBE"),
                      SIPTAG_ALLOW_STR(METHODS), NUTAG_SUB_EXPIRES(SUBSCRIPTION_MAX_S), SIPTAG_SUPPORTED(NULL),
                      SIPTAG_USER_AGENT_STR(a->user_agent), NTATAG_SERVER_RPORT(2), NTATAG_UDP_MTU(UDP_MTU),
                      NTATAG_USER_VIA(0), TAG_END());
}

/* Asked before the stack is made, which leaks when it cannot bind. */
static bool can_bind(const char *host, uint16_t port, int type)
{
    struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = type };
    struct addrinfo *at;
    char service[8];
    int fd, on = 1;
    bool ok = false;
    snprintf(service, sizeof service, "%u", port);
    if (getaddrinfo(host, service, &hints, &at) != 0)
        return false;
    fd = socket(at->ai_family, type, 0);
    if (fd >= 0) {
        if (type == SOCK_STREAM)
            setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        ok = bind(fd, at->ai_addr, at->ai_addrlen) == 0;
        close(fd);
    }
    freeaddrinfo(at);
    return ok;
}

static enum err start_stack(struct agent *a, const struct agent_params *p)
{
    char url[128], port[8] = "*";
    bool v6 = strchr(p->listen, ':') != NULL;
    if (p->port)
        snprintf(port, sizeof port, "%u", p->port);
    snprintf(url, sizeof url, v6 ? "sip:[%s]:%s" : "sip:%s:%s", p->listen, port);
    if (!can_bind(p->listen, p->port, SOCK_DGRAM) || !can_bind(p->listen, p->port, SOCK_STREAM))
        return ERR_NET;
    su_log_redirect(NULL, on_stack_log, NULL);
    a->nua = create_stack(a, url);
    if (!a->nua)
        return ERR_NET;
    subscription_allow(a->nua);
    nua_get_params(a->nua, TAG_ANY(), TAG_END());
    for (int i = 0; i < START_STEPS && a->port_number == 0; i++)
        su_root_step(loop_root(a->loop), 10);
    return a->port_number ? ERR_OK : ERR_NET;
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
    resolver_free(&a->resolver);
    front_free(&a->front);
    guard_free(&a->guard);
    bindings_free(&a->bindings);
    digest_free(&a->digest);
    free(a->realm);
    free(a->user_agent);
    free(a);
}

bool agent_listens_at(const struct agent *a, uint16_t port) { return port && port == a->port_number; }

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
