/* Requests that the stack would drop without a word, because its parser makes nothing of their start line or their Via:
 * answered from their text, with the fields as they came (RFC 3261 §8.2.6.2). Any thread, one at a time a home; owns
 * nothing. Private to sipfront/sip. */
#ifndef SIPFRONT_SIP_RAW_H
#define SIPFRONT_SIP_RAW_H

#include <sofia-sip/su_alloc.h>

#include "vm/base/str.h"

/* The status with which that message has to be refused: 400, 501 (§21.5.2: a method that the parser does not take) or
 * 505; 0: the stack reads it, or nobody is to be answered (an ACK, an answer, no SIP at all). home: for the parser's
 * while. */
int raw_refusal(su_home_t *home, struct str message);
/* Such an answer; seed: of the tag that it adds to To. false: it does not fit. */
bool raw_answer(struct str message, int status, const char *headers, uint64_t seed, struct sbuf *out);

#endif
