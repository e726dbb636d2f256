/* Registering with a carrier (RFC 3261 §10).
 *
 *   trunk                       carrier
 *     REGISTER           ->
 *                        <-     401 or 407
 *     REGISTER, credentials ->
 *                        <-     200, so many seconds: again when 4/5 of them are over
 *
 *   200 with Service-Route (RFC 3608): calls have it as their Route until the next 200, but go to the gateways all the
 * same, which stand for the proxy that the trunk knows: theirs are the certificates that are checked.
 *   423: again with its Min-Expires. No answer, 408 or 5xx: the next gateway at once; when all have failed, and after
 * any other refusal, later: 2 s, 4 s … 5 min, or what Retry-After says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <sofia-sip/su_alloc.h>
#include <sofia-sip/url.h>

#include "sipfront/sip/trunk_inner.h"
#include "vm/base/log.h"

enum { PATIENCE_MS = 8000, BACKOFF_MS = 2000, BACKOFF_MOST_MS = 300000, ROUTES_MAX = 1024 };

static void try_now(void *owner);
static void try_target(struct trunk *t);
static void send_register(struct trunk *t, const char *credentials);

/* All of them as one list (RFC 3608 §5). One that is not for loose routing would stand in the place of whom we call, so
 * with such a one all are passed over. */
static char *read_service_route(const struct trunk *t, const sip_t *answer)
{
    su_home_t *home = su_home_new(sizeof *home);
    struct sbuf routes = { 0 };
    const char *fault = NULL;
    for (const sip_service_route_t *r = answer->sip_service_route; r && !fault; r = r->r_next) {
        const char *one = url_as_string(home, r->r_url);
        bool sip = r->r_url->url_type == url_sip || r->r_url->url_type == url_sips;
        if (!one || !sip || !r->r_url->url_host || !url_has_param(r->r_url, "lr"))
            fault = "it names no proxies that route loosely";
        else
            sbuf_fmt(&routes, "%s<%s>", routes.len ? ", " : "", one);
        if (routes.len > ROUTES_MAX)
            fault = "it is too long";
    }
    su_home_unref(home);
    if (!fault)
        return routes.p;
    log_warn("trunk", "%s: the registrar's Service-Route is passed over: %s", t->name, fault);
    sbuf_free(&routes);
    return NULL;
}

static void plan(struct trunk *t, int64_t ms)
{
    clock_stop(t->agent->clock, &t->next_reg);
    t->next_reg = clock_start(t->agent->clock, ms, try_now, t);
}

/* A tenth earlier or later, so that trunks that failed together do not come back together. */
static int64_t jittered(int64_t ms)
{
    uint32_t r;
    if (getrandom(&r, sizeof r, 0) != sizeof r)
        abort();
    return ms - ms / 10 + (int64_t)((uint64_t)r * (uint64_t)(ms / 5) >> 32);
}

static void set_service_route(struct trunk *t, const sip_t *answer)
{
    free(t->service_route);
    t->service_route = answer ? read_service_route(t, answer) : NULL;
}

static void give_up(struct trunk *t, const char *why, const sip_t *answer)
{
    int64_t wait = BACKOFF_MS << (t->reg_failures < 8 ? t->reg_failures : 8);
    if (wait > BACKOFF_MOST_MS)
        wait = BACKOFF_MOST_MS;
    wait = jittered(wait);
    if (answer && answer->sip_retry_after && (int64_t)answer->sip_retry_after->af_delta * 1000 > wait)
        wait = (int64_t)answer->sip_retry_after->af_delta * 1000;
    if (t->registering != REG_FAILED || strcmp(t->reg_why, why) != 0)
        log_warn("trunk", "%s: %s; tried again from now on", t->name, why);
    t->registering = REG_FAILED;
    t->testing = false;
    t->registered_until_ms = 0;
    t->reg_failures++;
    t->reg_target = 0;
    set_service_route(t, NULL);
    snprintf(t->reg_why, sizeof t->reg_why, "%s", why);
    plan(t, wait);
}

/* What the carrier grants: the Contact's own expires, else Expires, else what was asked (RFC 3261 §10.2.4). */
static int64_t granted_s(const struct trunk *t, const sip_t *answer)
{
    char port[8];
    snprintf(port, sizeof port, "%u", t->agent->port_number);
    int64_t s = answer->sip_expires ? (int64_t)answer->sip_expires->ex_delta : t->reg_expires_ms / 1000;
    for (const sip_contact_t *m = answer->sip_contact; m; m = m->m_next) {
        const char *at = m->m_url->url_port ? m->m_url->url_port : "5060";
        bool ours = m->m_url->url_user && strcmp(m->m_url->url_user, t->user) == 0 && strcmp(at, port) == 0;
        if (ours && m->m_expires)
            s = strtoll(m->m_expires, NULL, 10);
    }
    return s;
}

