#include "sipfront/sip/incoming.h"
#include "sipfront/sip/subscription.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/url.h>

#include "sipfront/sip/blf.h"
#include "sipfront/sip/mwi.h"
#include "vm/base/log.h"

struct subscription {
    struct handle_owner base;
    struct agent *agent;
    struct subscription *next, **at; /* in agent->subscriptions */
    nua_handle_t *nh;
    enum event_package package;
    unsigned version;                               /* of the next body */
    char watcher[SIP_USER_MAX], user[SIP_USER_MAX]; /* who watches whom */
    char received[SIP_SOURCE_MAX + 32];             /* where the watcher is reached */
};

/* A lamp shows one's own messages. */
static bool may_watch_itself(const struct agent *a, const char *watcher, const char *user)
{
    (void)a;
    return strcmp(watcher, user) == 0;
}

/* Whether a line is busy may be seen by everybody who has an account here. */
static bool may_watch_others(const struct agent *a, const char *watcher, const char *user)
{
    (void)a;
    (void)watcher;
    (void)user;
    return true;
}

static const struct package {
    const char *event, *type;
    /* false: there is no such state; version: how many bodies this subscription has had */
    bool (*write)(const struct agent *a, const char *user, unsigned version, struct sbuf *out);
    bool (*may)(const struct agent *a, const char *watcher, const char *user);
} packages[] = {
#define PACKAGE(name, event, type, write, may) { event, type, write, may },
#include "sipfront/sip/event_package.def"
#undef PACKAGE
};

enum { PACKAGES = sizeof packages / sizeof packages[0] };

void subscription_allow(nua_t *nua)
{
    for (unsigned i = 0; i < PACKAGES; i++)
        nua_set_params(nua, NUTAG_ALLOW_EVENTS(packages[i].event), TAG_END());
}

static void subscription_free(struct subscription *s)
{
    *s->at = s->next;
    if (s->next)
        s->next->at = s->at;
    nua_handle_bind(s->nh, NULL);
    nua_handle_destroy(s->nh);
    free(s);
}

static void notify(struct subscription *s)
{
    const struct package *p = &packages[s->package];
    struct sbuf body = { 0 };
    if (p->write(s->agent, s->user, s->version++, &body))
        nua_notify(s->nh, NUTAG_SUBSTATE(nua_substate_active), SIPTAG_EVENT_STR(p->event),
                   SIPTAG_CONTENT_TYPE_STR(p->type), SIPTAG_PAYLOAD_STR(body.p), TAG_END());
    else /* the Connection was removed, or has no mailbox any more */
        nua_notify(s->nh, NUTAG_SUBSTATE(nua_substate_terminated), SIPTAG_EVENT_STR(p->event),
                   SIPTAG_SUBSCRIPTION_STATE_STR("terminated;reason=noresource"), TAG_END());
    sbuf_free(&body);
}

static enum nua_substate substate_of(const struct agent_event *ev)
{
    int state = nua_substate_active;
    tl_gets(ev->tags, NUTAG_SUBSTATE_REF(state), TAG_END());
    return (enum nua_substate)state;
}

/* A NOTIFY that is refused or lost ends it (RFC 6665 §4.2.2); so does the last one after its time. */
static void on_event(struct agent *a, const struct agent_event *ev)
{
    struct subscription *s = (struct subscription *)ev->owner;
    if (ev->kind == nua_i_subscribe && ev->status < 200)
        nua_respond(ev->nh, SIP_489_BAD_EVENT, NUTAG_WITH_THIS(a->nua), TAG_END());
    else if (ev->kind == nua_r_notify && ev->status >= 200 &&
             (ev->status >= 300 || substate_of(ev) == nua_substate_terminated))
        subscription_free(s);
}

static struct subscription *subscription_new(struct agent *a, const struct agent_event *ev)
{
    struct subscription *s = calloc(1, sizeof *s);
    struct incoming r;
    if (!s)
        abort();
    s->base.on_event = on_event;
    s->agent = a;
    s->nh = ev->nh;
    s->at = &a->subscriptions;
    s->next = a->subscriptions;
    if (s->next)
        s->next->at = &s->next;
    a->subscriptions = s;
    nua_handle_bind(ev->nh, (nua_hmagic_t *)s);
    incoming_of_event(&r, a, ev);
    incoming_source_uri(&r, s->received);
    if (s->received[0]) /* as with legs: behind NAT the Contact leads nowhere */
        nua_set_hparams(ev->nh, NUTAG_PROXY(s->received), TAG_END());
    return s;
}

