/* What an image may dial and fetch, by its `permit` lines. Pure: any thread. */
#ifndef STDLIB_PERMIT_H
#define STDLIB_PERMIT_H

#include "vm/run/action.h"

/* A phone number (it begins with +) and a SIP URI need a pattern that fits; the names of Connections and Numbers are
 * the compiler's to judge, which knows where the text comes from. */
bool permit_dial(const struct image *im, struct str target);

/* An address needs a pattern that fits it, or one that it goes on behind at a border: '/', '?', '#' or a port. One with
 * a user's name in it never passes. */
bool permit_fetch(const struct image *im, struct str url);

#endif
