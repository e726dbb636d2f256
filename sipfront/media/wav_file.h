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
/* Takes room on the disk for so many samples, so that a disk that others fill cannot cut the recording short; as much
 * of it as there is when there is less. The file's length stays. ERR_IO (errno says why): not even WAV_LEAST samples
 * fit. A file system that cannot do it is none the worse. */
enum { WAV_LEAST = 10 * 8000 };
enum err wav_reserve(struct wav_file *w, uint64_t samples) MUST_USE;
/* Appends. On ERR_IO (errno says why) w->samples is what the file holds, and its header agrees if the disk lets it. */
enum err wav_append(struct wav_file *w, const int16_t *samples, size_t n) MUST_USE;
enum err wav_sync(struct wav_file *w) MUST_USE;
/* Syncs, gives back what was reserved too much, and closes. ERR_IO when the data may not have reached the disk. */
enum err wav_close(struct wav_file *w) MUST_USE;

/* Makes the header of a file that a crash has left agree with what is in it. *length_ms: how long that is; 0 for a file
 * that is none of ours, which is left alone. */
enum err wav_mend(const char *path, int64_t *length_ms) MUST_USE;

#endif
