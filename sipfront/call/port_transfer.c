#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/call_op.h"
#include "sipfront/call/far_uri.h"
#include "sipfront/call/referring.h"
#include "sipfront/call/server_parts.h"
#include "sipfront/call/transfer.h"
#include "sipfront/directory/trunk_lists.h"
#include "sipfront/sip/refer.h"
#include "vm/base/fmt.h"
#include "vm/base/log.h"

enum { TRANSFERS_MAX = 20, TARGET_MAX = 256 };

struct referring {
    struct call_op op;
    asked_cb *done;
    void *owner;
    char target[TARGET_MAX]; /* a SIP user, a number or a SIP URI */
    struct call_route route; /* of the server's own way */
    char why[64];            /* "" : done */
    bool taken, put;         /* by the phone or the target; the server puts it through */
    int line;                /* the flow's permit line that counts it, -1: none */
};

static void stop(struct call_op *op)
{
    struct referring *f = (struct referring *)op;
    call_op_cancel_later(op);
    op->call->referring = NULL;
    free(f);
}

static void finish(struct call_op *op)
{
    struct referring *f = (struct referring *)op;
    asked_cb *done = f->done;
    void *owner = f->owner;
    char why[sizeof f->why];
    memcpy(why, f->why, sizeof why);
    stop(op);
    done(!*why, str_of(why), owner);
}

static void fail(struct referring *f, const char *why)
{
    snprintf(f->why, sizeof f->why, "%s", why);
    call_op_later(&f->op);
}

static void fail_with(struct referring *f, int status)
{
    static const struct {
        int status;
        const char *why;
    } known[] = { { 403, "not allowed" }, { 404, "not found" }, { 408, "no answer" }, { 410, "not found" },
                  { 480, "no answer" },   { 486, "busy" },      { 487, "no answer" }, { 600, "busy" },
                  { 603, "declined" },    { 604, "not found" } };
    char why[64];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status) {
            fail(f, known[i].why);
            return;
        }
    snprintf(why, sizeof why, "refused with %d", status);
    fail(f, why);
}

/* ---- the server's own way ---- */

static void put_through(struct referring *f)
{
    struct call *c = f->op.call;
    if (!c->leg)
        fail(f, "the caller is gone");
    else if (c->handovers >= TRANSFERS_MAX)
        fail(f, "the call went in a circle");
    else
        f->put = true, transfer_by_flow(c, f->target, &f->route);
}

unsigned referring_under(const struct referring *f, int line) { return f && !f->put && f->line == line; }

void referring_answered(struct referring *f)
{
    if (f)
        f->taken = true;
}

void referring_refused(struct referring *f, int status)
{
    if (f)
        fail_with(f, status);
}

/* ---- by REFER ---- */

/* The carrier knows the numbers that it gives us, and those that it carries for us: as it wants them written. */
static bool write_for_carrier(const struct call *c, const char *number, struct sbuf *uri)
{
    const struct server *s = c->server;
    const struct trunk *trunk = trunk_find(s->agent, c->caller.trunk);
    const struct trunk_settings *t = directory_trunk(s->directory, c->caller.trunk);
    char written[NUMBER_TEXT];
    if (*number != '+' || !trunk || !t)
        return false;
    numbering_to_carrier(&s->outside.numbering, t, number, written);
    trunk_uri(trunk, written, uri);
    return true;
}

/* false: the caller's phone could not call it by itself. */
static bool write_target(const struct referring *f, struct sbuf *uri)
{
    const struct call *c = f->op.call;
    if (!leg_may_put(c->leg))
        return false;
    if (far_uri_is_one(f->target) && !*c->caller.trunk) {
        sbuf_cstr(uri, f->target);
        return true;
    }
    if (*c->caller.trunk)
        return write_for_carrier(c, f->target, uri);
    if (f->route.dials_out && !router_may_dial(c->server, c->caller.user, f->target))
        return false;
    leg_uri_here(c->leg, f->target, uri);
    return true;
}

static void begin(struct referring *f)
{
    struct sbuf uri = { 0 }, by = { 0 };
    struct call *c = f->op.call;
    bool asks = c->leg && write_target(f, &uri);
    log_info("transfer", "call %s: its caller goes to %s, %s", c->facts.id, f->target,
             asks ? "by its own phone" : "put through here");
    if (asks) {
        leg_uri_here(c->leg, c->facts.dialed, &by);
        leg_put(c->leg, uri.p, by.p);
    } else {
        put_through(f);
    }
    sbuf_free(&uri);
    sbuf_free(&by);
}

/* The phone has asked us for that URI, or a server that knows only its own users: it cannot, but we may. */
static bool could_not(const struct referring *f, int status)
{
    return far_uri_is_one(f->target) && (status == 403 || status == 404 || status == 416);
}

void referring_told(struct referring *f, bool taken, int status)
{
    if (!f || f->op.later)
        return;
    if (!taken) {
        log_info("transfer", "call %s: its phone refuses the REFER with %d", f->op.call->facts.id, status);
        put_through(f);
    } else if (status >= 300) {
        f->taken = false;
        if (could_not(f, status))
            put_through(f);
        else
            fail_with(f, status);
    } else {
        f->taken = true;
        if (status >= 200)
            call_drop(f->op.call, 0); /* the end follows: referring_caller_gone() */
    }
}

bool referring_taken(const struct referring *f) { return f && f->taken; }

void referring_caller_gone(struct referring *f)
{
    if (referring_taken(f) && !f->op.later)
        finish(&f->op);
}

/* ---- starting ---- */

/* A URI of this server's own is the user that it names, and nothing outside. */
static bool find_target(struct referring *f)
{
    const struct call *c = f->op.call;
    const struct connection *pays = directory_connection(c->server->directory, c->facts.dialed);
    char user[PARTY_USER];
    bool uri = far_uri_is_one(f->target), ours = uri && far_uri_is_ours(c->server, f->target, user);
    if (ours)
        fmt_text(f->target, sizeof f->target, "%s", user);
    const struct connection *to = router_find(c->server, f->target);
    f->route = (struct call_route){ .dialed = to };
    if (!to && !ours && (uri || *f->target == '+'))
        f->route = (struct call_route){ .dialed = pays, .dials_out = true };
    f->route.permit_flow = f->line < 0 ? NULL : c->facts.flow;
    f->route.permit_line = f->line;
    return f->route.dialed;
}

struct call_op *call_transfer_start(void *self, struct str target, int line, asked_cb *done, void *owner)
{
    struct call *c = self;
    struct referring *f = calloc(1, sizeof *f);
    if (!f)
        abort();
    f->op = (struct call_op){ .call = c, .stop = stop, .finish = finish };
    f->done = done;
    f->owner = owner;
    c->referring = f;
    f->line = line;
    if (target.len < sizeof f->target)
        snprintf(f->target, sizeof f->target, "%.*s", STR_ARG(target));
    if (find_target(f))
        begin(f);
    else
        fail(f, "unknown target");
    return &f->op;
}
