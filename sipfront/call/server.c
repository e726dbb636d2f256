#include "sipfront/call/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/cdr.h"
#include "sipfront/call/guesses.h"
#include "sipfront/call/message_keep.h"
#include "sipfront/call/queueing.h"
#include "sipfront/call/server_parts.h"
#include "sipfront/call/waiting.h"
#include "vm/base/log.h"

#define REALM "callflow" /* fixed: the stored digests hold it (docs/security.md) */

enum { WORKERS = 2, WORKERS_WAITING = 4096 };

/* ---- ports of the parts below ---- */

static bool agent_account(void *owner, const char *user, struct sip_account *out)
{
    const struct server *s = owner;
    const struct connection *c = directory_connection(s->directory, user);
    if (!c)
        return false;
    *out = (struct sip_account){ .may_register = !c->is_virtual && *c->ha1_md5,
                                 .sha256_first = c->sha256,
                                 .max_bindings = c->max_bindings };
    snprintf(out->ha1_md5, sizeof out->ha1_md5, "%s", c->ha1_md5);
    snprintf(out->ha1_sha256, sizeof out->ha1_sha256, "%s", c->ha1_sha256);
    return true;
}

static void agent_bound(void *owner, const struct sip_binding *b, bool gone)
{
    struct server *s = owner;
    struct stored_binding row = {
        .user = b->user,
        .contact = b->contact,
        .instance = b->instance,
        .received = b->received,
        .call_id = b->call_id,
        .agent = b->agent,
        .path = b->path,
        .reg_id = b->reg_id,
        .cseq = b->cseq,
        .q = b->q,
        .expires_wall_ms = b->expires_wall_ms,
    };
    if (gone)
        directory_drop_binding(s->directory, b->user, b->contact, (struct directory_done){ 0 });
    else
        directory_put_binding(s->directory, &row, (struct directory_done){ 0 });
    waiting_changed(s->waiting, b->user);
}

static void restore_binding(const struct stored_binding *b, void *arg)
{
    struct server *s = arg;
    struct sip_binding row = {
        .user = b->user,
        .contact = b->contact,
        .instance = b->instance,
        .reg_id = b->reg_id,
        .received = b->received,
        .call_id = b->call_id,
        .cseq = b->cseq,
        .q = b->q,
        .expires_wall_ms = b->expires_wall_ms,
        .agent = b->agent,
        .path = b->path,
    };
    agent_restore_binding(s->agent, &row);
}

/* ---- opening, in the order in which each part needs those before it ---- */

static enum err open_storage(struct server *s, const struct server_params *p, struct sbuf *why)
{
    enum err e = directory_open(&s->directory, s->loop, p->data, why);
    if (e)
        return e;
    e = server_make_folders(s, why);
    if (e)
        return e;
    e = cdr_open(s, p->cdr, why);
    if (e)
        return e;
    e = workers_new(&s->workers, s->loop, "worker", WORKERS, WORKERS_WAITING);
    if (e)
        return e;
    e = outside_open(s, p, why);
    if (e)
        return e;
    return flows_new(&s->flows, s, p->flows, why);
}

/* Which private networks are asked, by flows and by web hooks. */
static enum err read_reachable(struct server *s, const struct server_params *p, struct sbuf *why)
{
    s->reachable = calloc(p->nfetch_private + 1, sizeof *s->reachable);
    if (!s->reachable)
        return ERR_NOMEM;
    for (; s->nreachable < p->nfetch_private; s->nreachable++) {
        const char *text = p->fetch_private[s->nreachable];
        if (address_range_read(&s->reachable[s->nreachable], text))
            continue;
        sbuf_fmt(why, "'%s' is no network: write it as 10.1.0.0/16 or fd00::/8", text);
        return ERR_INVALID;
    }
    return ERR_OK;
}

static enum err open_notify(struct server *s, const struct server_params *p, struct sbuf *why)
{
    struct notify_params np = p->notify ? *p->notify : (struct notify_params){ 0 };
    np.loop = s->loop;
    np.directory = s->directory;
    np.reachable = s->reachable;
    np.nreachable = s->nreachable;
    np.sent = message_sent;
    np.owner = s;
    return notify_new(&s->notify, &np, why);
}

/* A mail waits for the words of its message. */
static void on_written_down(const char *id, void *owner)
{
    const struct server *s = owner;
    (void)id;
    notify_look(s->notify);
}

static enum err open_scribe(struct server *s, const struct server_params *p, struct sbuf *why)
{
    if (!p->scribe || p->scribe->off)
        return ERR_OK;
    struct scribe_params sp = *p->scribe;
    sp.loop = s->loop;
    sp.directory = s->directory;
    sp.settled = on_written_down;
    sp.owner = s;
    return scribe_new(&s->scribe, &sp, why);
}

/* The one address of that family is audio's too; with several of them it is all. NULL: none is. */
static const char *media_address(const struct server_params *p, bool v6)
{
    const char *only = (strchr(p->listen, ':') != NULL) == v6 ? p->listen : NULL;
    for (unsigned i = 0; i < p->nmore; i++) {
        const char *more = p->more[i].address;
        if ((strchr(more, ':') != NULL) != v6 || (only && strcmp(more, only) == 0))
            continue;
        if (only)
            return v6 ? "::" : "0.0.0.0";
        only = more;
    }
    return only;
}

static enum err open_media(struct server *s, const struct server_params *p, struct sbuf *why)
{
    bool v6 = strchr(p->listen, ':') != NULL;
    struct media_params mp = {
        .address = media_address(p, v6), .other = media_address(p, !v6), .port_min = p->rtp_min, .port_max = p->rtp_max
    };
    enum err e = media_new(&s->media, s->loop, &mp);
    if (e) {
        sbuf_fmt(why, "the media engine cannot use %s: %s", p->listen, err_text(e));
        return e;
    }
    return server_open_speech(s, p, why);
}

