/* The live call behind call_port.h: which function does what. */
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/box_visit.h"
#include "sipfront/call/call_op.h"
#include "sipfront/call/queueing.h"
#include "sipfront/call/fetching.h"
#include "sipfront/call/referring.h"
#include "sipfront/call/server_parts.h"
#include "vm/base/log.h"

static bool is_answered(void *self)
{
    const struct call *c = self;
    return c->state == CALL_UP;
}

/* Walks the live calls, so that there is no count to keep in step; only lines with `at most` ask. */
/* What another call holds of a line of this flow. */
static unsigned held_by(const struct call *c, const char *flow, int line)
{
    const struct call_facts *f = &c->facts;
    unsigned n = f->permit_flow && f->permit_line == line && strcmp(f->permit_flow, flow) == 0;
    if (strcmp(f->flow, flow) == 0)
        n += dial_under(c->dial, line) + fetching_under(c->fetching, line) + referring_under(c->referring, line);
    return n;
}

static unsigned held(void *self, int line)
{
    const struct call *c = self;
    unsigned n = 0;
    for (const struct call *other = c->server->calls; other; other = other->next)
        n += held_by(other, c->facts.flow, line);
    return n;
}

static void reject(void *self, int status) { call_drop(self, status); }
static void hangup(void *self) { call_drop(self, 0); }

/* The flow `voicemail` knows the box's own greetings; who asks here runs without it. */
static bool greeting(void *self, struct str box, struct vm_sound *out)
{
    (void)self;
    (void)box;
    (void)out;
    return false;
}

static bool box_full(void *self, struct str box)
{
    const struct call *c = self;
    char *name = strndup(box.p ? box.p : "", box.len);
    if (!name)
        abort();
    bool full = directory_box_full(c->server->directory, name);
    free(name);
    return full;
}

static void trace(void *self, const char *area, struct str text)
{
    const struct call *c = self;
    log_info("flow", "call=%s %s: %.*s", c->facts.id, area, STR_ARG(text));
}

static const struct call_port offered = {
    .answer = call_answer_start,
    .is_answered = is_answered,
    .reject = reject,
    .hangup = hangup,
    .play = call_play_start,
    .expect_play = call_play_expect,
    .dial = call_dial_start,
    .queue = call_queue_start,
    .held = held,
    .record = call_record_start,
    .greeting = greeting,
    .box_full = box_full,
    .stop = call_op_stop,
    .trace = trace,
    .transfer = call_transfer_start,
    .fetch = call_fetch_start,
    .notify = call_notify,
    .box = &call_box_port,
    .conference = &call_conference_port,
    .remember = call_remember_start,
    .recall = call_recall_start,
};

const struct call_port *call_port_offered(void) { return &offered; }

void call_port_init(struct call *c)
{
    c->port = offered;
    c->port.clock = loop_clock(c->server->loop);
    c->port.self = c;
}
