/* Offers and answers (RFC 3264): SDP text to a small description of the one audio stream we speak, and back. Pure
 * functions, any thread. */
#ifndef SIPFRONT_SIP_OFFER_ANSWER_H
#define SIPFRONT_SIP_OFFER_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/base/err.h"
#include "vm/base/str.h"

enum { AUDIO_FORMATS_MAX = 16, AUDIO_LINES_MAX = 8, AUDIO_LINE_TEXT = 48, AUDIO_CRYPTO_MAX = 4, AUDIO_KEY_TEXT = 64 };

enum audio_direction {
    AUDIO_SENDRECV,
    AUDIO_SENDONLY,
    AUDIO_RECVONLY,
    AUDIO_INACTIVE
}; /* as the writer of the SDP means it */

/* A payload format: encoding name as in RFC 3551/RTP parameters, lower case ("pcmu", "pcma", "g722", "opus",
 * "telephone-event"). */
struct audio_format {
    uint8_t pt;
    char name[24];
    uint32_t rate;
    uint8_t channels;
    const char *fmtp; /* ours, static text, or NULL; theirs is not kept */
};

/* A way to secure the stream (RFC 4568): a=crypto:TAG SUITE inline:KEY. key is secret: never logged. */
struct audio_crypto {
    unsigned tag;
    char suite[32], key[AUDIO_KEY_TEXT];
};

/* Whether the stream may, or has to, be secured. WISHED is OPTIONAL, and our offers tell a key whoever calls. */
enum audio_security { AUDIO_SECURE_OFF, AUDIO_SECURE_OPTIONAL, AUDIO_SECURE_WISHED, AUDIO_SECURE_REQUIRED };

/* The audio stream of one SDP. What is seldom used up stands at the end: audio_keep(). */
struct audio_desc {
    char address[64];   /* where its writer wants RTP; "" or "0.0.0.0": held */
    uint16_t port;      /* 0: refused */
    uint16_t rtcp_port; /* a=rtcp (RFC 3605); 0: not said */
    enum audio_direction direction;
    unsigned ptime;   /* ms that its writer wants in a packet: 20 when not said, at most its maxptime */
    bool rtcp_mux;    /* RFC 5761; an answer says it when the offer does */
    bool must_secure; /* by RTP/SAVP, or because ours requires it */
    char proto[12];   /* RTP/AVP, RTP/SAVP, or those with F */
    unsigned media_lines,
        audio_line; /* how many m= lines there are and which one is ours: an answer must have as many (§6) */
    uint64_t session_id, session_version;
    unsigned nformats, ncrypto;
    struct audio_format formats[AUDIO_FORMATS_MAX];
    struct audio_crypto crypto[AUDIO_CRYPTO_MAX];   /* best first; of an answer the one that is used */
    char refused[AUDIO_LINES_MAX][AUDIO_LINE_TEXT]; /* each m= line with port 0, for an answer that refuses it */
};

/* Keeps a copy of it in *kept, in place of the one before, in no more memory than it uses: what is not counted in it
 * must not be touched, nor the struct be copied. NULL: none. Ends the process when there is no memory. */
void audio_keep(struct audio_desc **kept, const struct audio_desc *d);
void audio_copy(struct audio_desc *out, const struct audio_desc *kept); /* a whole one again */

/* Reads the first usable audio line, or the m= line of that number (below AUDIO_LINES_MAX). ERR_SYNTAX when it is no
 * SDP, ERR_UNSUPPORTED when it has no RTP/AVP or RTP/SAVP audio there. */
enum err audio_read(struct audio_desc *out, const char *sdp) MUST_USE;
enum err audio_read_line(struct audio_desc *out, const char *sdp, unsigned line) MUST_USE;

/* The answer's formats: those of `offer` that `ours` has too, in the offer's order with the offer's payload types,
 * telephone-event beside a codec; the first of its crypto lines that ours has too, with our key. ERR_UNSUPPORTED
 * (488) when no codec is common, or no way to secure what has to be. */
enum err audio_answer(struct audio_desc *out, const struct audio_desc *offer, const struct audio_desc *ours) MUST_USE;

/* audio_choice.c: both for an offer that came. Of several audio lines the first that can be answered encrypted is
 * taken, else the first that can be answered at all. Refused: offer is the line that came nearest, if one was read. */
enum err audio_take_offer(struct audio_desc *offer, struct audio_desc *answer, const char *sdp,
                          const struct audio_desc *ours) MUST_USE;

/* Writes compact SDP for the description; `answers` the offer that it answers, or for a later offer what the other side
 * said last in that dialog: its other m= lines keep their places with port 0 (RFC 3264 §6, §8). NULL: the first offer.
 */
void audio_write(struct sbuf *out, const struct audio_desc *d, const struct audio_desc *answers);

/* The first codec (not telephone-event), and the telephone-event of its clock or, as some phones have only that, of
 * another; NULL when there is none. */
const struct audio_format *audio_codec(const struct audio_desc *d);
const struct audio_format *audio_event(const struct audio_desc *d);

/* What we can do, for an offer or an answer. */
struct audio_side {
    const char *address;
    uint16_t port;
    const struct audio_format *codecs; /* best first, with the payload types that we would choose */
    unsigned ncodecs;
    enum audio_security security;
    const struct audio_crypto *crypto; /* with our keys; borrowed */
    unsigned ncrypto;
    bool no_events; /* no telephone-event: digits are tones */
};
/* Our capabilities: the codecs, those that `prefer` (may be NULL) has first, in its order and with its payload types,
 * and a telephone-event (0-16) for each of their clocks, unless there are to be none. The packet length is the one that
 * `prefer` wants. An offer that must be secure is RTP/SAVP; one that may be is RTP/AVP with crypto lines (RFC 8643). */
void audio_ours(struct audio_desc *out, const struct audio_side *side, const struct audio_desc *prefer);

/* audio_crypto.c: reads the text behind a=crypto: (false: not usable by us: an MKI or parameters we do not have),
 * writes the lines, and finds what both can (NULL: nothing). */
bool audio_crypto_read(struct audio_crypto *out, struct str text);
void audio_crypto_write(struct sbuf *out, const struct audio_desc *d);
const struct audio_crypto *audio_crypto_find(const struct audio_desc *d, const char *suite);
const struct audio_crypto *audio_crypto_tagged(const struct audio_desc *d, unsigned tag);
/* Sets answer's crypto from what the offer and ours have in common. false: it had to be secure and cannot be. */
bool audio_crypto_answer(struct audio_desc *answer, const struct audio_desc *offer, const struct audio_desc *ours);

#endif
