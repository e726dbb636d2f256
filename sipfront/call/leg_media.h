/* The media of one leg: its stream, and the offer and answer that describe it (RFC 3264). Used alike for the caller and
 * for each leg that is rung. Loop thread. Owns the stream. */
#ifndef SIPFRONT_CALL_LEG_MEDIA_H
#define SIPFRONT_CALL_LEG_MEDIA_H

#include "sipfront/call/digit_way.h"
#include "sipfront/media/stream.h"
#include "sipfront/sip/leg.h"
#include "sipfront/sip/offer_answer.h"

struct leg_media {
    struct stream *stream;
    char address[64];          /* ours, as offered */
    struct audio_desc *theirs; /* their last offer or answer, kept (audio_keep()); NULL before the first */
    struct audio_desc *ours;   /* our last offer or answer, alike */
    uint64_t session_id, version;
    unsigned silence_ms;   /* set after leg_media_open(): without a packet for so long on_silent_peer comes; 0: never */
    enum digit_way digits; /* set after leg_media_open() */
    bool told;             /* the other side's digits come by on_press, to be sent by INFO */
    enum audio_security security; /* set after leg_media_open(); 0: off */
    struct audio_crypto *crypto;  /* our keys, the same all through the call; NULL: not needed yet; owned */
    unsigned ncrypto;
    const char *suite; /* by which the stream is encrypted; NULL: it is not */
};

/* Opens the stream. ERR_LIMIT when no RTP port is left. */
enum err leg_media_open(struct leg_media *m, struct media *media, const char *address,
                        const struct stream_events *events, void *owner) MUST_USE;
void leg_media_close(struct leg_media *m);

/* Another peer is asked with that stream: it is told other keys. Before there is an answer. */
void leg_media_secure(struct leg_media *m, enum audio_security security);

/* Writes our offer, codecs in the order of `prefer` (may be NULL). */
void leg_media_offer(struct leg_media *m, const struct audio_desc *prefer, struct sbuf *sdp);
/* Takes the answer to it and starts the stream. ERR_SYNTAX, ERR_UNSUPPORTED. */
enum err leg_media_take_answer(struct leg_media *m, const char *sdp) MUST_USE;

/* Takes their offer: leg_media_answer() then writes the answer, leg_media_start() sets the stream going. ERR_SYNTAX,
 * ERR_UNSUPPORTED. */
enum err leg_media_take_offer(struct leg_media *m, const char *sdp) MUST_USE;
/* Why that offer was not taken, in words for the phone's people: a constant without quotes. */
const char *leg_media_objection(const struct leg_media *m, const char *sdp);
void leg_media_answer(struct leg_media *m, struct sbuf *sdp);
void leg_media_start(struct leg_media *m);

/* A new offer within the dialog, answered on the leg: 200 with our answer, or 488. NULL: our offer goes into the 200.
 */
void leg_media_reoffer(struct leg_media *m, struct leg *leg, const char *sdp);

/* The answer to an offer that went into such a 200; NULL or an unusable one changes nothing. */
void leg_media_reanswer(struct leg_media *m, const char *sdp);

/* What is sent to the phone, or will be as far as it can be known: prompts are made ready for it. */
enum codec leg_media_codec(const struct leg_media *m);

/* Whether the phone holds: by direction, or the old way by c=0.0.0.0 (RFC 3264 §8.4). */
bool leg_media_holds(const struct leg_media *m);

/* How digits are sent to the phone, decided by the setting and by what is known of it now: before it is bridged, and
 * after each offer and answer. leg may be NULL. */
void leg_media_choose_digits(struct leg_media *m, const struct leg *leg);
/* A digit for the phone, from on_press: by INFO, and where the phone refuses that (also from on_digit_refused, with
 * leg NULL) in the RTP. */
void leg_media_send_digit(struct leg_media *m, struct leg *leg, char digit, unsigned ms);
/* A digit that the phone has sent by INFO, for the other side. false: it sends its digits by RFC 4733, so this one is
 * none. */
bool leg_media_pass_digit(struct leg_media *m, char digit, unsigned ms);

#endif
