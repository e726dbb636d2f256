#include "sipfront/call/cdr.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sipfront/call/calls_up.h"
#include "sipfront/call/cdr_file.h"
#include "sipfront/call/cdr_json.h"
#include "sipfront/call/dial.h"
#include "sipfront/call/far_outside.h"
#include "sipfront/call/fare.h"
#include "sipfront/call/server_parts.h"
#include "sipfront/directory/outside.h"
#include "sipfront/media/quality.h"
#include "vm/base/log.h"

/* The last second is kept: a call's lines name few others. */
static const char *stamp(int64_t wall_ms, char out[32])
{
    static time_t second;
    static char text[32];
    time_t t = (time_t)(wall_ms / 1000);
    struct tm tm;
    if (!wall_ms)
        return "-";
    if (t != second) {
        second = t;
        gmtime_r(&t, &tm);
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    }
    return memcpy(out, text, sizeof text);
}

/* How a leg's audio was sent. */
struct sound {
    enum codec codec;
    const char *suite; /* of SRTP; NULL: plain */
};

static void put_ms(struct sbuf *out, const char *side, const char *name, unsigned us)
{
    unsigned tenths = (us + 50) / 100;
    sbuf_fmt(out, " %s%s=%u.%u", side, name, tenths / 10, tenths % 10);
}

/* What a leg sounded like: codec, packets that came and were lost on their way to us, jitter; what the phone reported
 * of ours; round trip; the estimate for the worse way. */
static void put_quality(struct sbuf *out, const char *side, struct sound by, const struct stream_stats *s)
{
    uint64_t all = s->received + s->lost, ours = s->sent ? s->sent : 1;
    double lost_in = all ? (double)s->lost / (double)all : 0, lost_out = (double)s->far_lost / (double)ours;
    struct quality q = { .codec = by.codec, .jitter_ms = s->jitter_us / 1000.0, .trip_ms = s->rtt_us / 1000.0 };
    unsigned mos;
    q.loss = lost_in > lost_out ? lost_in : lost_out;
    if (q.loss > 1)
        q.loss = 1;
    if (s->far_jitter_us > s->jitter_us)
        q.jitter_ms = s->far_jitter_us / 1000.0;
    sbuf_fmt(out, " %scodec=%s %ssrtp=%s %sin=%llu %slost=%llu", side, codec_info(by.codec)->name, side,
             by.suite ? by.suite : "-", side, (unsigned long long)s->received, side, (unsigned long long)s->lost);
    put_ms(out, side, "jitter", s->jitter_us);
    if (s->far_reports) {
        sbuf_fmt(out, " %sfar_lost=%u", side, s->far_lost);
        put_ms(out, side, "far_jitter", s->far_jitter_us);
    }
    if (s->rtt_us >= 0)
        put_ms(out, side, "rtt", (unsigned)s->rtt_us);
    if (s->refused)
        sbuf_fmt(out, " %srefused=%llu", side, (unsigned long long)s->refused);
    mos = (unsigned)(quality_mos(&q) * 100 + 0.5);
    sbuf_fmt(out, " %smos=%u.%02u", side, mos / 100, mos % 100);
}

/* "" for a call without audio. */
static void put_qualities(struct sbuf *out, const struct call *c)
{
    struct stream_stats s;
    if (c->media.stream && c->facts.answered_ms) {
        stream_stats(c->media.stream, &s);
        put_quality(out, "caller_", (struct sound){ leg_media_codec(&c->media), c->media.suite }, &s);
    }
    if (c->facts.far_codec != CODEC_NONE)
        put_quality(out, "callee_", (struct sound){ c->facts.far_codec, c->facts.far_suite }, &c->facts.far);
}

/* Which trunks it came and went by, and what that cost. */
static void put_outside(struct sbuf *out, const struct call_facts *f)
{
    if (f->came_by)
        cdr_put(out, "came_by", f->came_by);
    if (f->diverted)
        cdr_put(out, "diverted", f->diverted);
    if (f->trunk)
        cdr_put(out, "trunk", f->trunk), cdr_put(out, "number", f->number);
    if (f->trunk || f->cost) /* without: a caller who was transferred here, still at somebody's cost */
        sbuf_fmt(out, " cost=%lld.%04lld", (long long)(f->cost / MONEY_UNIT), (long long)(f->cost % MONEY_UNIT));
    if (f->limit)
        sbuf_fmt(out, " limit=%s", meter_name(f->limit));
}

/* Of the bridges that are over, and the one that is up. */
static int64_t talk_ms(const struct call *c)
{
    int64_t now = clock_mono(c->port.clock);
    bool talks = dial_talking(c->dial) && !c->dial->op.later;
    return c->facts.talk_ms + (talks ? now - c->dial->talk_from_ms : 0);
}