static enum err open_sip(struct server *s, const struct server_params *p, struct sbuf *why)
{
    struct agent_params ap = { .resolv_conf = p->outside.resolv_conf,
                               .listen = p->listen,
                               .port = p->sip_port,
                               .realm = REALM,
                               .user_agent = "Call Flow",
                               .never_banned = { p->never_banned, p->nnever_banned },
                               .more = p->more,
                               .nmore = p->nmore,
                               .tls_cert = p->tls_cert,
                               .tls_key = p->tls_key,
                               .ca_file = p->ca_file,
                               .advertise = p->advertise,
                               .local_nets = { p->local_nets, p->nlocal_nets },
                               .why = why };
    struct agent_port port = { .account = agent_account,
                               .bound = agent_bound,
                               .invited = router_invited,
                               .waiting = lamp_waiting,
                               .dialogs = watch_dialogs,
                               .owner = s,
                               .banned = server_on_banned };
    enum err e = agent_new(&s->agent, s->loop, &ap, &port);
    if (e) {
        if (!why->len)
            sbuf_fmt(why, "SIP cannot use %s port %u: %s", p->listen, p->sip_port, err_text(e));
        return e;
    }
    directory_each_binding(s->directory, restore_binding, s);
    outside_start(s);
    lamp_watch(s);
    server_restore_bans(s);
    return ERR_OK;
}

static enum err open_web(struct server *s, const struct server_params *p, struct sbuf *why)
{
    struct web_params wp = {
        .loop = s->loop, .ca_file = p->ca_file, .reachable = s->reachable, .nreachable = s->nreachable
    };
    enum err e = web_new(&s->web, &wp);
    if (e)
        sbuf_fmt(why, "web requests cannot be made%s%s: %s", p->ca_file ? " with " : "", p->ca_file ? p->ca_file : "",
                 err_text(e));
    return e;
}

enum err server_new(struct server **out, struct loop *l, const struct server_params *p, struct sbuf *why)
{
    enum err e;
    struct server *s = calloc(1, sizeof *s);
    *out = NULL;
    if (!s)
        return ERR_NOMEM;
    s->loop = l;
    s->trust = p->trust;
    s->data = strdup(p->data);
    s->srtp = p->srtp;
    s->rtp_timeout_ms = p->rtp_timeout_ms;
    s->address = strdup(p->listen);
    s->tls_cert = p->tls_cert ? strdup(p->tls_cert) : NULL;
    s->tls_key = p->tls_cert ? strdup(p->tls_key ? p->tls_key : p->tls_cert) : NULL;
    e = open_storage(s, p, why);
    if (e)
        goto done;
    e = read_reachable(s, p, why);
    if (!e)
        e = open_notify(s, p, why);
    if (e)
        goto done;
    e = open_scribe(s, p, why);
    if (e)
        goto done;
    e = open_media(s, p, why);
    if (e)
        goto done;
    e = open_web(s, p, why);
    if (e)
        goto done;
    s->waiting = queueing_open(s);
    s->guesses = guesses_new();
    e = open_sip(s, p, why);
    if (e)
        goto done;
    message_adopt(s);
    flows_rehearse(s->flows);
    *out = s;
    s = NULL;
done:
    if (e && !why->len)
        sbuf_cstr(why, err_text(e));
    server_free(&s);
    return e;
}

void server_free(struct server **server)
{
    struct server *s = *server;
    *server = NULL;
    if (!s)
        return;
    if (s->directory)
        directory_on_messages(s->directory, NULL, NULL); /* the lamps go first */
    clock_stop(loop_clock(s->loop), &s->adopt);
    cdr_close(s);
    agent_free(&s->agent);
    waiting_free(&s->waiting);
    guesses_free(&s->guesses);
    if (s->scribe)
        scribe_stop(s->scribe);
    if (s->notify)
        notify_stop(s->notify);
    workers_free(&s->workers);
    loop_drain(s->loop); /* results of the workers' last jobs */
    web_free(&s->web);
    server_close_speech(s);
    media_free(&s->media);
    flows_free(&s->flows);
    struct directory *d = s->directory; /* s->directory stays for what the last changes tell */
    directory_close(&d);
    outside_close(s);
    loop_drain(s->loop);
    scribe_free(&s->scribe);
    notify_free(&s->notify);
    for (size_t i = 0; i < s->claimed.len; i++)
        free(s->claimed.items[i]);
    vec_free(&s->claimed);
    free(s->data);
    free(s->reachable);
    free(s->address);
    free(s->tls_cert);
    free(s->tls_key);
    free(s);
}

const char *server_realm(const struct server *s)
{
    (void)s;
    return REALM;
}

/* ---- shutting down: calls first, then the agent ---- */

static void on_agent_down(void *arg)
{
    struct server *s = arg;
    s->closed(s->closed_arg);
}

void server_call_gone(struct server *s)
{
    if (--s->ncalls == 0 && s->closing)
        agent_shutdown(s->agent, on_agent_down, s);
}

void server_shutdown(struct server *s, void (*done)(void *arg), void *arg)
{
    if (s->closing)
        return;
    s->closing = true;
    s->closed = done;
    s->closed_arg = arg;
    for (struct call *c = s->calls, *next; c; c = next) {
        next = c->next;
        call_abandon(c);
    }
    if (!s->ncalls)
        agent_shutdown(s->agent, on_agent_down, s);
}
