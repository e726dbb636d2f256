#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/url.h>

#include "vm/base/fmt.h"

#include "sipfront/sip/leg_inner.h"

struct referral {
    struct leg *leg; /* NULL: it is gone, nobody can be told */
    char event[64];
    nua_saved_event_t request[1];
    bool over; /* the last NOTIFY is on its way */
};

/* The value of a parameter, up to ; or the end. */
static bool read_param(const char *value, const char *name, char *out, size_t cap)
{
    size_t len = strlen(name);
    for (const char *p = strchr(value, ';'); p; p = strchr(p, ';')) {
        p++;
        if (strncasecmp(p, name, len) != 0 || p[len] != '=')
            continue;
        size_t n = strcspn(p + len + 1, ";");
        if (n >= cap)
            return false;
        fmt_text(out, cap, "%.*s", (int)n, p + len + 1);
        return true;
    }
    return false;
}

bool refer_read_replaces(const char *value, struct leg_dialog_id *out)
{
    char text[768];
    if (strlen(value) >= sizeof text)
        return false;
    url_unescape(text, value);
    size_t n = strcspn(text, ";");
    if (!n || n >= sizeof out->call_id)
        return false;
    fmt_text(out->call_id, sizeof out->call_id, "%.*s", (int)n, text);
    return read_param(text, "to-tag", out->to_tag, sizeof out->to_tag) &&
           read_param(text, "from-tag", out->from_tag, sizeof out->from_tag);
}

static bool is_either(const char *tag, const struct leg_dialog_id *id)
{
    return !*tag || strcmp(tag, id->to_tag) == 0 || strcmp(tag, id->from_tag) == 0;
}

bool leg_is_dialog(const struct leg *leg, const struct leg_dialog_id *id)
{
    return *id->call_id && strcmp(leg->call_id, id->call_id) == 0 && is_either(leg->our_tag, id) &&
           is_either(leg->their_tag, id);
}

/* Longer ones are none that struct leg_dialog_id could name. */
static void keep(char **kept, const char *text, size_t cap)
{
    if (!text || strlen(text) >= cap || strcmp(*kept, text) == 0)
        return;
    free(*kept);
    *kept = strdup(text);
    if (!*kept)
        abort();
}

void leg_note_dialog(struct leg *leg, const sip_t *sip)
{
    bool ours_in_from = sip->sip_status != NULL; /* an answer to our request */
    const char *from = sip->sip_from ? sip->sip_from->a_tag : NULL, *to = sip->sip_to ? sip->sip_to->a_tag : NULL;
    const struct leg_dialog_id *id = NULL;
    keep(&leg->call_id, sip->sip_call_id ? sip->sip_call_id->i_id : NULL, sizeof id->call_id);
    keep(&leg->our_tag, ours_in_from ? from : to, sizeof id->to_tag);
    keep(&leg->their_tag, ours_in_from ? to : from, sizeof id->from_tag);
}

/* The header "Replaces" of a SIP URI: "Replaces=…&…", escaped. */
static void read_uri_replaces(const url_t *url, struct leg_dialog_id *out)
{
    const char *p = url->url_headers;
    char value[768];
    while (p && *p) {
        size_t n = strcspn(p, "&");
        if (strncasecmp(p, "Replaces=", 9) == 0 && n - 9 < sizeof value) {
            fmt_text(value, sizeof value, "%.*s", (int)(n - 9), p + 9);
            if (!refer_read_replaces(value, out))
                memset(out, 0, sizeof *out);
            return;
        }
        p += n + (p[n] == '&');
    }
}

static bool read_request(const sip_t *sip, char user[SIP_USER_MAX], struct refer_request *out)
{
    const sip_refer_to_t *to = sip->sip_refer_to;
    const url_t *url = to ? to->r_url : NULL;
    const char *name = url ? url->url_user : NULL;
    if (!url || (url->url_type != url_sip && url->url_type != url_sips && url->url_type != url_tel))
        return false;
    if (url->url_type == url_tel && !name)
        name = url->url_host;
    if (!name || strlen(name) >= SIP_USER_MAX)
        return false;
    url_unescape(user, name);
    out->user = user;
    out->host = url->url_type != url_tel && url->url_host ? url->url_host : "";
    read_uri_replaces(url, &out->replaces);
    return true;
}

