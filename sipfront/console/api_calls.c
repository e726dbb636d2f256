/* /v1/calls, /v1/registrations, /v1/status: what is going on. */
#include "sipfront/console/api_handlers.h"

static void add_call(const struct call_info *k, void *array)
{
    json_t *o = json_object();
    json_object_set_new(o, "id", api_json_text(k->id));
    json_object_set_new(o, "from", api_json_text(k->from));
    json_object_set_new(o, "to", api_json_text(k->to));
    json_object_set_new(o, "flow", api_json_name(k->flow));
    json_object_set_new(o, "version", json_integer(k->version));
    json_object_set_new(o, "action", api_json_name(k->action));
    json_object_set_new(o, "state", api_json_text(k->state));
    json_object_set_new(o, "started_at", api_json_time(k->started_wall_ms));
    json_object_set_new(o, "answered_at", api_json_time(k->answered_wall_ms));
    json_array_append_new(array, o);
}

void api_calls_list(struct api_call *c)
{
    json_t *array = json_array();
    server_each_call(c->api->server, add_call, array);
    api_answer(c, 200, api_json_list("calls", array));
}

static void add_registration(const struct registration_info *r, void *array)
{
    json_t *o = json_object();
    json_object_set_new(o, "user", api_json_text(r->user));
    json_object_set_new(o, "contact", api_json_text(r->contact));
    json_object_set_new(o, "source", api_json_text(r->source));
    json_object_set_new(o, "agent", api_json_text(r->agent));
    json_object_set_new(o, "expires_at", api_json_time(r->expires_wall_ms));
    json_array_append_new(array, o);
}

void api_registrations_list(struct api_call *c)
{
    json_t *array = json_array();
    server_each_registration(c->api->server, add_registration, array);
    api_answer(c, 200, api_json_list("registrations", array));
}

static void count(const struct connection *k, void *n)
{
    (void)k;
    ++*(json_int_t *)n;
}

static json_t *json_of_speech(struct server *s)
{
    struct speech_stats t = { 0 };
    json_t *o = json_object();
    server_speech_stats(s, &t);
    json_object_set_new(o, "memory_hits", json_integer((json_int_t)t.memory_hits));
    json_object_set_new(o, "memory_misses", json_integer((json_int_t)t.memory_misses));
    json_object_set_new(o, "memory_bytes", json_integer((json_int_t)t.memory_bytes));
    json_object_set_new(o, "disk_hits", json_integer((json_int_t)t.disk_hits));
    json_object_set_new(o, "disk_misses", json_integer((json_int_t)t.disk_misses));
    json_object_set_new(o, "disk_bytes", json_integer((json_int_t)t.disk_bytes));
    return o;
}

static json_t *json_of_transcripts(struct server *s)
{
    const struct scribe *scribe = server_scribe(s);
    struct scribe_counts n = { 0 };
    if (!scribe)
        return json_null();
    scribe_counts(scribe, &n);
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "waiting", (json_int_t)n.waiting, "working",
                     (json_int_t)n.working, "failed", (json_int_t)n.failed, "written", (json_int_t)n.written, "empty",
                     (json_int_t)n.empty, "tries_failed", (json_int_t)n.tries_failed);
}

void api_status_show(struct api_call *c)
{
    struct server *s = c->api->server;
    struct server_gauges g = { 0 };
    json_int_t connections = 0;
    json_t *o = json_object();
    server_gauges(s, &g);
    directory_each_connection(c->api->directory, count, &connections);
    json_object_set_new(o, "version", json_string(CALLFLOW_VERSION));
    json_object_set_new(o, "realm", api_json_text(server_realm(s)));
    json_object_set_new(o, "address", api_json_text(server_address(s)));
    json_object_set_new(o, "sip_port", json_integer(server_sip_port(s)));
    json_object_set_new(o, "up_ms", json_integer(clock_mono(c->api->clock) - c->api->started_mono_ms));
    json_object_set_new(o, "connections", json_integer(connections));
    json_object_set_new(o, "registrations", json_integer(g.registrations));
    json_object_set_new(o, "calls", json_integer(g.calls));
    json_object_set_new(o, "legs", json_integer(g.legs));
    json_object_set_new(o, "rtp_ports", json_integer(g.rtp_ports));
    json_object_set_new(o, "calls_total", json_integer((json_int_t)g.calls_total));
    json_object_set_new(o, "calls_failed", json_integer((json_int_t)g.calls_failed));
    json_object_set_new(o, "faults", json_integer((json_int_t)g.faults));
    json_object_set_new(o, "speech", json_of_speech(s));
    json_object_set_new(o, "transcripts", json_of_transcripts(s));
    api_answer(c, 200, o);
}
