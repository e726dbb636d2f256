/* The thread that writes recordings: takes pieces of audio from the media thread, appends them to their files within
 * moments, syncs each file once a second. A slow disk delays pieces, up to RECORDER_BEHIND_MS of a recording; beyond
 * that the recording ends as failed and keeps what it has. */
#ifndef SIPFRONT_MEDIA_RECORDER_H
#define SIPFRONT_MEDIA_RECORDER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "sipfront/media/wav_file.h"

enum { RECORDER_PIECE = 960 /* samples at most: 60 ms of wide band */, RECORDER_BEHIND_MS = 30000 };

/* One file being written. Its owner keeps it until on_end; the media thread looks at `failed` alone. */
struct recorder_file {
    char *path;                                 /* the owner's */
    char *note;                                 /* the owner's; NULL, or the text of PATH.note */
    uint64_t reserve;                           /* samples for which room is reserved; 0: none */
    void (*on_end)(struct recorder_file *file); /* recorder thread, once, last */
    atomic_bool failed;                         /* nothing more is written; end it */
    atomic_uint behind;                         /* pieces handed over, not yet written */
    /* recorder thread, and the owner after on_end */
    struct wav_file wav;
    int64_t synced_ms;
    char why[128]; /* "" or what failed */
};

struct recorder;
struct recorder_piece;
enum err recorder_new(struct recorder **out) MUST_USE;
/* Writes all that was handed over, then joins the thread. Every file was ended before. */
void recorder_free(struct recorder **r);

/* The functions below are the media thread's and never block on the disk. */
void recorder_begin(struct recorder *r, struct recorder_file *file);
/* Up to RECORDER_PIECE samples; a file that failed drops them. */
void recorder_add(struct recorder *r, struct recorder_file *file, const int16_t *samples, unsigned n);
void recorder_end(struct recorder *r, struct recorder_file *file);

#endif