static unsigned count_of(const struct agent *a, const char *watcher)
{
    unsigned n = 0;
    for (const struct subscription *s = a->subscriptions; s; s = s->next)
        n += strcmp(s->watcher, watcher) == 0;
    return n;
}

/* The package that the request names; NULL when there is none. */
static const struct package *read_package(const sip_t *sip)
{
    const char *event = sip->sip_event && sip->sip_event->o_type ? sip->sip_event->o_type : "";
    for (unsigned i = 0; i < PACKAGES; i++)
        if (strcmp(packages[i].event, event) == 0)
            return &packages[i];
    return NULL;
}

static bool read_user(const sip_t *sip, char out[SIP_USER_MAX])
{
    const char *user = sip->sip_request->rq_url->url_user;
    if (!user || strlen(user) >= SIP_USER_MAX)
        return false;
    url_unescape(out, user);
    return true;
}

static bool is_too_brief(const sip_t *sip)
{
    return sip->sip_expires && sip->sip_expires->ex_delta > 0 && sip->sip_expires->ex_delta < SUBSCRIPTION_MIN_S;
}

static void refuse(struct agent *a, const struct agent_event *ev, int status, const char *phrase)
{
    char least[16];
    snprintf(least, sizeof least, "%u", (unsigned)SUBSCRIPTION_MIN_S);
    nua_respond(ev->nh, status, phrase, NUTAG_WITH_THIS(a->nua), TAG_IF(status == 423, SIPTAG_MIN_EXPIRES_STR(least)),
                TAG_END());
    nua_handle_destroy(ev->nh);
}

static void take(struct agent *a, const struct agent_event *ev, const struct package *p, const char *watcher,
                 const char *user)
{
    struct subscription *s = subscription_new(a, ev);
    s->package = (enum event_package)(p - packages);
    snprintf(s->watcher, sizeof s->watcher, "%s", watcher);
    snprintf(s->user, sizeof s->user, "%s", user);
    nua_respond(ev->nh, SIP_200_OK, NUTAG_WITH_THIS(a->nua), TAG_END());
    notify(s);
}

void subscription_on_subscribe(struct agent *a, const struct agent_event *ev)
{
    char watcher[SIP_USER_MAX], user[SIP_USER_MAX];
    const struct package *p = read_package(ev->sip);
    struct sbuf state = { 0 };
    bool refused = ev->status >= 200; /* by the stack */
    if (!refused && a->state != AGENT_RUNNING)
        refuse(a, ev, SIP_503_SERVICE_UNAVAILABLE);
    else if (refused || !auth_event(a, ev, watcher))
        nua_handle_destroy(ev->nh); /* answered */
    else if (!p)
        refuse(a, ev, SIP_489_BAD_EVENT);
    else if (!read_user(ev->sip, user) || !p->write(a, user, 0, &state))
        refuse(a, ev, SIP_404_NOT_FOUND);
    else if (!p->may(a, watcher, user))
        refuse(a, ev, SIP_403_FORBIDDEN);
    else if (is_too_brief(ev->sip))
        refuse(a, ev, SIP_423_INTERVAL_TOO_BRIEF);
    else if (count_of(a, watcher) >= SUBSCRIPTIONS_A_USER)
        refuse(a, ev, 403, "Too Many Subscriptions");
    else
        take(a, ev, p, watcher, user);
    sbuf_free(&state);
}

void subscription_publish(struct agent *a, enum event_package package, const char *user)
{
    for (struct subscription *s = a->subscriptions; s; s = s->next)
        if (s->package == package && strcmp(s->user, user) == 0)
            notify(s);
}

bool subscription_covers(const struct agent *a, enum event_package package, const char *user, const char *received)
{
    for (const struct subscription *s = a->subscriptions; s; s = s->next)
        if (s->package == package && strcmp(s->user, user) == 0 && strcmp(s->received, received) == 0)
            return true;
    return false;
}

/* Destroying the handle sends the last NOTIFY. */
void subscription_end_all(struct agent *a)
{
    while (a->subscriptions)
        subscription_free(a->subscriptions);
}
