/* What an engine has understood: words with their confidence, as text for people and as JSON for programs and the
 * directory. Any thread, one at a time. */
#ifndef SIPFRONT_TRANSCRIBE_SAID_H
#define SIPFRONT_TRANSCRIBE_SAID_H

#include "vm/base/str.h"

enum { SAID_MOST_WORDS = 20000 };
#define SAID_SURE    0.5 /* words below that are shown as unsure */
#define SAID_UNKNOWN (-1.0)

struct said_word {
    char *text;
    double confidence; /* 0 to 1, or SAID_UNKNOWN: the engine does not tell */
    int64_t start_ms, end_ms;
};
struct said { /* zero it to begin */
    struct said_word *items;
    size_t len, cap;
};
void said_free(struct said *s);
/* Adds each word of the text, all with that confidence and those times; beyond SAID_MOST_WORDS none. */
void said_add(struct said *s, const char *text, double confidence, int64_t start_ms, int64_t end_ms);

/* "please call (bob?) tomorrow": what is unsure stands in brackets with a question mark, neighbours together. */
void said_text(const struct said *s, struct sbuf *out);
/* {"by": "pocketsphinx", "words": [{"text", "confidence", "start_ms", "end_ms"}]}; confidence null: not known. */
void said_json(const struct said *s, const char *by, struct sbuf *out);
/* Reads that again; added to s. ERR_SYNTAX. */
enum err said_read(struct said *s, struct str json) MUST_USE;

#endif
