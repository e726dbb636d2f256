/* What only the database knows of messages: which transcripts hold some words, and each word's confidence. Part of
 * directory.h, with its rules on threads. */
#ifndef SIPFRONT_DIRECTORY_SEARCH_H
#define SIPFRONT_DIRECTORY_SEARCH_H

#include "sipfront/directory/directory.h"

enum { SEARCH_MOST = 1000, SEARCH_MOST_TEXT = 1000 }; /* messages found, bytes of a text searched for */

/* found comes once, on the loop, never from inside; texts are borrowed. ERR_BUSY: too many ask, or the directory
 * closes.
 */
typedef void directory_found_cb(enum err e, const char *why, const char *const *texts, size_t n, void *arg);
struct directory_found {
    directory_found_cb *found;
    void *arg;
};

/* The ids of the messages (of a box; NULL: of all) whose transcript holds all of text: words, the beginnings of words
 * (invoi*), "phrases in quotes", "also with a begi"*. Case and accents do not count. Newest first, at most SEARCH_MOST.
 * ERR_SYNTAX with the reason. */
void directory_search(struct directory *d, const char *box, const char *text, struct directory_found found);
/* One text: the JSON that was stored as transcript_words, "" for none. No text: there is no such message. */
void directory_words(struct directory *d, const char *id, struct directory_found found);

/* The text as SQLite's FTS5 wants it, added to out: any thread. ERR_SYNTAX: why says what is wrong with it. */
enum err search_translate(const char *text, struct sbuf *out, struct sbuf *why) MUST_USE;

#endif
