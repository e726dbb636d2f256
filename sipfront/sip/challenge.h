/* Digest authentication as the client of it (RFC 7616, 8760): the answer to a 401 or 407. Loop thread. Private to
 * sipfront/sip. Done here and not by the stack, which knows MD5 alone. */
#ifndef SIPFRONT_SIP_CHALLENGE_H
#define SIPFRONT_SIP_CHALLENGE_H

#include <sofia-sip/nua.h>
#include <sofia-sip/sip.h>

#include "vm/base/err.h"
#include "vm/base/str.h"

/* Whose credentials; borrowed. */
struct credentials {
    const char *user, *password;
};

/* Adds to out a whole header line, "Authorization: Digest …" for a 401, "Proxy-Authorization: …" for a 407, for a
 * request of that method and URI: SHA-256 where it is offered, else MD5. *stale: the challenge says that the nonce was
 * too old, so an answer that was refused may have been right. ERR_UNSUPPORTED: no challenge that we can answer. */
enum err challenge_answer(const sip_t *response, const struct credentials *who, const char *method, const char *uri,
                          struct sbuf *out) MUST_USE;
bool challenge_is_stale(const sip_t *response);

/* The stack's own requests, in dialogs: their credentials are made here too. Once, before the first challenge; a second
 * time changes nothing. */
void challenge_plug(void);
/* A request on that handle waits for credentials since this response: it goes out again, without any where none of the
 * challenges can be answered. false: the response has no challenge at all, so nothing waits. */
bool challenge_give(nua_handle_t *nh, const sip_t *response, const struct credentials *who);

#endif
