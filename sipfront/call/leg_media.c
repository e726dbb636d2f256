#include "sipfront/call/leg_media.h"

#include <stdlib.h>
#include <string.h>

#include "vm/base/fmt.h"
#include "vm/base/log.h"

enum { SDP_USUAL = 500 };

enum err leg_media_open(struct leg_media *m, struct media *media, const char *address,
                        const struct stream_events *events, void *owner)
{
    memset(m, 0, sizeof *m);
    fmt_text(m->address, sizeof m->address, "%s", address);
    return stream_open_for(&m->stream, media, address, events, owner);
}

/* What was not said yet: no formats, no address. */
static const struct audio_desc nothing;
static const struct audio_desc *their(const struct leg_media *m) { return m->theirs ? m->theirs : &nothing; }
static const struct audio_desc *our(const struct leg_media *m) { return m->ours ? m->ours : &nothing; }

static void forget_keys(struct leg_media *m)
{
    if (m->crypto)
        explicit_bzero(m->crypto, AUDIO_CRYPTO_MAX * sizeof *m->crypto);
    free(m->crypto);
    m->crypto = NULL;
    m->ncrypto = 0;
}

void leg_media_close(struct leg_media *m)
{
    stream_close(&m->stream);
    audio_keep(&m->theirs, NULL);
    audio_keep(&m->ours, NULL);
    forget_keys(m);
    *m = (struct leg_media){ 0 };
}

/* RFC 4566 §5.2: the session id stays, the version grows with every change. The port makes the id unique among our live
 * sessions. */
static void keep_ours(struct leg_media *m, struct audio_desc *said)
{
    if (!m->session_id)
        m->session_id = 1000000 + stream_port(m->stream);
    said->session_id = m->session_id;
    said->session_version = ++m->version;
    audio_keep(&m->ours, said);
}

/* One key a suite, when the other side can be told it. Without randomness there is no suite, and a call that has to be
 * secure fails. */
static void make_keys(struct leg_media *m)
{
    if (m->security == AUDIO_SECURE_OFF || m->ncrypto > 0)
        return;
    if (!m->crypto)
        m->crypto = calloc(AUDIO_CRYPTO_MAX, sizeof *m->crypto);
    if (!m->crypto)
        abort();
    for (unsigned i = 0; i < secure_suites() && m->ncrypto < AUDIO_CRYPTO_MAX; i++) {
        struct audio_crypto *c = &m->crypto[m->ncrypto];
        fmt_text(c->suite, sizeof c->suite, "%s", secure_suite_name(i));
        m->ncrypto += secure_key_new(i, c->key) == ERR_OK;
    }
}

void leg_media_secure(struct leg_media *m, enum audio_security security)
{
    forget_keys(m);
    m->security = security;
}

/* The codec table in the words of SDP. */
static void ours(const struct leg_media *m, enum audio_security security, const struct audio_desc *prefer,
                 struct audio_desc *out)
{
    struct audio_format codecs[CODEC_COUNT];
    struct audio_side side = { .address = m->address, .port = stream_port(m->stream), .codecs = codecs };

    side.no_events = m->digits == DIGITS_IN_BAND; /* else it would be sent events, and expected to send them */
    side.security = security;
    side.crypto = m->crypto;
    side.ncrypto = m->ncrypto;
    for (unsigned i = 1; i < CODEC_COUNT; i++) {
        const struct codec_info *c = codec_info((enum codec)i);
        struct audio_format f = { .pt = c->pt, .rate = c->clock, .channels = c->channels, .fmtp = c->fmtp };
        fmt_text(f.name, sizeof f.name, "%s", c->name);
        codecs[side.ncodecs++] = f;
    }
    audio_ours(out, &side, prefer);
}

