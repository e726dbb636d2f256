/* The loop's side of a stream. */
#include "sipfront/media/stream.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "sipfront/media/room_state.h"
#include "sipfront/media/stream_events.h"
#include "vm/base/log.h"

enum { PTIME_USUAL = 20, PTIME_MIN = 10, PTIME_MAX = 60, SHARE_PHASE = 48 };

/* SSRC, first sequence number and timestamp are random (RFC 3550 §5.1). */
static void start_line(struct stream *s)
{
    uint32_t r[3] = { (uint32_t)(uintptr_t)s, 1, 1 };

    if (getrandom(r, sizeof r, GRND_NONBLOCK) < 0)
        r[0] ^= (uint32_t)engine_clock_us();
    s->line = (struct rtp_line){ .ssrc = r[0], .seq = (uint16_t)r[1], .next_ts = r[2] };
    s->grid_ts = r[2];
}

static void list_add(struct media *m, struct stream *s)
{
    s->next = m->streams;
    s->link = &m->streams;
    if (s->next)
        s->next->link = &s->next;
    m->streams = s;
}

/* Streams share a millisecond of the grid, so that few of them wake the thread seldom; a further one is opened when
 * so many share it that the last would leave late. The order keeps those that are open far apart. */
static unsigned take_phase(struct media *m)
{
    static const uint8_t order[GRID_MS] = { 0, 10, 5, 15, 2, 12, 7, 17, 4, 14, 9, 19, 1, 11, 6, 16, 3, 13, 8, 18 };
    unsigned least = order[0];

    for (unsigned i = 0; i < GRID_MS && m->phases[least] >= SHARE_PHASE; i++)
        if (m->phases[order[i]] < m->phases[least])
            least = order[i];
    m->phases[least]++;
    return least;
}

static const struct net_address *own_address(const struct media *m, const char *toward)
{
    struct net_address to;
    bool other = net_address_parse(&to, toward, 0) && to.any.sa_family == m->other.any.sa_family && m->other.len;

    return other ? &m->other : &m->address;
}

enum err stream_open(struct stream **out, struct media *m, const struct stream_events *events, void *owner)
{
    return stream_open_for(out, m, NULL, events, owner);
}

enum err stream_open_for(struct stream **out, struct media *m, const char *address, const struct stream_events *events,
                         void *owner)
{
    struct stream *s = calloc(1, sizeof *s);
    enum err e;

    *out = NULL;
    if (!s)
        return ERR_NOMEM;
    s->media = m;
    s->events = events;
    s->owner = owner;
    s->remote.event_pt = -1;
    s->rtcp.far.rtt_us = -1;
    start_line(s);
    e = ports_take(m->ports, own_address(m, address), s, engine_clock_us() / 1000, &s->pair);
    if (e) {
        free(s);
        return e;
    }
    s->grid_phase = take_phase(m);
    list_add(m, s);
    *out = s;
    return ERR_OK;
}

void stream_close(struct stream **sp)
{
    struct stream *s = *sp;

    *sp = NULL;
    if (!s)
        return;
    s->closed = true;
    /* who is on the grid is looked at soon; until then nothing that comes of it is told to anybody */
    engine_command(s->media, &(struct command){ .run = command_close,
                                                .stream = s,
                                                .patience = s->connected ? PATIENCE_ANY : PATIENCE_USUAL });
}

void stream_listen(struct stream *s, const struct stream_events *events, void *owner)
{
    s->events = events;
    s->owner = owner;
}

uint16_t stream_port(const struct stream *s) { return s->pair->port; }

static void add_to_totals(struct media_totals *t, const struct stream *s)
{
    struct stream_stats n;
    stream_stats(s, &n);
    t->sent += n.sent;
    t->received += n.received;
    t->lost += n.lost;
    t->late += n.late;
}

void media_totals(const struct media *m, struct media_totals *out)
{
    *out = m->ended;
    for (const struct stream *s = m->streams; s; s = s->next)
        add_to_totals(out, s);
}

static void free_when_done(struct stream *s)
{
    if (!s->gone || s->recordings > 0)
        return;
    add_to_totals(&s->media->ended, s);
    s->media->phases[s->grid_phase]--;
    *s->link = s->next;
    if (s->next)
        s->next->link = s->link;
    free(s);
}

static void tell_recorded(struct stream *s, struct recording *rec)
{
    struct stream_recorded r;

    recording_describe(rec, &r);
    if (!rec->both && !s->closed && s->events->on_recorded)
        s->events->on_recorded(&r, s->owner);
    recording_free(rec);
    s->recordings--;
}

void stream_deliver(const struct event *e)
{
    struct stream *s = e->stream;
    const struct stream_events *on;

    if (e->room) {
        room_deliver(e);
        return;
    }
    on = s->events;
    switch (e->kind) {
    case EVENT_DIGIT:
        atomic_fetch_sub(&s->counts.unread_digits, 1);
        if (!s->closed && on->on_digit)
            on->on_digit(e->digit, s->owner);
        break;
    case EVENT_PRESS:
        atomic_fetch_sub(&s->counts.unread_digits, 1);
        if (!s->closed && on->on_press)
            on->on_press(e->digit, e->ms, s->owner);
        break;
    case EVENT_PLAYED:
        if (!s->closed && on->on_played)
            on->on_played(true, e->tag, s->owner);
        break;
    case EVENT_SILENT:
        if (!s->closed && on->on_silent_peer)
            on->on_silent_peer(s->owner);
        break;
    case EVENT_RECORDED: tell_recorded(s, e->recording); break;
    case EVENT_GONE: s->gone = true; break;
    }
    if (s->closed)
        free_when_done(s);
}

