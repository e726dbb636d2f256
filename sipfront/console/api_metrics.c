/* /metrics: the server's figures as Prometheus reads them (text format 0.0.4). */
#include <string.h>

#include "sipfront/call/server_metrics.h"
#include "sipfront/call/server_outside.h"
#include "sipfront/console/api_handlers.h"

/* A family: its name without "callflow_", its kind, one line of what it is. */
static void family(struct sbuf *out, const char *name, const char *kind, const char *help)
{
    sbuf_fmt(out, "# HELP callflow_%s %s\n# TYPE callflow_%s %s\n", name, help, name, kind);
}

static void value(struct sbuf *out, const char *name, uint64_t n)
{
    sbuf_fmt(out, "callflow_%s %llu\n", name, (unsigned long long)n);
}

static void gauge(struct sbuf *out, const char *name, uint64_t n, const char *help)
{
    family(out, name, "gauge", help);
    value(out, name, n);
}

static void counter(struct sbuf *out, const char *name, uint64_t n, const char *help)
{
    family(out, name, "counter", help);
    value(out, name, n);
}

/* One of a family, told apart by a label whose value needs no escapes. */
static void labelled(struct sbuf *out, const char *name, const char *label, const char *what, uint64_t n)
{
    sbuf_fmt(out, "callflow_%s{%s=\"%s\"} %llu\n", name, label, what, (unsigned long long)n);
}

static void seconds(struct sbuf *out, const char *name, int64_t ms)
{
    sbuf_fmt(out, "callflow_%s %lld.%03lld\n", name, (long long)(ms / 1000), (long long)(ms % 1000));
}

static void count(const struct connection *k, void *n)
{
    (void)k;
    ++*(uint64_t *)n;
}

static void put_server(struct sbuf *out, const struct api *api, const struct server_gauges *g)
{
    uint64_t connections = 0;
    directory_each_connection(api->directory, count, &connections);
    family(out, "build_info", "gauge", "The server's version.");
    sbuf_fmt(out, "callflow_build_info{version=\"%s\"} 1\n", CALLFLOW_VERSION);
    family(out, "up_seconds", "gauge", "Since the start.");
    seconds(out, "up_seconds", clock_mono(api->clock) - api->started_mono_ms);
    gauge(out, "connections", connections, "Connections in the directory.");
    gauge(out, "registrations", g->registrations, "Devices that are registered.");
    gauge(out, "calls", g->calls, "Calls in progress.");
    gauge(out, "legs", g->legs, "Legs of calls in progress.");
    gauge(out, "rtp_ports", g->rtp_ports, "RTP ports in use.");
}

static void put_calls(struct sbuf *out, const struct server_gauges *g, const struct server_metrics *m)
{
    counter(out, "calls_started_total", g->calls_total, "Calls that came, those that were refused at once included.");
    family(out, "calls_ended_total", "counter", "Calls that have ended, by how; refused: before a flow ran.");
    for (unsigned e = 0; e < CALL_ENDS; e++)
        labelled(out, "calls_ended_total", "outcome", call_end_name((enum call_end)e), m->ended[e]);
    labelled(out, "calls_ended_total", "outcome", "refused", m->refused);
    counter(out, "flow_faults_total", g->faults, "Flows that ended in a fault.");
}

static void put_media(struct sbuf *out, const struct server_metrics *m)
{
    counter(out, "rtp_packets_sent_total", m->rtp_sent, "RTP packets sent.");
    counter(out, "rtp_packets_received_total", m->rtp_received, "RTP packets received.");
    counter(out, "rtp_packets_lost_total", m->rtp_lost, "RTP packets that did not come.");
    counter(out, "rtp_packets_late_total", m->rtp_late, "RTP packets that came out of their turn.");
}

static void put_speech(struct sbuf *out, struct server *s)
{
    struct speech_stats t = { 0 };
    server_speech_stats(s, &t);
    family(out, "prompt_requests_total", "counter", "Texts, files and tones to be heard: were they in memory?");
    labelled(out, "prompt_requests_total", "result", "hit", t.memory_hits);
    labelled(out, "prompt_requests_total", "result", "miss", t.memory_misses);
    gauge(out, "prompt_bytes", t.memory_bytes, "Memory of what is ready to be heard.");
    family(out, "speech_requests_total", "counter", "Texts not in memory: were they on the disk, or spoken anew?");
    labelled(out, "speech_requests_total", "result", "hit", t.disk_hits);
    labelled(out, "speech_requests_total", "result", "miss", t.disk_misses);
    gauge(out, "speech_disk_bytes", t.disk_bytes, "Disk of what was spoken.");
}

