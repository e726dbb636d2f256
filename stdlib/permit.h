/* What an image may dial and fetch, by its `permit` lines. Loop thread; owns nothing. */
#ifndef STDLIB_PERMIT_H
#define STDLIB_PERMIT_H

#include "stdlib/call_port.h"

/* A phone number (it begins with +) and a SIP URI need a pattern that fits. The name of a Connection or Number needs
 * one only when it comes from outside, which the compiler tells; `permit dial connections` covers it too. */
bool permit_dial(const struct image *im, struct str target, bool outside);

/* What a line with `at most` counts by: its kind and patterns, not its place, so that legs which began under another
 * version of the flow count under the line that says the same. Never negative. */
int permit_key(const struct image *im, uint32_t line);

/* An address needs a pattern that covers it (vm/base/cover.h). */
bool permit_fetch(const struct image *im, struct str url);

/* The same for a leg or a request about to begin, with what `at most` says. */
enum permit_answer { PERMIT_GIVEN, PERMIT_REFUSED, PERMIT_USED_UP };
struct permit_ask {
    const struct image *im;
    const struct call_port *port; /* knows what is held already */
    bool outside;                 /* of legs: the target is */
    const int *lines;             /* of legs that begin together with this one */
    unsigned nlines;
};
/* *line: the line that counts it, by its key, -1: none. The first of the lines that cover it and have room. */
enum permit_answer permit_leg(const struct permit_ask *ask, struct str target, int *line);
enum permit_answer permit_request(const struct permit_ask *ask, struct str url, int *line);

#endif
