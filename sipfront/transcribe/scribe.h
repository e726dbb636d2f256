/* Writes messages down: a queue over the directory's messages that wait for a transcript, and the engines behind it.
 * What waits is rows: a restart takes it up again. Tries come at growing distances; after SCRIBE_TRIES, or when an
 * engine refuses for good, the message is failed, with the reason, until somebody asks again. Calls know nothing of it:
 * engines run on threads of their own, PocketSphinx in a process of its own. Loop thread. Borrows loop and directory.
 */
#ifndef SIPFRONT_TRANSCRIBE_SCRIBE_H
#define SIPFRONT_TRANSCRIBE_SCRIBE_H

#include "sipfront/directory/directory.h"

struct scribe;

enum { SCRIBE_TRIES = 4, SCRIBE_MOST_AT_ONCE = 16 };

struct scribe_params {
    bool off; /* nothing is transcribed */
    struct loop *loop;
    struct directory *directory;
    const char *by; /* the engine of boxes that name none: "pocketsphinx" or "web"; NULL: web where there is a url */
    const char *program;  /* flowscribe; NULL: beside this program */
    const char *url;      /* of a /v1/audio/transcriptions; NULL: there is no engine "web" */
    const char *model;    /* its model; NULL: whisper-1 */
    const char *language; /* ISO 639-1, NULL: it finds out */
    const char *key;      /* bearer; NULL: none */
    const char *ca_file;  /* NULL: the system's */
    unsigned at_once;     /* 0: 1 */
    int64_t retry_ms;     /* distance of the first retry; 0: 30 s */
    int64_t limit_ms;     /* for one try; 0: a minute and ten times the message */
    unsigned memory_mib;  /* of the child; 0: 1024 */
    /* A message is written down, or has failed. May be NULL. */
    void (*settled)(const char *id, void *owner);
    void *owner;
};

/* Copies the texts; begins with what waits. ERR_INVALID with the reason in why. */
enum err scribe_new(struct scribe **out, const struct scribe_params *p, struct sbuf *why) MUST_USE;
/* Ends what is under way at once; it stays waiting. */
void scribe_stop(struct scribe *s);
/* After the directory is closed and the loop drained. Accepts a pointer to NULL. */
void scribe_free(struct scribe **s);

/* A message was added. */
void scribe_look(struct scribe *s);
/* For operators: now, with all tries ahead again. ERR_NOT_FOUND; ERR_DENIED: its box is not transcribed. */
void scribe_again(struct scribe *s, const char *id, struct directory_done done);
/* Is it an engine that this server has? why says what is missing. "" is the server's. */
enum err scribe_check_engine(const struct scribe *s, const char *name, struct sbuf *why) MUST_USE;
bool scribe_working(const struct scribe *s, const char *id);

struct scribe_counts {
    unsigned waiting, working, failed;     /* messages as they are now */
    uint64_t written, empty, tries_failed; /* since the start; empty: nothing was understood */
};
void scribe_counts(const struct scribe *s, struct scribe_counts *out);

#endif
