#include "sipfront/call/server_metrics.h"

#include "sipfront/call/cdr_file.h"
#include "sipfront/call/server_parts.h"

const char *call_end_name(enum call_end e)
{
    static const char *const names[] = {
#define CALL_END(name, ...) #name,
#include "sipfront/call/call_end.def"
#undef CALL_END
    };
    return names[e];
}

enum call_end call_end_of(int status)
{
    static const int statuses[][5] = {
#define CALL_END(name, ...) { __VA_ARGS__ },
#include "sipfront/call/call_end.def"
#undef CALL_END
    };
    for (unsigned e = 0; e + 1 < CALL_ENDS; e++)
        for (unsigned i = 0; i < 5 && statuses[e][i]; i++)
            if (statuses[e][i] == status)
                return (enum call_end)e;
    return (enum call_end)(CALL_ENDS - 1);
}

static void add_media(struct server *s, struct server_metrics *out)
{
    struct media_totals t;
    media_totals(s->media, &t);
    out->rtp_sent = t.sent;
    out->rtp_received = t.received;
    out->rtp_lost = t.lost;
    out->rtp_late = t.late;
}

static void add_web(struct server *s, struct server_metrics *out)
{
    struct web_stats w;
    web_stats(s->web, &w);
    out->fetching = w.under_way;
    out->fetched = w.answered;
    out->fetch_timeouts = w.timed_out;
    out->fetch_failures = w.failed;
    out->fetch_refusals = w.refused;
}

static void add_records(const struct server *s, struct server_metrics *out)
{
    struct cdr_file_counts n = cdr_file_counts(s->cdr_file);
    out->has_cdr_file = s->cdr_file;
    out->cdr_written = n.written;
    out->cdr_lost = n.lost;
    out->cdr_failures = n.failures;
    out->cdr_waiting = n.waiting;
}

void server_metrics(struct server *s, struct server_metrics *out)
{
    struct loop_lag lag;
    *out = (struct server_metrics){ .refused = s->calls_failed };
    for (unsigned e = 0; e < CALL_ENDS; e++)
        out->ended[e] = s->ended[e];
    add_media(s, out);
    add_web(s, out);
    add_records(s, out);
    loop_lag(s->loop, &lag);
    out->loop_turns = lag.turns;
    out->loop_late_ms = lag.late_ms;
    out->loop_worst_ms = lag.worst_ms;
}
