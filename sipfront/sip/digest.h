/* Digest authentication as the server of it (RFC 2617, 7616, 8760): challenges, and judging credentials against the
 * stored digests of an account. Loop thread. Private to sipfront/sip.
 * Nonces carry their time and a keyed hash, so none is kept until somebody has used it rightly. */
#ifndef SIPFRONT_SIP_DIGEST_H
#define SIPFRONT_SIP_DIGEST_H

#include "sipfront/sip/agent.h"

struct digest;

enum { DIGEST_NONCE_LIFE_MS = 300000, DIGEST_CHALLENGE_MAX = 512 };

/* The parameters of one Authorization header, unquoted; "" when absent. */
struct digest_credentials {
    char username[128], realm[128], nonce[512], uri[512], response[72], algorithm[16], cnonce[160], nc[12], qop[16];
};

enum digest_verdict {
    DIGEST_RIGHT,
    DIGEST_AGAIN, /* right, on the very nonce and count of last time: a retransmission, or a replay */
    DIGEST_STALE, /* a nonce that is old, not ours or another source's, whatever the password, or one used up with the
                   * right password: ask again, count no failure */
    DIGEST_WRONG  /* of one that was given to this very source: whoever sends it has read our answer there */
};

/* realm and clock are borrowed. */
enum err digest_new(struct digest **out, const struct clock *clock, const char *realm) MUST_USE;
void digest_free(struct digest **d);

/* Takes name=value, value quoted or not. ERR_TOO_BIG when a value of ours does not fit, ERR_SYNTAX when there is no
 * equals sign; names we do not know are ignored. */
enum err digest_take_param(struct digest_credentials *c, const char *param) MUST_USE;

/* account NULL: there is no such user; as much is computed then. source: as guard_source() has it. A password is not
 * looked at before the nonce is known to be good, so that neither a forged address can fail in another's name nor a
 * bad nonce be used to guess. */
enum digest_verdict digest_judge(struct digest *d, const struct digest_credentials *c, const char *method,
                                 const struct network *source, const struct sip_account *account);

/* The value of one WWW-Authenticate header. A nonce from digest_nonce() serves both algorithms, and that source. */
void digest_nonce(struct digest *d, const struct network *source, char out[96]);
void digest_challenge(const struct digest *d, const char *algorithm, const char *nonce, bool stale,
                      char out[DIGEST_CHALLENGE_MAX]);

/* The response that these credentials ought to hold (RFC 7616 §3.4.1); false when the algorithm or qop is not ours. */
bool digest_response(const struct digest_credentials *c, const char *method, const struct sip_account *account,
                     char out[65]);

#endif
