/* The dialogs that an INVITE with Replaces may name: those of the legs, and which have ended lately. */
#include <stdio.h>
#include <string.h>

#include <sofia-sip/msg_types.h>
#include <sofia-sip/sip_header.h>

#include "sipfront/sip/replaces_inner.h"

bool leg_replaces_are_bad(const sip_t *sip)
{
    const sip_replaces_t *r = sip->sip_replaces;
    const sip_error_t *e = sip->sip_error; /* where the stack puts what stands twice, as what it is */
    while (e && ((const sip_header_t *)e)->sh_class != sip_replaces_class)
        e = e->er_next;
    return e || (r && (!r->rp_call_id || !r->rp_to_tag || !r->rp_from_tag));
}

bool leg_read_replaces(const sip_t *sip, struct leg_replaces *out)
{
    const sip_replaces_t *r = sip->sip_replaces;
    if (!r)
        return false;
    *out = (struct leg_replaces){ .early_only = r->rp_early_only };
    /* what is cut off matches nothing */
    snprintf(out->id.call_id, sizeof out->id.call_id, "%s", r->rp_call_id);
    snprintf(out->id.to_tag, sizeof out->id.to_tag, "%s", r->rp_to_tag);
    snprintf(out->id.from_tag, sizeof out->id.from_tag, "%s", r->rp_from_tag);
    return true;
}

bool leg_dialog(const struct leg *leg, struct leg_dialog_id *out)
{
    snprintf(out->call_id, sizeof out->call_id, "%s", leg->call_id);
    snprintf(out->to_tag, sizeof out->to_tag, "%s", leg->our_tag);
    snprintf(out->from_tag, sizeof out->from_tag, "%s", leg->their_tag);
    return *out->call_id && *out->to_tag && *out->from_tag;
}

bool leg_is_replaced(const struct leg *leg, const struct leg_dialog_id *id)
{
    const char *ours = leg->our_tag, *theirs = leg->their_tag;
    if (!*ours || !*theirs || strcmp(leg->call_id, id->call_id) != 0)
        return false;
    return (strcmp(ours, id->to_tag) == 0 && strcmp(theirs, id->from_tag) == 0) ||
           (strcmp(ours, id->from_tag) == 0 && strcmp(theirs, id->to_tag) == 0);
}

/* FNV-1a. */
static uint64_t hash(const char *text)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 0x100000001b3u;
    return h;
}

/* The same whichever tag stands first. */
static uint64_t fingerprint(const struct leg_dialog_id *id)
{
    return hash(id->call_id) * 31 + (hash(id->to_tag) ^ hash(id->from_tag));
}

enum { REMEMBERED = sizeof((struct agent *)NULL)->over / sizeof((struct agent *)NULL)->over[0] };

void leg_note_over(const struct leg *leg)
{
    struct leg_dialog_id id;
    if (leg_dialog(leg, &id))
        leg->agent->over[leg->agent->nover++ % REMEMBERED] = fingerprint(&id);
}

bool agent_had_dialog(const struct agent *a, const struct leg_dialog_id *id)
{
    uint64_t wanted = fingerprint(id);
    for (const struct leg *leg = a->legs; leg; leg = leg->next)
        if (leg->report != LEG_UNREPORTED && leg_is_replaced(leg, id))
            return true; /* its last messages are on their way */
    for (unsigned i = 0; i < REMEMBERED; i++)
        if (a->over[i] == wanted)
            return true;
    return false;
}
