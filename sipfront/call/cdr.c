/* The call's one line in the log when it has ended, and its place in the figures. */
#include <time.h>

#include "sipfront/call/server_parts.h"
#include "sipfront/directory/outside.h"
#include "sipfront/media/quality.h"
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

/* What a leg sounded like: codec, packets that came and were lost on their way to us, jitter; what the phone reported
 * of ours; round trip; the estimate for the worse way. */
static void put_quality(struct sbuf *out, const char *side, enum codec codec, const struct stream_stats *s)
{
    uint64_t all = s->received + s->lost, ours = s->sent ? s->sent : 1;
    double lost_in = all ? (double)s->lost / (double)all : 0, lost_out = (double)s->far_lost / (double)ours;
    struct quality q = { .codec = codec, .jitter_ms = s->jitter_us / 1000.0, .trip_ms = s->rtt_us / 1000.0 };
    q.loss = lost_in > lost_out ? lost_in : lost_out;
    if (q.loss > 1)
        q.loss = 1;
    if (s->far_jitter_us > s->jitter_us)
        q.jitter_ms = s->far_jitter_us / 1000.0;
    sbuf_fmt(out, " %s_codec=%s %s_in=%llu %s_lost=%llu %s_jitter=%.1f", side, codec_info(codec)->name, side,
             (unsigned long long)s->received, side, (unsigned long long)s->lost, side, s->jitter_us / 1000.0);
    if (s->far_reports)
        sbuf_fmt(out, " %s_far_lost=%u %s_far_jitter=%.1f", side, s->far_lost, side, s->far_jitter_us / 1000.0);
    if (s->rtt_us >= 0)
        sbuf_fmt(out, " %s_rtt=%.1f", side, s->rtt_us / 1000.0);
    if (s->refused)
        sbuf_fmt(out, " %s_refused=%llu", side, (unsigned long long)s->refused);
    sbuf_fmt(out, " %s_mos=%.2f", side, quality_mos(&q));
}

/* "" for a call without audio. */
static void put_qualities(struct sbuf *out, const struct call *c)
{
    struct stream_stats s;
    if (c->media.stream && c->facts.answered_ms) {
        stream_stats(c->media.stream, &s);
        put_quality(out, "caller", leg_media_codec(&c->media), &s);
    }
    if (c->facts.far_codec != CODEC_NONE)
        put_quality(out, "callee", c->facts.far_codec, &c->facts.far);
}

/* Which trunks it came and went by, and what that cost. */
static void put_outside(struct sbuf *out, const struct call_facts *f)
{
    if (f->came_by)
        sbuf_fmt(out, " came_by=%s", f->came_by);
    if (f->diverted)
        sbuf_fmt(out, " diverted=%s", f->diverted);
    if (f->trunk)
        sbuf_fmt(out, " trunk=%s number=%s", f->trunk, f->number);
    if (f->trunk || f->cost) /* without: a caller who was transferred here, still at somebody's cost */
        sbuf_fmt(out, " cost=%lld.%04lld", (long long)(f->cost / MONEY_UNIT), (long long)(f->cost % MONEY_UNIT));
    if (f->limit)
        sbuf_fmt(out, " limit=%s", meter_name(f->limit));
}

void cdr_write(const struct call *c)
{
    const struct call_facts *f = &c->facts;
    char started[32], answered[32], ended[32];
    struct sbuf more = { 0 };
    c->server->ended[call_end_of(f->status)]++;
    put_outside(&more, f);
    put_qualities(&more, c);
    for (unsigned i = 1; i <= f->talks_recorded; i++)
        sbuf_fmt(&more, " recording%u=recordings/%s-talk%u.wav", i, f->id, i);
    log_info("cdr",
             "call=%s from=%s to=%s flow=%s version=%u started=%s answered=%s ended=%s talk=%lld.%03lld by=%s "
             "status=%d parent=%s%s",
             f->id, f->from, f->to, f->flow, f->version, stamp(f->started_ms, started), stamp(f->answered_ms, answered),
             stamp(clock_wall(c->port.clock), ended), (long long)(f->talk_ms / 1000), (long long)(f->talk_ms % 1000),
             f->by ? f->by : "flow", f->status, *c->parent ? c->parent : "-", more.p ? more.p : "");
    sbuf_free(&more);
}
