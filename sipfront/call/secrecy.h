/* Whether the audio of a leg is encrypted, as its Connection or trunk says, else the server. docs/security.md has the
 * rule. Private to sipfront/call. Loop thread. */
#ifndef SIPFRONT_CALL_SECRECY_H
#define SIPFRONT_CALL_SECRECY_H

#include "sipfront/sip/leg.h"
#include "sipfront/sip/offer_answer.h"

struct server;
struct trunk_settings;

/* A phone of that Connection, which calls or is called. */
enum audio_security secrecy_of_phone(const struct server *s, const char *user);
/* A gateway of that trunk, which is called. */
enum audio_security secrecy_of_trunk(const struct trunk_settings *t);
/* Who is called by a SIP URI. Not by TLS: AUDIO_SECURE_REQUIRED says that it may not be called. */
enum audio_security secrecy_of_uri(const struct server *s, bool by_tls);
/* The trunk takes encrypted calls alone, and this one tells keys in the open. */
bool secrecy_forbids(const struct trunk_settings *t, const struct leg_invite *invite);
/* Who sends that INVITE. */
enum audio_security secrecy_of_caller(const struct server *s, const struct leg_invite *invite);

#endif
