/* Forwarded calls, for the files of the leg. Private to sipfront/sip. Loop thread. */
#ifndef SIPFRONT_SIP_DIVERT_INNER_H
#define SIPFRONT_SIP_DIVERT_INNER_H

#include "sipfront/sip/divert.h"
#include "sipfront/sip/leg_inner.h"

/* The user part of the first Diversion of the INVITE that began the leg, which is the latest; "" without one. */
void leg_read_diversion(const struct leg *leg, char out[SIP_USER_MAX]);
/* Keeps the Contact of a 3xx for leg_forwards_to(). */
void leg_keep_contact(struct leg *leg, const sip_t *sip);
/* Appends Diversion and History-Info, lines of a message without their last CRLF. way may be NULL. */
struct diversion_place {
    const struct agent *agent;
    const char *domain; /* NULL: this server */
};
void leg_write_diversions(struct sbuf *out, const struct diversion_place *at, const struct leg_diversions *way);

#endif