static void put_call(struct sbuf *out, const struct call *c, const char *by)
{
    const struct call_facts *f = &c->facts;
    char started[32], answered[32], ended[32];
    int64_t talk = talk_ms(c);
    cdr_put(out, "call", f->id);
    cdr_put(out, "from", f->from);
    cdr_put(out, "to", f->to);
    cdr_put(out, "flow", f->flow);
    sbuf_fmt(out, " version=%u started=%s answered=%s ended=%s talk=%lld.%03lld by=%s status=%d parent=%s", f->version,
             stamp(f->started_ms, started), stamp(f->answered_ms, answered), stamp(clock_wall(c->port.clock), ended),
             (long long)(talk / 1000), (long long)(talk % 1000), by, f->status, *c->parent ? c->parent : "-");
    put_outside(out, f);
}

/* ---- legs ---- */

struct leg_line {
    const char *call, *side, *user, *trunk; /* trunk: "" none */
    const struct leg_record *record;
    const struct leg_media *media; /* NULL: its audio is not told */
};

static void put_leg(struct sbuf *out, const struct leg_line *l, const struct clock *clock, const char *end)
{
    const struct leg_record *r = l->record;
    char started[32], rang[32], answered[32], ended[32];
    struct stream_stats stats;
    cdr_put(out, "call", l->call);
    sbuf_fmt(out, " leg=%u side=%s", r->no, l->side);
    cdr_put(out, "user", l->user);
    sbuf_fmt(out, " started=%s rang=%s answered=%s ended=%s status=%d end=%s", stamp(r->started_ms, started),
             stamp(r->rang_ms, rang), stamp(r->answered_ms, answered), stamp(clock_wall(clock), ended),
             r->answered_ms ? 200 : r->status, end);
    if (*l->trunk)
        cdr_put(out, "trunk", l->trunk);
    if (r->answered_ms && l->media && l->media->stream) {
        stream_stats(l->media->stream, &stats);
        put_quality(out, "", (struct sound){ leg_media_codec(l->media), l->media->suite }, &stats);
    }
}

static struct leg_line line_of_far(const struct far_leg *f)
{
    return (struct leg_line){ dial_call(f->dial)->facts.id, "callee",   f->user,
                              fare_trunk(f->fare),          &f->record, &f->media };
}

static struct leg_line line_of_caller(const struct call *c, struct leg_record *r, const char *end)
{
    const struct call_facts *f = &c->facts;
    *r = (struct leg_record){ 1, f->started_ms, 0, f->answered_ms, f->status, end, f->leg_kept };
    return (struct leg_line){ f->id, "caller", c->caller.user, c->caller.trunk, r, &c->media };
}

/* ---- the calls and legs that are up ---- */

enum { NOTED_MS = 10000 };

/* The file of records has it from now on, and gives its slot back once it is written. */
static void hand_over(struct server *s, const char *type, struct str line, int slot)
{
    struct sbuf json = { 0 };
    if (!s->cdr_file) {
        calls_up_give(s->calls_up, slot);
        return;
    }
    calls_up_note(s->calls_up, slot, line); /* how it has ended: a crash may come before it is written */
    cdr_json(&json, type, line);
    cdr_file_add(s->cdr_file, sbuf_view(&json), slot);
    sbuf_free(&json);
}

static void on_written(void *owner, int slot)
{
    struct server *s = owner;
    calls_up_give(s->calls_up, slot);
}

/* Of the run before: what a crash has ended, and what had ended and was not in the file yet. */
static bool on_found(const char *line, int slot, void *arg)
{
    struct server *s = arg;
    bool is_leg = strstr(line, " leg=");
    struct sbuf json = { 0 };
    if (strstr(line, is_leg ? " end=crash" : " by=crash"))
        log_info(is_leg ? "leg" : "cdr", "%s", line);
    if (!s->cdr_file)
        return false;
    cdr_json(&json, is_leg ? "leg" : "call", str_of(line));
    cdr_file_add(s->cdr_file, sbuf_view(&json), slot);
    sbuf_free(&json);
    return true;
}

enum err cdr_open(struct server *s, const char *file, struct sbuf *why)
{
    const struct cdr_file_port port = { on_written, s };
    char path[512];
    int n = snprintf(path, sizeof path, "%s/calls.up", s->data);
    enum err e = file ? cdr_file_open(&s->cdr_file, s->loop, file, &port, why) : ERR_OK;
    if (e)
        return e;
    e = n < (int)sizeof path ? calls_up_open(&s->calls_up, path, on_found, s) : ERR_LIMIT;
    if (e)
        log_warn("cdr", "%s: %s: calls that a crash ends will have no record", path, err_text(e));
    return ERR_OK;
}

void cdr_close(struct server *s)
{
    sbuf_free(&s->record);
    sbuf_free(&s->log_lines);
    clock_stop(loop_clock(s->loop), &s->noting);
    cdr_file_close(&s->cdr_file);
    calls_up_close(&s->calls_up);
}