void leg_media_offer(struct leg_media *m, const struct audio_desc *prefer, struct sbuf *sdp)
{
    bool savp = m->security != AUDIO_SECURE_OFF && their(m)->must_secure; /* who insists on it does so to the end */
    struct audio_desc offer;
    if (m->security >= AUDIO_SECURE_WISHED || !prefer || prefer->ncrypto > 0)
        make_keys(m);
    ours(m, savp ? AUDIO_SECURE_REQUIRED : m->security, prefer, &offer);
    keep_ours(m, &offer);
    sbuf_room(sdp, SDP_USUAL);
    audio_write(sdp, m->ours, m->theirs);
}

static enum codec codec_of(const struct audio_format *f) { return f ? codec_find(f->name, f->rate) : CODEC_NONE; }

enum codec leg_media_codec(const struct leg_media *m)
{
    const struct audio_desc *agreed = m->theirs ? m->theirs : our(m);
    for (unsigned i = 0; i < agreed->nformats; i++)
        if (codec_of(&agreed->formats[i]) != CODEC_NONE)
            return codec_of(&agreed->formats[i]);
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

/* They send with the payload types that we have said (RFC 3264 §5.1), which may be others than those we send with. */
static void accept_formats(struct stream_remote *r, const struct audio_desc *said)
{
    for (unsigned i = 0; i < said->nformats && r->naccepts < STREAM_FORMATS; i++)
        r->accepts[r->naccepts++] = (struct stream_format){ said->formats[i].pt, codec_of(&said->formats[i]) };
}

/* The keys of the agreed suite, ours and theirs. */
static enum err agree_keys(struct secure_keys *out, const struct audio_desc *agreed, const struct audio_desc *theirs)
{
    const struct audio_crypto *own = agreed->ncrypto ? &agreed->crypto[0] : NULL;
    const struct audio_crypto *other = own ? audio_crypto_tagged(theirs, own->tag) : NULL;
    int suite = own ? secure_suite_find(own->suite) : -1;

    *out = (struct secure_keys){ 0 };
    if (!own)
        return ERR_OK;
    return other && suite >= 0 ? secure_keys_read(out, (unsigned)suite, own->key, other->key) : ERR_SYNTAX;
}

/* agreed: the formats both sides have, with the payload types that they receive. */
static void start(struct leg_media *m, const struct audio_desc *agreed)
{
    const struct audio_desc *theirs = their(m);
    const struct audio_format *codec = audio_codec(agreed), *event = audio_event(agreed);
    struct stream_remote r = {
        .address = theirs->address,
        .port = theirs->port,
        .rtcp_port = theirs->rtcp_port,
        .rtcp_mux = theirs->rtcp_mux && our(m)->rtcp_mux,
        .codec = codec_of(codec),
        .pt = codec ? codec->pt : 0,
        .event_pt = event ? event->pt : -1,
        .event_khz = event ? event->rate / 1000 : 0,
        .ptime = theirs->ptime ? theirs->ptime : 20,
        .send = they_listen(theirs),
        .receive = they_talk(theirs),
        .timeout_ms = they_listen(theirs) ? m->silence_ms : 0, /* who is held may be still */
    };
    struct secure_keys keys;
    accept_formats(&r, our(m));
    if (agree_keys(&keys, agreed, theirs) != ERR_OK)
        r.send = r.receive = false; /* looked at before; no audio rather than a plain one */
    m->suite = keys.on ? secure_suite_name(keys.suite) : NULL;
    r.secure = keys.on ? &keys : NULL;
    stream_set_remote(m->stream, &r);
    secure_keys_wipe(&keys);
}

static enum err check_keys(const struct audio_desc *agreed, const struct audio_desc *theirs)
{
    struct secure_keys keys;
    enum err e = agree_keys(&keys, agreed, theirs);