static void on_registered(struct trunk *t, const sip_t *answer)
{
    int64_t s = granted_s(t, answer);
    if (s <= 0) {
        give_up(t, "the carrier took the registration and ended it at once", answer);
        return;
    }
    if (t->registering != REG_DONE)
        log_info("trunk", "%s: registered for %lld s", t->name, (long long)s);
    t->registering = REG_DONE;
    set_service_route(t, answer);
    t->testing = false;
    t->reg_failures = 0;
    t->registered_until_ms = clock_wall(t->agent->clock) + s * 1000;
    t->reg_why[0] = '\0';
    plan(t, s * 800);
}

static void on_challenged(struct trunk *t, int status, const sip_t *answer)
{
    struct credentials who = { t->auth_user, t->password };
    struct sbuf uri = { 0 }, header = { 0 };
    bool again = t->reg_answers > 0 && !challenge_is_stale(answer);
    trunk_uri(t, "", &uri);
    if (!t->password[0])
        give_up(t, "the carrier wants a password, and none is set", answer);
    else if (again || t->reg_answers > 1)
        give_up(t,
                status == 407 ? "407: the carrier refuses user or password"
                              : "401: the carrier refuses user or password",
                answer);
    else if (challenge_answer(answer, &who, "REGISTER", uri.p, &header) != ERR_OK)
        give_up(t, "the carrier asks for credentials in a way that is not known here", answer);
    else {
        t->reg_answers++;
        send_register(t, header.p);
    }
    sbuf_free(&uri);
    sbuf_free(&header);
}

/* Another gateway may do better; when there is none, later. */
static void try_next_target(struct trunk *t, int status, const sip_t *answer)
{
    char why[96];
    if (t->reg_target + 1 < t->nreg_targets) {
        t->reg_target++;
        try_target(t);
        return;
    }
    if (answer)
        snprintf(why, sizeof why, "REGISTER was answered %d", status);
    else
        snprintf(why, sizeof why, "no gateway answers REGISTER");
    give_up(t, why, answer);
}

static void on_answer(struct trunk *t, int status, const sip_t *answer)
{
    char why[96];
    if (status < 300)
        on_registered(t, answer);
    else if ((status == 401 || status == 407) && answer)
        on_challenged(t, status, answer);
    else if (status == 423 && answer && answer->sip_min_expires &&
             (int64_t)answer->sip_min_expires->me_delta * 1000 > t->reg_expires_ms) {
        t->reg_expires_ms = (int64_t)answer->sip_min_expires->me_delta * 1000;
        try_target(t);
    } else if (status == 408 || status >= 500)
        try_next_target(t, status, answer);
    else {
        snprintf(why, sizeof why, "REGISTER was answered %d", status);
        give_up(t, why, answer);
    }
}

static void send_register(struct trunk *t, const char *credentials)
{
    struct sbuf uri = { 0 };
    trunk_uri(t, "", &uri);
    struct trunk_ask ask = { .method = "REGISTER",
                             .uri = uri.p,
                             .target = &t->reg_targets[t->reg_target],
                             .header = credentials,
                             .expires_s = t->reg_expires_ms / 1000,
                             .patience_ms = PATIENCE_MS };
    trunk_request_start(t, &t->reg, &ask, on_answer);
    sbuf_free(&uri);
}

static void try_target(struct trunk *t)
{
    t->reg_answers = 0;
    send_register(t, NULL);
}

static void try_now(void *owner)
{
    struct trunk *t = owner;
    t->next_reg = NULL;
    t->reg_target = 0;
    t->nreg_targets = trunk_targets(t, t->reg_targets, REG_TARGETS);
    if (t->registering == REG_OFF)
        t->registering = REG_TRYING;
    try_target(t);
}

void trunk_register_start(struct trunk *t)
{
    if (!t->registers || !t->npeers)
        return;
    trunk_request_stop(&t->reg);
    plan(t, 0);
}

void trunk_register_stop(struct trunk *t)
{
    clock_stop(t->agent->clock, &t->next_reg);
    trunk_request_stop(&t->reg);
    t->registering = REG_OFF;
}
