/* Bodies of the commands, on the media thread. */
#include "sipfront/media/engine.h"

#include <stdlib.h>

#include "sipfront/media/stream_press.h"
#include "vm/base/log.h"

void stream_end_talk(struct media *m, struct stream *s)
{
    struct recording *rec = s->talk;

    s->talk = NULL;
    if (rec)
        recording_end_both(rec, m->recorder);
}

void stream_unbridge_now(struct media *m, struct stream *s)
{
    if (!s->partner)
        return;
    stream_end_talk(m, s);
    stream_end_talk(m, s->partner);
    stream_let_go(m, s);
    stream_let_go(m, s->partner);
    ear_free(&s->ear);
    ear_free(&s->partner->ear);
    s->partner->relay.started = false;
    s->partner->partner = NULL;
    s->relay.started = false;
    s->partner = NULL;
}

void command_close(struct media *m, struct command *c)
{
    struct stream *s = c->stream;
    struct event gone = { .stream = s, .kind = EVENT_GONE };

    if (s->recording || s->talk || s->member || s->partner)
        stream_drain(m, s); /* what was said before the BYE belongs to the recording */
    stream_unbridge_now(m, s);
    stream_leave_room(s);
    stream_end_recording(m, s);
    stream_rtcp_bye(m, s);
    player_stop(&s->player);
    ear_free(&s->ear);
    mouth_free(&s->mouth);
    inband_free(&s->inband);
    free(s->digits);
    s->digits = NULL;
    s->ndigits = 0;
    secure_free(&s->secure);
    secure_keys_free(&s->keys);
    wheel_remove(&m->wheel, &s->node);
    ports_give(m->ports, s->pair, s, engine_ms(m));
    outbox_put(m->outbox, &gone);
}

/* An address that names nowhere (0.0.0.0, as some phones hold) changes nothing: after the hold the peer is where it
 * was. */
static bool moved(const struct stream *s, const struct net_address *to)
{
    return !s->has_remote || (net_address_reachable(to) && !net_address_equal(to, &s->latch.signalled));
}

/* Keys that stay keep their context: numbers and the list of what was received go on (RFC 4568 §7.1.4). Without a
 * context nothing goes in or out: no key, no plain audio instead. */
static void secure_with(struct stream *s, struct secure_keys *keys)
{
    bool same = s->keys && keys && secure_keys_equal(s->keys, keys);
    secure_keys_free(&s->keys);
    s->keys = keys;
    if (same)
        return;
    secure_free(&s->secure);
    if (keys && secure_new(&s->secure, keys) != ERR_OK)
        log_error("media", "port %u: SRTP does not work: nothing is sent", s->pair->port);
}

void command_remote(struct media *m, struct command *c)
{
    struct stream *s = c->stream;

    if (moved(s, &c->address))
        latch_restart(&s->latch, &c->address, engine_ms(m));
    if (!c->remote.send)
        s->line.talking = s->relay.started = false;
    secure_with(s, c->keys);
    s->no_events &= s->remote.event_pt == c->remote.event_pt;
    s->remote = c->remote;
    s->has_remote = true;
    s->heard_ms = engine_ms(m); /* the time-out runs from here */
    s->silence_told = false;
    engine_watch(m, s);
}

void command_play(struct media *m, struct command *c)
{
    struct stream *s = c->stream;

    (void)m;
    if (s->playing_beep) {
        s->playing_beep = false; /* cut short; the recording begins all the same */
        stream_begin_recording(m, s);
    }
    stream_play_now(s, c->prompts, c->n, c->loops);
    if (c->skip_ms)
        player_skip(&s->player, c->skip_ms);
    s->player.tag = c->tag;
}

void command_play_stop(struct media *m, struct command *c)
{
    (void)m;
    if (!c->stream->playing_beep)
        player_stop(&c->stream->player);
}

void command_bridge(struct media *m, struct command *c)
{
    stream_unbridge_now(m, c->stream);
    stream_unbridge_now(m, c->partner);
    stream_leave_room(c->stream);
    stream_leave_room(c->partner);
    c->stream->partner = c->partner;
    c->partner->partner = c->stream;
}

void command_unbridge(struct media *m, struct command *c) { stream_unbridge_now(m, c->stream); }

void command_digit(struct media *m, struct command *c) { stream_press(m, c->stream, c->digit); }

void command_by_info(struct media *m, struct command *c)
{
    struct stream *s = c->stream;

    (void)m;
    s->no_inband = true;
    s->no_events = s->remote.event_pt >= 0;
    inband_free(&s->inband);
}

void command_pass_digit(struct media *m, struct command *c)
{
    struct stream *to = c->stream->partner;

    if (to)
        stream_hand_on(m, to, c->digit, c->ms);
}

/* What is held when it changes is told, so that it is not lost, and not relayed, so that it is not doubled. */
void command_tell_presses(struct media *m, struct command *c)
{
    struct stream *s = c->stream;

    if (s->partner)
        stream_let_go(m, s->partner);
    s->told = c->told;
}

void stream_begin_recording(struct media *m, struct stream *s)
{
    if (s->recording && !s->recording->running)
        recording_begin(s->recording, m->recorder, s->remote.codec, engine_ms(m));
}

void stream_end_recording(struct media *m, struct stream *s)
{
    struct recording *rec = s->recording;

    if (!rec)
        return;
    s->recording = NULL;
    if (s->playing_beep)
        player_stop(&s->player);
    s->playing_beep = false;
    recording_end(rec, m->recorder, engine_ms(m));
}

/* The beep goes through the player like a prompt; what comes in meanwhile is not recorded. */
static void beep(struct media *m, struct stream *s)
{
    struct prompt **one = malloc(sizeof *one);

    if (!one)
        abort(); /* as loop_post() */
    *one = prompt_ref(m->beep);
    stream_play_now(s, one, 1, 1);
    s->playing_beep = true;
}

void command_record(struct media *m, struct command *c)
{
    struct stream *s = c->stream;

    stream_end_recording(m, s);
    s->recording = c->recording;
    if (c->recording->beep)
        beep(m, s);
    else
        stream_begin_recording(m, s);
}

/* Without a bridge it is an empty file, as one that was stopped before its beep was over. */
void command_record_talk(struct media *m, struct command *c)
{
    struct stream *s = c->stream;
    unsigned rate = codec_info(s->remote.codec)->rate, other;

    other = s->partner ? codec_info(s->partner->remote.codec)->rate : rate;
    stream_end_talk(m, s);
    s->talk = c->recording;
    recording_begin_both(s->talk, m->recorder, rate < other ? rate : other);
    if (!s->partner)
        stream_end_talk(m, s);
}

void command_record_stop(struct media *m, struct command *c)
{
    stream_drain(m, c->stream);
    stream_end_recording(m, c->stream);
}