    secure_keys_wipe(&keys);
    return e;
}

enum err leg_media_take_answer(struct leg_media *m, const char *sdp)
{
    struct audio_desc theirs, agreed, offered;
    enum err e = audio_read(&theirs, sdp);
    if (e)
        return e;
    audio_copy(&offered, our(m));
    e = audio_answer(&agreed, &theirs, &offered);
    if (!e)
        e = check_keys(&agreed, &theirs);
    if (e)
        return e;
    audio_keep(&m->theirs, &theirs);
    start(m, &agreed);
    return ERR_OK;
}

enum err leg_media_take_offer(struct leg_media *m, const char *sdp)
{
    struct audio_desc theirs, can, answer;
    enum err e;
    if (strstr(sdp, "a=crypto:")) /* names count their case (RFC 4566 §5.13) */
        make_keys(m);
    ours(m, m->security, NULL, &can);
    e = audio_take_offer(&theirs, &answer, sdp, &can);
    if (!e)
        e = check_keys(&answer, &theirs);
    if (e)
        return e;
    audio_keep(&m->theirs, &theirs);
    keep_ours(m, &answer);
    return ERR_OK;
}

static bool has_our_suite(const struct audio_desc *theirs)
{
    for (unsigned i = 0; i < theirs->ncrypto; i++)
        if (secure_suite_find(theirs->crypto[i].suite) >= 0)
            return true;
    return false;
}

const char *leg_media_objection(const struct leg_media *m, const char *sdp)
{
    struct audio_desc theirs, can, answer;
    ours(m, m->security, NULL, &can);
    if (audio_take_offer(&theirs, &answer, sdp, &can) != ERR_OK && theirs.media_lines == 0)
        return "there is no audio by RTP in the offer";
    if (m->security == AUDIO_SECURE_REQUIRED && !theirs.ncrypto)
        return "audio has to be encrypted: offer RTP/SAVP with a=crypto";
    if (m->security == AUDIO_SECURE_OFF && theirs.must_secure)
        return "encrypted audio is switched off: offer RTP/AVP";
    if ((m->security == AUDIO_SECURE_REQUIRED || theirs.must_secure) && !has_our_suite(&theirs))
        return "no suite of a=crypto in common";
    return "no codec in common";
}

void leg_media_answer(struct leg_media *m, struct sbuf *sdp)
{
    sbuf_room(sdp, SDP_USUAL);
    audio_write(sdp, our(m), their(m));
}

void leg_media_start(struct leg_media *m) { start(m, our(m)); }

void leg_media_reoffer(struct leg_media *m, struct leg *leg, const char *sdp)
{
    struct sbuf answer = { 0 };
    if (!sdp) {
        leg_media_offer(m, their(m), &answer);
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

bool leg_media_holds(const struct leg_media *m) { return m->theirs && !they_listen(m->theirs); }

/* What both have said: we understand them, and send them unless they go by INFO. */
static bool has_events(const struct leg_media *m) { return audio_event(their(m)) && audio_event(our(m)); }

void leg_media_choose_digits(struct leg_media *m, const struct leg *leg)
{
    bool asks = m->digits == DIGITS_AUTO && m->theirs && !has_events(m) && leg && leg_takes_info(leg);
    bool told = asks || m->digits == DIGITS_BY_INFO;
    if (told != m->told && m->stream)
        stream_tell_presses(m->stream, told);
    m->told = told;
}

void leg_media_send_digit(struct leg_media *m, struct leg *leg, char digit, unsigned ms)
{
    if (m->stream && (!leg || !leg_send_digit(leg, digit, ms)))
        stream_send_digit(m->stream, digit);
}

/* Where digits are to go by INFO they may come so as well, though telephone-event was negotiated: who has sent none of
 * those is believed, and is then expected to send no others. */
bool leg_media_pass_digit(struct leg_media *m, char digit, unsigned ms)
{
    struct stream_stats stats;
    stream_stats(m->stream, &stats);
    if (has_events(m) && (m->digits != DIGITS_BY_INFO || stats.digits > 0))
        return false;
    stream_pass_digit(m->stream, digit, ms);
    return true;
}
