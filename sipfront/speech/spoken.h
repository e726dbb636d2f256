/* Spoken texts kept on disk, so that what was said once is not made again, also after a restart. A file a text, named
 * by the hash of all that it depends on (voice, rate, words); when they are more than the folder may hold, those that
 * were not used for longest go. Any worker thread. */
#ifndef SIPFRONT_SPEECH_SPOKEN_H
#define SIPFRONT_SPEECH_SPOKEN_H

#include "sipfront/speech/speech.h"

struct spoken;

struct spoken_params {
    struct speech *speech; /* borrowed */
    const char *folder;    /* made when missing */
    uint64_t most_bytes;   /* 0: 512 MiB */
};
/* Looks through the folder: blocks. ERR_IO with *why when it cannot be used. */
enum err spoken_new(struct spoken **out, const struct spoken_params *p, struct sbuf *why) MUST_USE;
void spoken_free(struct spoken **s);

/* speech_say(), or the same from the disk. A file that is damaged is made again; one that cannot be written is told in
 * the log, and costs nothing but time. */
enum err spoken_say(struct spoken *s, struct str text, struct str voice, int percent,
                    struct speech_audio *out) MUST_USE;

struct spoken_stats {
    uint64_t hits, misses, bytes, files, removed;
};
void spoken_stats(struct spoken *s, struct spoken_stats *out);

#endif
