/* How names are to be said: words and their spelling for a voice, from a file of an operator. A line each,
 *
 *     Wrocław = Vrotswahv        # everything behind a '#' is left out
 *
 * Whole words, in any case; the longest that fits first. One thread at a time; a list does not change once it is read.
 */
#ifndef SIPFRONT_SPEECH_PRONOUNCE_H
#define SIPFRONT_SPEECH_PRONOUNCE_H

#include "vm/base/word.h"

struct pronounce;

enum { PRONOUNCE_MOST = 10000 /* lines */ };

/* Reads the file; one that is missing is an empty list. ERR_SYNTAX names the line in *why, ERR_TOO_BIG, ERR_IO. Blocks.
 */
enum err pronounce_read(struct pronounce **out, const char *path, struct sbuf *why) MUST_USE;
void pronounce_free(struct pronounce **p); /* accepts NULL and a pointer to NULL */

/* Words that come first: a flow's own, in any order. */
struct pronounce_own {
    const struct word_said *words;
    uint32_t count;
};
/* Appends the text as it is to be spoken. p and own may be NULL. */
void pronounce_apply(const struct pronounce *p, const struct pronounce_own *own, struct str text, struct sbuf *out);
unsigned pronounce_count(const struct pronounce *p);

#endif
