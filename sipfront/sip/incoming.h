/* A request that opens no dialog or has not opened it yet, however it came: through the stack, or as a datagram that is
 * answered before the stack would see it (front.h). Loop thread; lives while it is being handled. Private to
 * sipfront/sip. */
#ifndef SIPFRONT_SIP_INCOMING_H
#define SIPFRONT_SIP_INCOMING_H

#include "sipfront/sip/agent_inner.h"

struct incoming {
    struct agent *agent;
    const sip_t *sip;
    struct network source;
    uint16_t source_port;
    const char *transport; /* "udp", "tcp" or "tls" */
    nua_handle_t *nh;      /* NULL: a datagram */
    struct front_datagram *datagram;
};

/* From an event of the stack. source is zero when nobody knows it. */
void incoming_of_event(struct incoming *r, struct agent *a, const struct agent_event *ev);
/* Answers it, once. headers: whole lines with their CRLF, or NULL. */
void incoming_answer(const struct incoming *r, int status, const char *phrase, const char *headers);
/* Has its request URI a scheme that is served here (RFC 3261 §8.2.2.1)? Else 416. */
bool incoming_is_for_us(const sip_t *sip);
/* Does who calls want to be unknown: by Privacy (id, user, header, and the "full" that some phones write; RFC 3323
 * §4.2, RFC 3325 §9.3), or by a From that is anonymous? */
bool incoming_hides_caller(const sip_t *sip);
/* Where it came from, as a URI to send to: "sip:192.0.2.1:5060;transport=udp"; "" when nobody knows. */
void incoming_source_uri(const struct incoming *r, char out[SIP_SOURCE_MAX + 32]);
/* The same for people: "192.0.2.1:5060". */
void incoming_source(const struct incoming *r, char out[SIP_SOURCE_MAX]);

/* The authenticated user (auth.c). false: it has been answered, 401 or 403. again (may be NULL): the very credentials
 * of the request before are taken too, and *again says that it was so. */
bool auth_user(const struct incoming *r, char user[SIP_USER_MAX], bool *again);
/* The same for a request that came through the stack. */
bool auth_event(struct agent *a, const struct agent_event *ev, char user[SIP_USER_MAX]);
/* 401 stale=true for a user that is known to be right: it has to prove it anew. */
void auth_challenge_stale(const struct incoming *r);
/* Whom the request claims to be: the user of its credentials, else of From; "" when it says nothing. */
void auth_claimed_user(const struct agent *a, const sip_t *sip, char user[SIP_USER_MAX]);

void registrar_on_register(const struct incoming *r);
void options_on_request(const struct incoming *r);

#endif
