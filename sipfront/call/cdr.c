/* The call's one line in the log when it has ended. */
#include <time.h>

#include "sipfront/call/server_parts.h"
#include "vm/base/log.h"

static const char *stamp(int64_t wall_ms, char out[32])
{
    time_t t = (time_t)(wall_ms / 1000);
    struct tm tm;
    if (!wall_ms)
        return "-";
    gmtime_r(&t, &tm);
    strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return out;
}

void cdr_write(const struct call *c)
{
    const struct call_facts *f = &c->facts;
    char started[32], answered[32], ended[32];
    log_info(
        "cdr",
        "call=%s from=%s to=%s flow=%s version=%u started=%s answered=%s ended=%s talk=%lld.%03lld by=%s status=%d",
        f->id, f->from, f->to, f->flow, f->version, stamp(f->started_ms, started), stamp(f->answered_ms, answered),
        stamp(clock_wall(c->port.clock), ended), (long long)(f->talk_ms / 1000), (long long)(f->talk_ms % 1000),
        f->by ? f->by : "flow", f->status);
}
