/* The commands that only list: one request, one table. */
#include <stdlib.h>

#include "sipfront/flowctl.h"

int ctl_list(const struct ctl *c, const char *path, const char *key, const struct ctl_column *columns,
             const char *when_empty)
{
    json_t *answer = NULL;
    int status = ctl_ask(c, "GET", path, NULL, &answer);
    if (!status && c->json)
        ctl_print_json(answer);
    else if (!status)
        ctl_print_table(json_object_get(answer, key), columns, when_empty);
    json_decref(answer);
    return status;
}

int ctl_say_done(const struct ctl *c, const char *method, char *path, json_t *body, const char *text)
{
    json_t *answer = NULL;
    int status = ctl_ask(c, method, path, body, &answer);
    if (!status && c->json)
        ctl_print_json(answer);
    else if (!status)
        ctl_say("%s", text);
    json_decref(answer);
    free(path);
    return status;
}

int ctl_calls(struct ctl *c)
{
    static const struct ctl_column columns[] = {
        { "ID", "id", NULL },
        { "FROM", "from", NULL },
        { "TO", "to", NULL },
        { "FLOW", "flow", NULL },
        { "VERSION", "version", NULL },
        { "STATE", "state", NULL },
        { "ACTION", "action", NULL },
        { "STARTED", "started_at", ctl_show_time },
        { "ANSWERED", "answered_at", ctl_show_time },
        { NULL, NULL, NULL },
    };
    return ctl_list(c, "/v1/calls", "calls", columns, "no calls");
}

/* "bob talking, dave free" */
static void show_agents(const json_t *value, struct sbuf *out)
{
    size_t i;
    json_t *agent;
    json_array_foreach((json_t *)value, i, agent)
        sbuf_fmt(out, "%s%s %s", i ? ", " : "", json_string_value(json_object_get(agent, "user")),
                 json_string_value(json_object_get(agent, "state")));
}

int ctl_queues(struct ctl *c)
{
    static const struct ctl_column columns[] = {
        { "NAME", "name", NULL },
        { "WAIT", "waiting", NULL },
        { "TALK", "talking", NULL },
        { "LONGEST", "longest_ms", ctl_show_duration },
        { "AGENTS", "agents", show_agents },
        { NULL, NULL, NULL },
    };
    return ctl_list(c, "/v1/queues", "queues", columns, "no queue has been entered yet");
}

int ctl_registrations(struct ctl *c)
{
    static const struct ctl_column columns[] = {
        { "USER", "user", NULL },   { "CONTACT", "contact", NULL },           { "FROM", "source", NULL },
        { "AGENT", "agent", NULL }, { "UNTIL", "expires_at", ctl_show_time }, { NULL, NULL, NULL },
    };
    return ctl_list(c, "/v1/registrations", "registrations", columns, "no device is registered");
}

static json_int_t number(const json_t *o, const char *key) { return json_integer_value(json_object_get(o, key)); }

/* "98 % ready in memory, 2 made, 31 MiB on disk" */
static void show_speech(const json_t *value, struct sbuf *out)
{
    json_int_t hits = number(value, "memory_hits"), all = hits + number(value, "memory_misses");
    sbuf_fmt(out, "%lld %% ready in memory, %lld made, %lld MiB on disk", (long long)(all ? hits * 100 / all : 100),
             (long long)number(value, "disk_misses"), (long long)(number(value, "disk_bytes") >> 20));
}

/* "2 wait, 1 failed, 40 written since the start" */
static void show_transcripts(const json_t *value, struct sbuf *out)
{
    if (!json_is_object(value))
        sbuf_cstr(out, "off");
    else
        sbuf_fmt(out, "%lld wait, %lld failed, %lld written since the start", (long long)number(value, "waiting"),
                 (long long)number(value, "failed"), (long long)number(value, "written"));
}

int ctl_status(struct ctl *c)
{
    static const struct ctl_column columns[] = {
        { "Version", "version", NULL },
        { "SIP address", "address", NULL },
        { "SIP port", "sip_port", NULL },
        { "Realm", "realm", NULL },
        { "Up for", "up_ms", ctl_show_duration },
        { "Connections", "connections", NULL },
        { "Registered", "registrations", NULL },
        { "Calls", "calls", NULL },
        { "Legs", "legs", NULL },
        { "RTP ports in use", "rtp_ports", NULL },
        { "Calls since start", "calls_total", NULL },
        { "failed of them", "calls_failed", NULL },
        { "Faults of flows", "faults", NULL },
        { "Speech", "speech", show_speech },
        { "Transcripts", "transcripts", show_transcripts },
        { NULL, NULL, NULL },
    };
    json_t *answer = NULL;
    int status = ctl_ask(c, "GET", "/v1/status", NULL, &answer);
    if (!status && c->json)
        ctl_print_json(answer);
    else if (!status)
        ctl_print_object(answer, columns);
    json_decref(answer);
    return status;
}