/* Tens of ms; Opus has 20, 40 and 60. */
static unsigned usable_ptime(enum codec codec, unsigned wanted)
{
    unsigned step = codec == CODEC_OPUS ? PTIME_USUAL : PTIME_MIN;
    unsigned ms = wanted > PTIME_MAX ? PTIME_MAX : wanted / step * step;

    if (wanted == 0)
        return PTIME_USUAL;
    return ms < step ? step : ms;
}

void stream_set_remote(struct stream *s, const struct stream_remote *r)
{
    struct command c = { .run = command_remote, .stream = s, .remote = *r, .patience = PATIENCE_GRID };

    c.remote.address = NULL; /* the text and the keys are the caller's */
    c.remote.secure = NULL;
    c.keys = r->secure ? secure_keys_copy(r->secure) : NULL;
    c.remote.ptime = usable_ptime(r->codec, r->ptime);
    if (r->port > 0)
        net_address_parse(&c.address, r->address, r->port);
    s->connected = true;
    engine_command(s->media, &c);
}

static void play(struct stream *s, struct command *c, struct prompt *const *prompts)
{
    c->run = command_play;
    c->stream = s;
    c->prompts = calloc(c->n + 1u, sizeof(struct prompt *));
    if (!c->prompts)
        abort(); /* as loop_post() */
    for (unsigned i = 0; i < c->n; i++)
        c->prompts[i] = prompt_ref(prompts[i]);
    engine_command(s->media, c);
}

void stream_play(struct stream *s, struct prompt *const *prompts, unsigned n, unsigned loops, unsigned tag)
{
    play(s, &(struct command){ .n = n, .loops = loops, .tag = tag }, prompts);
}

void stream_play_along(struct stream *s, struct prompt *const *prompts, unsigned n, unsigned tag, int64_t at_ms)
{
    play(s, &(struct command){ .n = n, .loops = UINT_MAX, .tag = tag, .skip_ms = at_ms }, prompts);
}

void stream_play_stop(struct stream *s)
{
    engine_command(s->media, &(struct command){ .run = command_play_stop, .stream = s });
}

void stream_bridge(struct stream *a, struct stream *b)
{
    engine_command(a->media, &(struct command){ .run = command_bridge, .stream = a, .partner = b });
}

void stream_unbridge(struct stream *s)
{
    engine_command(s->media, &(struct command){ .run = command_unbridge, .stream = s });
}

void stream_send_digit(struct stream *s, char digit)
{
    engine_command(s->media, &(struct command){ .run = command_digit, .stream = s, .digit = digit });
}

void stream_pass_digit(struct stream *s, char digit, unsigned ms)
{
    engine_command(s->media, &(struct command){ .run = command_by_info, .stream = s });
    engine_command(s->media, &(struct command){ .run = command_pass_digit, .stream = s, .digit = digit, .ms = ms });
}

void stream_tell_presses(struct stream *s, bool told)
{
    engine_command(s->media, &(struct command){ .run = command_tell_presses, .stream = s, .told = told });
}

/* Recorder thread. */
static void on_file_end(struct recorder_file *file)
{
    struct recording *rec = (struct recording *)file; /* its first member */
    struct stream *s = rec->owner;

    outbox_put(s->media->outbox, &(struct event){ .stream = s, .kind = EVENT_RECORDED, .recording = rec });
}

void stream_record(struct stream *s, const struct stream_record *r)
{
    struct recording *rec = recording_new(r);

    if (!rec)
        abort(); /* as loop_post() */
    rec->owner = s;
    rec->file.on_end = on_file_end;
    s->recordings++;
    engine_command(s->media, &(struct command){ .run = command_record, .stream = s, .recording = rec });
}

void stream_record_talk(struct stream *s, const char *path)
{
    struct stream_record r = { .path = path };
    struct recording *rec = recording_new(&r);

    if (!rec)
        abort(); /* as loop_post() */
    rec->owner = s;
    rec->file.on_end = on_file_end;
    s->recordings++;
    engine_command(s->media, &(struct command){ .run = command_record_talk, .stream = s, .recording = rec });
}

void stream_record_stop(struct stream *s)
{
    engine_command(s->media, &(struct command){ .run = command_record_stop, .stream = s });
}

void stream_stats(const struct stream *s, struct stream_stats *out)
{
    const struct stream_counts *c = &s->counts;

    *out = (struct stream_stats){ .sent = atomic_load_explicit(&c->sent, memory_order_relaxed),
                                  .received = atomic_load_explicit(&c->received, memory_order_relaxed),
                                  .lost = atomic_load_explicit(&c->lost, memory_order_relaxed),
                                  .late = atomic_load_explicit(&c->late, memory_order_relaxed),
                                  .digits = atomic_load_explicit(&c->digits, memory_order_relaxed),
                                  .refused = atomic_load_explicit(&c->refused, memory_order_relaxed),
                                  .jitter_us = atomic_load_explicit(&c->jitter_us, memory_order_relaxed),
                                  .far_reports = atomic_load_explicit(&c->far_reports, memory_order_relaxed),
                                  .far_lost = atomic_load_explicit(&c->far_lost, memory_order_relaxed),
                                  .far_jitter_us = atomic_load_explicit(&c->far_jitter_us, memory_order_relaxed),
                                  .rtt_us = (int)atomic_load_explicit(&c->rtt_us, memory_order_relaxed) - 1,
                                  .latched = atomic_load_explicit(&c->latched, memory_order_relaxed) };
}