static void put_outbox(struct sbuf *out, struct server *s)
{
    struct notify_counts n = { 0 };
    if (!server_notify(s))
        return;
    notify_counts(server_notify(s), &n);
    family(out, "outbox_letters", "gauge", "Mails and web hooks in the outbox.");
    labelled(out, "outbox_letters", "state", "waiting", n.waiting);
    labelled(out, "outbox_letters", "state", "given_up", n.given_up);
    counter(out, "outbox_sent_total", n.sent, "Letters that were taken.");
    counter(out, "outbox_tries_failed_total", n.failed, "Tries that failed.");
    counter(out, "outbox_refused_total", n.refused, "Letters refused for want of room.");
}

static void put_transcripts(struct sbuf *out, struct server *s)
{
    struct scribe_counts n = { 0 };
    if (!server_scribe(s))
        return;
    scribe_counts(server_scribe(s), &n);
    family(out, "transcripts", "gauge", "Messages that are not written down: they wait, are worked on, or failed.");
    labelled(out, "transcripts", "state", "waiting", n.waiting);
    labelled(out, "transcripts", "state", "working", n.working);
    labelled(out, "transcripts", "state", "failed", n.failed);
    family(out, "transcripts_written_total", "counter", "Messages written down; empty: nothing was understood.");
    labelled(out, "transcripts_written_total", "result", "words", n.written);
    labelled(out, "transcripts_written_total", "result", "empty", n.empty);
    counter(out, "transcript_tries_failed_total", n.tries_failed, "Tries that failed.");
}

static void put_web(struct sbuf *out, const struct server_metrics *m)
{
    gauge(out, "fetches", m->fetching, "Requests of fetch under way.");
    family(out, "fetches_total", "counter", "Requests of fetch, by how they ended; refused: too many at once.");
    labelled(out, "fetches_total", "outcome", "answered", m->fetched);
    labelled(out, "fetches_total", "outcome", "timeout", m->fetch_timeouts);
    labelled(out, "fetches_total", "outcome", "failed", m->fetch_failures);
    labelled(out, "fetches_total", "outcome", "refused", m->fetch_refusals);
}

static void put_records(struct sbuf *out, const struct server_metrics *m)
{
    if (!m->has_cdr_file)
        return;
    gauge(out, "cdr_waiting", m->cdr_waiting, "Call records that are not in their file yet.");
    counter(out, "cdr_written_total", m->cdr_written, "Call records written to their file.");
    counter(out, "cdr_lost_total", m->cdr_lost, "Call records that are in the log only: too many waited.");
    counter(out, "cdr_failures_total", m->cdr_failures, "Tries to write call records that failed.");
}

static void put_loop(struct sbuf *out, const struct server_metrics *m)
{
    family(out, "loop_lag_seconds", "summary", "How late the event loop came to its timers.");
    seconds(out, "loop_lag_seconds_sum", m->loop_late_ms);
    value(out, "loop_lag_seconds_count", m->loop_turns);
    family(out, "loop_lag_worst_seconds", "gauge", "The longest of the last 10 to 20 seconds.");
    seconds(out, "loop_lag_worst_seconds", m->loop_worst_ms);
}

/* A name that an admin chose, as the value of a label. */
static void put_escaped(struct sbuf *out, const char *s)
{
    for (; *s; s++) {
        if (*s == '\\' || *s == '"')
            sbuf_char(out, '\\');
        sbuf_char(out, *s);
    }
}

static void put_trunk(const struct trunk_info *t, void *arg)
{
    struct sbuf *out = arg;
    sbuf_cstr(out, "callflow_trunk_up{trunk=\"");
    put_escaped(out, t->settings->name);
    sbuf_fmt(out, "\"} %d\n", strcmp(t->state, "up") == 0);
}

void api_metrics_show(struct api_call *c)
{
    struct server *s = c->api->server;
    struct sbuf out = { 0 };
    struct server_gauges g = { 0 };
    struct server_metrics m = { 0 };
    server_gauges(s, &g);
    server_metrics(s, &m);
    put_server(&out, c->api, &g);
    put_calls(&out, &g, &m);
    put_media(&out, &m);
    put_speech(&out, s);
    put_outbox(&out, s);
    put_transcripts(&out, s);
    put_web(&out, &m);
    put_records(&out, &m);
    put_loop(&out, &m);
    family(&out, "trunk_up", "gauge", "Whether calls can go out by the trunk.");
    server_each_trunk(s, put_trunk, &out);
    api_send_text(c, &out);
}
