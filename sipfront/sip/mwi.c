#include "sipfront/sip/mwi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_tag.h>

#include "sipfront/sip/subscription.h"

#define TYPE "application/simple-message-summary"

/* A NOTIFY outside any subscription, until it is answered or must be sent afresh. */
struct lamp {
    struct handle_owner base;
    struct agent *agent;
    struct lamp *next, **at; /* in agent->lamps */
    nua_handle_t *nh;
    struct clock_timer *soon; /* after REGISTER: its 200 goes first */
    char user[SIP_USER_MAX], contact[256], received[SIP_SOURCE_MAX + 32];
};

static bool counts_of(const struct agent *a, const char *user, struct sip_waiting *w)
{
    memset(w, 0, sizeof *w);
    return a->port.waiting && a->port.waiting(a->port.owner, user, w);
}

bool mwi_write(const struct agent *a, const char *user, unsigned version, struct sbuf *out)
{
    (void)version;
    struct sip_waiting w;
    if (!counts_of(a, user, &w))
        return false;
    sbuf_fmt(out, "Messages-Waiting: %s\r\nMessage-Account: ", w.fresh ? "yes" : "no");
    agent_write_uri(a, user, out);
    sbuf_fmt(out, "\r\nVoice-Message: %u/%u (%u/%u)\r\n", w.fresh, w.old, w.urgent_fresh, w.urgent_old);
    return true;
}

static void lamp_free(struct lamp *l)
{
    *l->at = l->next;
    if (l->next)
        l->next->at = l->at;
    clock_stop(l->agent->clock, &l->soon);
    if (l->nh) {
        nua_handle_bind(l->nh, NULL);
        nua_handle_destroy(l->nh);
    }
    free(l);
}

static void on_event(struct agent *a, const struct agent_event *ev)
{
    (void)a;
    if (ev->kind == nua_r_notify && ev->status >= 200)
        lamp_free((struct lamp *)ev->owner);
}

/* "terminated": there is no subscription, and none is wanted. */
static void send_lamp(struct lamp *l, const char *body)
{
    struct sbuf who = { 0 };
    sbuf_char(&who, '<');
    agent_write_uri(l->agent, l->user, &who);
    sbuf_char(&who, '>');
    l->nh = nua_handle(l->agent->nua, (nua_hmagic_t *)l, NUTAG_URL(l->contact), SIPTAG_FROM_STR(who.p),
                       SIPTAG_TO_STR(who.p), NUTAG_RETRY_COUNT(0), TAG_END());
    if (l->nh && *l->received)
        nua_set_hparams(l->nh, NUTAG_PROXY(l->received), TAG_END());
    if (l->nh)
        nua_notify(l->nh, NUTAG_NEWSUB(1), SIPTAG_EVENT_STR("message-summary"),
                   SIPTAG_SUBSCRIPTION_STATE_STR("terminated;reason=noresource"), SIPTAG_CONTENT_TYPE_STR(TYPE),
                   SIPTAG_PAYLOAD_STR(body), TAG_END());
    sbuf_free(&who);
}

static void on_soon(void *owner)
{
    struct lamp *l = owner;
    struct sbuf body = { 0 };
    l->soon = NULL;
    if (!subscription_covers(l->agent, PACKAGE_MWI, l->user, l->received) && mwi_write(l->agent, l->user, 0, &body))
        send_lamp(l, body.p);
    if (!l->nh)
        lamp_free(l);
    sbuf_free(&body);
}

/* One that still waits for its turn tells the newest counts anyway. */
static bool is_on_its_way(const struct agent *a, const struct sip_binding *b)
{
    for (const struct lamp *l = a->lamps; l; l = l->next)
        if (l->soon && strcmp(l->user, b->user) == 0 && strcmp(l->contact, b->contact) == 0)
            return true;
    return false;
}

static void tell(struct agent *a, const struct sip_binding *b)
{
    struct lamp *l;
    if (a->state != AGENT_RUNNING || strlen(b->contact) >= sizeof l->contact || is_on_its_way(a, b))
        return;
    l = calloc(1, sizeof *l);
    if (!l)
        abort();
    l->base.on_event = on_event;
    l->agent = a;
    snprintf(l->user, sizeof l->user, "%s", b->user);
    snprintf(l->contact, sizeof l->contact, "%s", b->contact);
    snprintf(l->received, sizeof l->received, "%s", b->received);
    l->at = &a->lamps;
    l->next = a->lamps;
    if (l->next)
        l->next->at = &l->next;
    a->lamps = l;
    l->soon = clock_start(a->clock, 0, on_soon, l);
}

void mwi_on_register(struct agent *a, const struct sip_binding *b)
{
    struct sip_waiting w;
    if (counts_of(a, b->user, &w))
        tell(a, b);
}

void mwi_publish(struct agent *a, const char *user)
{
    struct sip_waiting w;
    struct sip_binding b;
    subscription_publish(a, PACKAGE_MWI, user);
    if (!counts_of(a, user, &w))
        return;
    for (unsigned i = 0; agent_binding(a, user, i, &b); i++)
        tell(a, &b);
}

void mwi_end_all(struct agent *a)
{
    while (a->lamps)
        lamp_free(a->lamps);
}
