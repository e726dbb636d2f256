/* INVITE with Replaces, for the files of the leg. Private to sipfront/sip. Loop thread. */
#ifndef SIPFRONT_SIP_REPLACES_INNER_H
#define SIPFRONT_SIP_REPLACES_INNER_H

#include "sipfront/sip/leg_inner.h"
#include "sipfront/sip/replaces.h"

/* false: there is none. */
bool leg_read_replaces(const sip_t *sip, struct leg_replaces *out);
/* One without its tags, or several: 400. */
bool leg_replaces_are_bad(const sip_t *sip);
/* The leg's dialog is over. */
void leg_note_over(const struct leg *leg);

#endif
