/* How a flow asks a phone to ring, and what that comes to in an Alert-Info header (RFC 3261 §20.4, RFC 7462). The
 * compiler judges constants by it, the actions all else as the flow runs. Pure: any thread.
 *
 *   internal external friend family   urn:alert:source:…, with info=alert-… beside it for phones that know no other
 *   urgent                            urn:alert:priority:high, the same
 *   urn:alert:…                       as it is
 *   http:, https:, sip:, sips:        as it is: where the phone finds a sound
 *   any other word, as Bellcore-dr3   info=… : a name that the phone's own settings give to one of its sounds
 *   ""                                as the phone rings by itself */
#ifndef VM_BASE_RING_TONE_H
#define VM_BASE_RING_TONE_H

#include "vm/base/str.h"

enum { RING_TONE_MAX = 200 }; /* bytes */

/* What is wrong with it, for people, or NULL. Nothing but printable ASCII without blanks, quotes and <> passes. */
const char *ring_tone_fault(struct str tone);
/* The name of a tone that this one is probably a mistyped form of, or NULL. */
const char *ring_tone_meant(struct str tone);
/* Adds it, with what may not stand in an address as %XX when it is one. */
void ring_tone_escape(struct str tone, struct sbuf *out);
/* The parts of a header, of a tone that has no fault and is not empty. info: without "info="; *out stays empty when
 * there is none. */
void ring_tone_uri(struct str tone, struct sbuf *out);
void ring_tone_info(struct str tone, struct sbuf *out);

#endif
