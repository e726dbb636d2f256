#include "sipfront/call/leg_media.h"

#include <string.h>

#include "vm/base/log.h"

enum err leg_media_open(struct leg_media *m, struct media *media, const char *address,
                        const struct stream_events *events, void *owner)
{
    *m = (struct leg_media){ .address = address };
    return stream_open(&m->stream, media, events, owner);
}

void leg_media_close(struct leg_media *m) { stream_close(&m->stream); }

/* RFC 4566 §5.2: the session id stays, the version grows with every change. The port makes the id unique among our live
 * sessions. */
static void stamp(struct leg_media *m)
{
    if (!m->session_id)
        m->session_id = 1000000 + stream_port(m->stream);
    m->ours.session_id = m->session_id;
    m->ours.session_version = ++m->version;
}

void leg_media_offer(struct leg_media *m, const struct audio_desc *prefer, struct sbuf *sdp)
{
    audio_ours(&m->ours, m->address, stream_port(m->stream), prefer);
    stamp(m);
    audio_write(sdp, &m->ours, NULL);
}

static enum codec codec_of(const struct audio_format *f)
{
    if (f && strcmp(f->name, "pcmu") == 0)
        return CODEC_PCMU;
    if (f && strcmp(f->name, "pcma") == 0)
        return CODEC_PCMA;
    return CODEC_NONE;
}

/* RFC 3264 §8.4: held by direction, or the old way by address 0.0.0.0. */
static bool they_listen(const struct audio_desc *d)
{
    bool held = d->address[0] == 0 || strcmp(d->address, "0.0.0.0") == 0 || d->port == 0;
    return !held && (d->direction == AUDIO_SENDRECV || d->direction == AUDIO_RECVONLY);
}

static bool they_talk(const struct audio_desc *d)
{
    return d->direction == AUDIO_SENDRECV || d->direction == AUDIO_SENDONLY;
}

/* agreed: the formats both sides have, with the payload types that go over the wire. */
static void start(struct leg_media *m, const struct audio_desc *agreed)
{
    const struct audio_format *codec = audio_codec(agreed), *event = audio_event(agreed);
    struct stream_remote r = {
        .address = m->theirs.address,
        .port = m->theirs.port,
        .codec = codec_of(codec),
        .pt = codec ? codec->pt : 0,
        .event_pt = event ? event->pt : -1,
        .ptime = m->theirs.ptime ? m->theirs.ptime : 20,
        .send = they_listen(&m->theirs),
        .receive = they_talk(&m->theirs),
    };
    stream_set_remote(m->stream, &r);
}

enum err leg_media_take_answer(struct leg_media *m, const char *sdp)
{
    struct audio_desc theirs, agreed;
    enum err e = audio_read(&theirs, sdp);
    if (e)
        return e;
    e = audio_answer(&agreed, &theirs, &m->ours);
    if (e)
        return e;
    m->theirs = theirs;
    start(m, &agreed);
    return ERR_OK;
}

enum err leg_media_take_offer(struct leg_media *m, const char *sdp)
{
    struct audio_desc theirs, can, answer;
    enum err e = audio_read(&theirs, sdp);
    if (e)
        return e;
    audio_ours(&can, m->address, stream_port(m->stream), NULL);
    e = audio_answer(&answer, &theirs, &can);
    if (e)
        return e;
    m->theirs = theirs;
    m->ours = answer;
    stamp(m);
    return ERR_OK;
}

void leg_media_answer(struct leg_media *m, struct sbuf *sdp) { audio_write(sdp, &m->ours, &m->theirs); }

void leg_media_start(struct leg_media *m) { start(m, &m->ours); }

void leg_media_reoffer(struct leg_media *m, struct leg *leg, const char *sdp)
{
    struct sbuf answer = { 0 };
    if (!sdp) {
        leg_media_offer(m, &m->theirs, &answer);
    } else if (leg_media_take_offer(m, sdp) != ERR_OK) {
        leg_reoffer_answer(leg, 488, NULL);
        return;
    } else {
        leg_media_start(m);
        leg_media_answer(m, &answer);
    }
    leg_reoffer_answer(leg, 200, answer.p);
    sbuf_free(&answer);
}

void leg_media_reanswer(struct leg_media *m, const char *sdp)
{
    if (sdp && leg_media_take_answer(m, sdp) != ERR_OK)
        log_warn("media", "an answer to our offer cannot be used: the audio stays as it was");
}

bool leg_media_has_events(const struct leg_media *m) { return m->theirs.nformats && audio_event(&m->theirs); }
