/* What the console and flowctl see of a server, and what they change in it (server.h). */
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/server_parts.h"

struct notify *server_notify(struct server *s) { return s->notify; }
struct scribe *server_scribe(struct server *s) { return s->scribe; }
struct directory *server_directory(struct server *s) { return s->directory; }
const char *server_address(const struct server *s) { return s->address; }
uint16_t server_sip_port(const struct server *s) { return agent_port_number(s->agent); }

void server_each_call(struct server *s, void (*each)(const struct call_info *c, void *arg), void *arg)
{
    for (const struct call *c = s->calls; c; c = c->next) {
        struct call_info info = {
            .id = c->facts.id,
            .from = c->caller.user,
            .to = c->facts.to,
            .flow = c->facts.flow,
            .version = c->facts.version,
            .action = c->run ? flow_run_action(c->run) : "",
            .state = dial_talking(c->dial) ? "talking" : call_state_text(c->state),
            .started_wall_ms = c->facts.started_ms,
            .answered_wall_ms = c->facts.answered_ms,
        };
        each(&info, arg);
    }
}

struct each_registration {
    void (*each)(const struct registration_info *r, void *arg);
    void *arg;
};

static void on_binding(const struct sip_binding *b, void *arg)
{
    const struct each_registration *e = arg;
    struct registration_info info = { .user = b->user,
                                      .contact = b->contact,
                                      .source = b->received,
                                      .agent = b->agent,
                                      .expires_wall_ms = b->expires_wall_ms };
    e->each(&info, e->arg);
}

void server_each_registration(struct server *s, void (*each)(const struct registration_info *r, void *arg), void *arg)
{
    struct each_registration e = { each, arg };
    agent_each_binding(s->agent, on_binding, &e);
}

/* ---- Connections ---- */

/* What is too much for the directory stays too much for it. */
static unsigned limit_of(int64_t n) { return n > UINT32_MAX ? UINT32_MAX : (unsigned)n; }

/* The row as it is to be; digests must outlive the call of the directory. */
static struct connection changed(const struct server *s, const struct connection *old,
                                 const struct connection_change *ch, struct sip_account *digests)
{
    struct connection c = { .user = ch->user,
                            .name = ch->name ? ch->name : "",
                            .ha1_md5 = "",
                            .ha1_sha256 = "",
                            .ring_ms = 20000,
                            .flow = "",
                            .srtp = "",
                            .pickup_groups = PICKUP_GROUP_COMMON,
                            .dtmf = DTMF_AUTO };
    if (old)
        c = *old;
    if (old && ch->name)
        c.name = ch->name;
    if (ch->password && *ch->password) {
        digest_ha1(ch->user, server_realm(s), ch->password, digests);
        c.ha1_md5 = digests->ha1_md5;
        c.ha1_sha256 = digests->ha1_sha256;
    } else if (ch->password) {
        c.ha1_md5 = c.ha1_sha256 = "";
    }
    if (ch->is_virtual >= 0)
        c.is_virtual = ch->is_virtual;
    if (ch->has_voicemail >= 0)
        c.has_voicemail = ch->has_voicemail;
    if (ch->sha256 >= 0)
        c.sha256 = ch->sha256;
    if (ch->ring_ms >= 0)
        c.ring_ms = ch->ring_ms;
    if (ch->max_bindings >= 0)
        c.max_bindings = limit_of(ch->max_bindings);
    if (ch->max_calls >= 0)
        c.max_calls = limit_of(ch->max_calls);
    if (ch->srtp)
        c.srtp = ch->srtp;
    if (ch->pickup_groups)
        c.pickup_groups = ch->pickup_groups;
    if (ch->dtmf)
        c.dtmf = ch->dtmf;
    return c;
}

void server_add_connection(struct server *s, const struct connection_change *ch, struct directory_done done)
{
    struct sip_account digests = { 0 };
    struct connection c = changed(s, NULL, ch, &digests);
    directory_add_connection(s->directory, &c, done);
}

/* Devices that registered with the old password, or that a virtual Connection cannot have, are off at once. */
void server_set_connection(struct server *s, const struct connection_change *ch, struct directory_done done)
{
    struct sip_account digests = { 0 };
    const struct connection *old = directory_connection(s->directory, ch->user);
    struct connection c = changed(s, old, ch, &digests);
    if (old && (ch->password || c.is_virtual))
        agent_forget(s->agent, ch->user);
    directory_set_connection(s->directory, &c, done);
}

void server_remove_connection(struct server *s, const char *user, struct directory_done done)
{
    agent_forget(s->agent, user);
    directory_remove_connection(s->directory, user, done);
}

void server_deploy(struct server *s, const struct deploy_item *items, unsigned n, struct directory_done done)
{
    flows_deploy(s, items, n, done);
}

enum err server_remove_flow(struct server *s, const char *name, struct directory_done done, struct sbuf *why)
{
    return flows_remove(s->flows, name, done, why);
}

static void count_binding(const struct sip_binding *b, void *arg)
{
    (void)b;
    ++*(unsigned *)arg;
}

void server_gauges(struct server *s, struct server_gauges *out)
{
    *out = (struct server_gauges){
        .calls = s->ncalls,
        .rtp_ports = media_ports_in_use(s->media),
        .calls_total = s->calls_total,
        .calls_failed = s->calls_failed,
        .faults = s->faults,
    };
    for (const struct call *c = s->calls; c; c = c->next)
        out->legs += (c->leg ? 1u : 0u) + dial_legs(c->dial);
    agent_each_binding(s->agent, count_binding, &out->registrations);
}