void server_cdr_reopen(struct server *s) { cdr_file_reopen(s->cdr_file); }

/* A line begins in the room of the one before. */
static struct sbuf *record_of(struct server *s)
{
    sbuf_clear(&s->record);
    return &s->record;
}

static void note_call(const struct call *c)
{
    struct server *s = c->server;
    struct sbuf *line = record_of(s);
    struct leg_record r;
    struct leg_line caller = line_of_caller(c, &r, NULL);
    if (c->facts.slot != CALLS_UP_NONE) {
        put_call(line, c, "crash");
        calls_up_note(s->calls_up, c->facts.slot, sbuf_view(line));
    }
    if (r.kept) {
        caller.media = NULL;
        line = record_of(s);
        put_leg(line, &caller, c->port.clock, "crash");
        calls_up_note(s->calls_up, r.kept - 1, sbuf_view(line));
    }
}

static void on_note(void *arg)
{
    struct call *c = arg;
    c->noting = NULL;
    note_call(c);
}

void cdr_note(struct call *c)
{
    if (!c->noting)
        c->noting = clock_start(c->port.clock, 0, on_note, c);
}

void cdr_note_leg(const struct far_leg *f)
{
    const struct call *c = dial_call(f->dial);
    struct leg_line l = line_of_far(f);
    struct sbuf *line = record_of(c->server);
    if (!f->record.kept)
        return;
    l.media = NULL;
    put_leg(line, &l, c->port.clock, "crash");
    calls_up_note(c->server->calls_up, f->record.kept - 1, sbuf_view(line));
}

void cdr_begin_leg(struct far_leg *f)
{
    f->record.kept = calls_up_take(dial_call(f->dial)->server->calls_up) + 1;
    cdr_note_leg(f);
}

/* So a record says to within this time when the call ended. */
static void note_all(void *arg)
{
    struct server *s = arg;
    s->noting = s->calls ? clock_start(loop_clock(s->loop), NOTED_MS, note_all, s) : NULL;
    for (const struct call *c = s->calls; c; c = c->next) {
        note_call(c);
        for (const struct far_leg *f = dial_first(c->dial); f; f = f->next)
            cdr_note_leg(f);
    }
}

void cdr_begin(struct call *c)
{
    struct server *s = c->server;
    c->facts.legs = 1;
    c->facts.slot = calls_up_take(s->calls_up);
    c->facts.leg_kept = calls_up_take(s->calls_up) + 1;
    if (s->calls_up && !s->noting)
        s->noting = clock_start(loop_clock(s->loop), NOTED_MS, note_all, s);
}

/* ---- the end ---- */

static void end_leg(struct server *s, const struct leg_line *l, const char *end)
{
    struct sbuf *line = record_of(s);
    put_leg(line, l, loop_clock(s->loop), end);
    log_info("leg", "%s", line->p);
    hand_over(s, "leg", sbuf_view(line), l->record->kept - 1);
}

void cdr_leg(struct far_leg *f, const char *end)
{
    struct leg_line l = line_of_far(f);
    if (f->record.no)
        end_leg(dial_call(f->dial)->server, &l, end);
    f->record.kept = 0;
}

static void end_caller(struct call *c, const char *end)
{
    struct leg_record r;
    struct leg_line l = line_of_caller(c, &r, end);
    end_leg(c->server, &l, end);
    c->facts.leg_kept = 0;
}

void cdr_caller(struct call *c, const char *end)
{
    end_caller(c, end);
    c->facts.leg_kept = calls_up_take(c->server->calls_up) + 1;
}

/* How the caller's leg ended, in the words of far_leg.c. */
static const char *caller_end(const struct call *c)
{
    const struct call_facts *f = &c->facts;
    if (!c->media.stream && f->answered_ms)
        return "transferred";
    if (f->status == 302)
        return "forwarded";
    if (f->by && strcmp(f->by, "caller") == 0)
        return f->answered_ms ? "bye" : "cancelled";
    return f->answered_ms ? "hung-up" : "refused";
}

void cdr_write(struct call *c)
{
    const struct call_facts *f = &c->facts;
    struct sbuf *line;
    clock_stop(c->port.clock, &c->noting);
    c->server->ended[call_end_of(f->status)]++;
    log_hold(&c->server->log_lines);
    end_caller(c, caller_end(c));
    line = record_of(c->server);
    put_call(line, c, f->by ? f->by : "flow");
    put_qualities(line, c);
    for (unsigned i = 1; i <= f->talks_recorded; i++)
        sbuf_fmt(line, " recording%u=recordings/%s-talk%u.wav", i, f->id, i);
    log_info("cdr", "%s", line->p);
    log_let_go();
    hand_over(c->server, "call", sbuf_view(line), f->slot);
}
