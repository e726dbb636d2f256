/* A leg's digits by INFO. Loop thread. Private to sipfront/sip. */
#ifndef SIPFRONT_SIP_LEG_INFO_H
#define SIPFRONT_SIP_LEG_INFO_H

#include "sipfront/sip/leg_inner.h"

/* Whether these headers say that digits are taken by INFO; was: as long as they say nothing of it. */
bool leg_info_taken(const sip_t *sip, bool was);
/* Sends the next digit that waits, when the leg is free to. */
void leg_info_go(struct leg *leg);
/* Those that wait are not sent any more. */
void leg_info_end(struct leg *leg);
void leg_info_free(struct leg *leg);

void leg_on_info(const struct agent_event *ev);

#endif