static void name_event(struct referral *r, const struct agent_event *ev)
{
    const sip_event_t *o = NULL;
    tl_gets(ev->tags, NUTAG_REFER_EVENT_REF(o), TAG_END());
    fmt_text(r->event, sizeof r->event, "refer");
    if (o && o->o_id)
        fmt_text(r->event, sizeof r->event, "refer;id=%s", o->o_id);
}

static void refuse_now(const struct agent_event *ev, int status)
{
    nua_respond(ev->nh, status, sip_status_phrase(status), NUTAG_WITH_THIS(ev->leg->agent->nua), TAG_END());
}

void leg_on_refer(const struct agent_event *ev)
{
    struct leg *leg = ev->leg;
    struct refer_request rq = { 0 };
    char user[SIP_USER_MAX];
    const struct leg_events *events = leg_listener(leg);
    if (ev->status >= 200)
        return;
    if (!read_request(ev->sip, user, &rq)) {
        refuse_now(ev, 400);
    } else if (!events || !events->on_refer) {
        refuse_now(ev, 403);
    } else if (leg->referral) {
        refuse_now(ev, 491);
    } else {
        struct referral *r = calloc(1, sizeof *r);
        if (!r)
            abort();
        r->leg = leg;
        leg->referral = r;
        name_event(r, ev);
        nua_save_event(leg->agent->nua, r->request);
        events->on_refer(r, &rq, leg->owner);
    }
}

static void respond(struct referral *r, int status)
{
    const char *phrase = status == 202 ? "Accepted" : sip_status_phrase(status);
    nua_respond(r->leg->nh, status, phrase, NUTAG_WITH_SAVED(r->request), TAG_END());
    nua_destroy_event(r->request);
    r->request[0] = NULL;
}

static void referral_free(struct referral *r)
{
    if (r->leg)
        r->leg->referral = NULL;
    if (r->request[0])
        nua_destroy_event(r->request);
    free(r);
}

void referral_refuse(struct referral **rp, int status)
{
    struct referral *r = *rp;
    *rp = NULL;
    if (r->leg)
        respond(r, status);
    referral_free(r);
}

void referral_accept(struct referral *r)
{
    if (!r->leg)
        return;
    respond(r, 202);
    referral_tell(r, 100);
}

static void notify(const struct referral *r, int status, bool last)
{
    char body[96];
    const char *phrase = sip_status_phrase(status);
    fmt_text(body, sizeof body, "SIP/2.0 %d %s\r\n", status, phrase ? phrase : "No");
    nua_notify(r->leg->nh, SIPTAG_EVENT_STR(r->event), SIPTAG_CONTENT_TYPE_STR("message/sipfrag;version=2.0"),
               SIPTAG_PAYLOAD_STR(body), TAG_IF(!last, NUTAG_SUBSTATE(nua_substate_active)),
               TAG_IF(last, SIPTAG_SUBSCRIPTION_STATE_STR("terminated;reason=noresource")), TAG_END());
}

void referral_tell(struct referral *r, int status)
{
    if (r && r->leg)
        notify(r, status, false);
}

/* The leg stays until this NOTIFY is answered. */
void referral_end(struct referral **rp, int status)
{
    struct referral *r = *rp;
    *rp = NULL;
    if (!r)
        return;
    if (!r->leg) {
        referral_free(r);
        return;
    }
    notify(r, status, true);
    r->over = true;
}

void leg_on_notified(const struct agent_event *ev)
{
    struct leg *leg = ev->leg;
    int state = nua_substate_active;
    tl_gets(ev->tags, NUTAG_SUBSTATE_REF(state), TAG_END());
    if (ev->status < 200 || !leg->referral)
        return;
    if (leg->referral->over && (state == nua_substate_terminated || ev->status >= 300))
        leg_referral_gone(leg);
    leg_check_gone(leg);
}

/* The owner's referral, if it has one, tells nobody any more. */
void leg_referral_gone(struct leg *leg)
{
    struct referral *r = leg->referral;
    if (!r)
        return;
    if (r->over)
        referral_free(r);
    else
        r->leg = NULL;
    leg->referral = NULL;
}
