/* The address in Via (RFC 3261 §18.1.1). The stack writes the one that it listens at; a peer outside is told the one
 * that it can reach, as in Contact and SDP. tport_tsend(), by which each message leaves, is the server's (front.h tells
 * how). Loop thread. Private to sipfront/sip. */
#ifndef SIPFRONT_SIP_VIA_H
#define SIPFRONT_SIP_VIA_H

struct agent;

/* From now on, until via_end(), requests leave with the agent's own words. One agent at a time. */
void via_begin(const struct agent *a);
void via_end(const struct agent *a);

#endif
