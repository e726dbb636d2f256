/* Where a text can be cut so that its beginning is heard while the rest is still being made. Private to sipfront/call.
 * Pure. */
#ifndef SIPFRONT_CALL_SENTENCE_H
#define SIPFRONT_CALL_SENTENCE_H

#include "vm/base/str.h"

enum { SENTENCE_LONG = 40 /* bytes: some 40 ms of a voice's work */ };

/* Cuts the next piece off the rest: a sentence, or of a long one what stands before a comma, when it is the first that
 * is heard. Spaces around it are left out. false when nothing is left. */
bool sentence_next(struct str *rest, bool first, struct str *piece);
unsigned sentence_count(struct str text);

#endif
