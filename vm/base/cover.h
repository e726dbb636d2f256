/* What the pattern of a permit covers. The compiler judges constants by it, the actions all else as the flow runs.
 * Pure: any thread. */
#ifndef VM_BASE_COVER_H
#define VM_BASE_COVER_H

#include "vm/base/str.h"

/* A phone number (it begins with +) or a SIP URI, which only a pattern can permit. Anything else is the name of a
 * Connection or Number. */
bool cover_is_abroad(struct str target);

/* Whether the pattern fits the target. Of numbers and URIs only those that read one way are ever covered: digits, as
 * people group them; one host, and no white space, quotes or list (RFC 3261 §25.1). */
bool cover_dial(struct str pattern, struct str target);

/* Whether the pattern's host fits the address's (with any port, when it names none) and its path fits, or is followed
 * by more at a border: '/', '?' or '#'. An address with a user's name, a '.' or a '..' in it is never covered. */
bool cover_fetch(struct str pattern, struct str url);

#endif
