/* A WAV file (16 bit) that grows: after each write its header says what is in it, so that the file can be
 * played whenever the process ends. Blocks on the disk; one thread. */
#ifndef SIPFRONT_MEDIA_WAV_FILE_H
#define SIPFRONT_MEDIA_WAV_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "vm/base/err.h"

enum { WAV_HEADER = 44 };

struct wav_file {
    int fd;                  /* -1: closed */
    unsigned rate, channels; /* the owner's to set before wav_create(); 0: 8000, mono */
    uint64_t samples;        /* of all channels */
};

/* Creates (or empties) it, with the header, and makes its name durable. ERR_IO: errno says why. */
enum err wav_create(struct wav_file *w, const char *path) MUST_USE;
/* Appends. On ERR_IO (errno says why) w->samples is what the file holds, and its header agrees if the disk lets it. */
enum err wav_append(struct wav_file *w, const int16_t *samples, size_t n) MUST_USE;
enum err wav_sync(struct wav_file *w) MUST_USE;
/* Syncs and closes. ERR_IO when the data may not have reached the disk. */
enum err wav_close(struct wav_file *w) MUST_USE;

#endif
