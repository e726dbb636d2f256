/* Busy lamps: the dialogs of a Connection, for the agent to tell. */
#include <stdio.h>
#include <string.h>

#include "sipfront/call/dial.h"
#include "sipfront/call/far_leg.h"
#include "sipfront/call/server_parts.h"
#include "sipfront/call/waiting.h"
#include "sipfront/sip/blf.h"

struct watching {
    const struct server *server;
    const char *user;
    void (*each)(const struct sip_dialog *d, void *arg);
    void *arg;
};

static const char *name_of(const struct server *s, const char *user)
{
    const struct connection *c = directory_connection(s->directory, user);
    return c ? c->name : "";
}

static const char *caller_state(const struct call *c)
{
    switch (c->state) {
    case CALL_OFFERED: return "trying";
    case CALL_RINGING:
    case CALL_EARLY: return "early";
    case CALL_ANSWERED:
    case CALL_UP: return "confirmed";
    case CALL_DOWN: break;
    }
    return "terminated";
}

static void tell_caller(const struct watching *w, const struct call *c)
{
    struct sip_dialog d = { .id = c->facts.id, .initiator = true, .state = caller_state(c), .far = c->facts.to };
    d.far_name = name_of(w->server, c->facts.dialed);
    if (c->leg && party_is(&c->caller, w->user))
        w->each(&d, w->arg);
}

/* Several devices of a Connection are one dialog: of the one that is furthest. */
static void tell_callee(const struct watching *w, const struct call *c)
{
    enum far_state best = FAR_OVER;
    const struct leg *rings = NULL;
    char id[32];
    for (const struct far_leg *f = c->dial ? c->dial->legs : NULL; f; f = f->next)
        if (f->leg && f->state != FAR_OVER && strcmp(f->user, w->user) == 0 && (best == FAR_OVER || f->state > best))
            best = f->state, rings = f->leg;
    if (best == FAR_OVER)
        return;
    snprintf(id, sizeof id, "%s-b", c->facts.id);
    struct sip_dialog d = { .id = id, .far = party_shown(&c->caller), .far_name = c->caller.name };
    d.leg = best == FAR_RINGING ? rings : NULL; /* a talk is nobody else's to take: its tags are told to nobody */
    d.state = best == FAR_CALLING ? "trying" : best == FAR_RINGING ? "early" : "confirmed";
    w->each(&d, w->arg);
}

bool watch_dialogs(void *owner, const char *user, void (*each)(const struct sip_dialog *d, void *arg), void *arg)
{
    const struct server *s = owner;
    struct watching w = { s, user, each, arg };
    if (!directory_connection(s->directory, user))
        return false;
    for (const struct call *c = s->calls; c; c = c->next) {
        tell_caller(&w, c);
        tell_callee(&w, c);
    }
    return true;
}

void watch_changed(const struct call *c, const char *user)
{
    if (!user || !*user || !c->server->agent)
        return;
    blf_publish(c->server->agent, user);
    waiting_changed(c->server->waiting, user);
}
