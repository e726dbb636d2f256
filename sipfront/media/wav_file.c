#include "sipfront/media/wav_file.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "vm/base/str.h"

enum { RATE_USUAL = 8000, SAMPLE_BYTES = 2 };
static const uint64_t max_data = UINT32_MAX - WAV_HEADER;

static void put16(uint8_t *p, uint16_t v)
{
    v = htole16(v);
    memcpy(p, &v, sizeof v);
}

static void put32(uint8_t *p, uint32_t v)
{
    v = htole32(v);
    memcpy(p, &v, sizeof v);
}

static void header(uint8_t out[WAV_HEADER], const struct wav_file *w)
{
    uint64_t data = w->samples * SAMPLE_BYTES;
    uint32_t rate = w->rate ? w->rate : RATE_USUAL, frame = (w->channels ? w->channels : 1) * SAMPLE_BYTES;
    uint32_t bytes = (uint32_t)(data < max_data ? data : max_data);

    memcpy(out, "RIFF....WAVEfmt ", 16);
    put32(out + 4, bytes + WAV_HEADER - 8);
    put32(out + 16, 16);
    put16(out + 20, 1); /* PCM */
    put16(out + 22, (uint16_t)(frame / SAMPLE_BYTES));
    put32(out + 24, rate);
    put32(out + 28, rate * frame);
    put16(out + 32, (uint16_t)frame);
    put16(out + 34, 8 * SAMPLE_BYTES);
    memcpy(out + 36, "data", 4);
    put32(out + 40, bytes);
}

/* Writes all or says how much went; errno is of the write that failed. */
static size_t write_at(int fd, const void *p, size_t len, uint64_t at)
{
    size_t done = 0;

    while (done < len) {
        ssize_t n = pwrite(fd, (const char *)p + done, len - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    return done;
}

static bool write_header(struct wav_file *w)
{
    uint8_t h[WAV_HEADER];

    header(h, w);
    return write_at(w->fd, h, sizeof h, 0) == sizeof h;
}

/* A new name is durable once its folder is. */
static bool sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct sbuf folder = { 0 };
    bool ok = true;
    int fd;

    sbuf_add(&folder, slash ? path : ".", slash ? (size_t)(slash - path) + 1 : 1);
    fd = open(folder.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    sbuf_free(&folder);
    if (fd < 0)
        return false;
    ok = fsync(fd) == 0 || errno == EINVAL; /* some file systems have nothing to sync there */
    close(fd);
    return ok;
}

enum err wav_create(struct wav_file *w, const char *path)
{
    int why;

    w->samples = 0;
    w->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (w->fd < 0)
        return ERR_IO;
    if (write_header(w) && sync_folder(path))
        return ERR_OK;
    why = errno;
    close(w->fd);
    w->fd = -1;
    errno = why;
    return ERR_IO;
}

enum err wav_append(struct wav_file *w, const int16_t *samples, size_t n)
{
    size_t len = n * SAMPLE_BYTES;
    size_t done = write_at(w->fd, samples, len, WAV_HEADER + w->samples * SAMPLE_BYTES);
    int why = errno;

    w->samples += done / SAMPLE_BYTES;
    if (!write_header(w))
        return ERR_IO;
    errno = why;
    return done == len ? ERR_OK : ERR_IO;
}

enum err wav_reserve(struct wav_file *w, uint64_t samples)
{
    uint64_t least = samples < WAV_LEAST ? samples : WAV_LEAST;

    for (; samples && samples >= least; samples /= 2) {
        off_t bytes = (off_t)(WAV_HEADER + samples * SAMPLE_BYTES);
        if (fallocate(w->fd, FALLOC_FL_KEEP_SIZE, 0, bytes) == 0)
            return ERR_OK;
        if (errno != ENOSPC && errno != EDQUOT)
            return ERR_OK;
    }
    return samples || !least ? ERR_OK : ERR_IO;
}

/* Rate and channels as the header says; false for what wav_create() has not made. */
static bool read_header(struct wav_file *w)
{
    uint8_t h[WAV_HEADER];
    uint16_t channels;
    uint32_t rate;

    if (pread(w->fd, h, sizeof h, 0) != sizeof h || memcmp(h, "RIFF", 4) != 0 || memcmp(h + 36, "data", 4) != 0)
        return false;
    memcpy(&channels, h + 22, sizeof channels);
    memcpy(&rate, h + 24, sizeof rate);
    w->channels = le16toh(channels);
    w->rate = le32toh(rate);
    return w->channels >= 1 && w->channels <= 2 && w->rate >= 8000 && w->rate <= 48000;
}

enum err wav_mend(const char *path, int64_t *length_ms)
{
    struct wav_file w = { .fd = open(path, O_RDWR | O_CLOEXEC) };
    enum err e = ERR_IO;
    off_t size;

    *length_ms = 0;
    if (w.fd < 0)
        return ERR_IO;
    size = lseek(w.fd, 0, SEEK_END);
    if (size < WAV_HEADER || !read_header(&w))
        goto done;
    w.samples = ((uint64_t)size - WAV_HEADER) / SAMPLE_BYTES;
    w.samples -= w.samples % w.channels;
    if (!write_header(&w) || ftruncate(w.fd, (off_t)(WAV_HEADER + w.samples * SAMPLE_BYTES)) || wav_sync(&w))
        goto done;
    *length_ms = (int64_t)(w.samples * 1000 / w.channels / w.rate);
    e = ERR_OK;
done:
    close(w.fd);
    return e;
}

enum err wav_sync(struct wav_file *w)
{
    /* A device or pipe cannot be synced, which is no loss. */
    return fdatasync(w->fd) == 0 || errno == EINVAL || errno == EROFS ? ERR_OK : ERR_IO;
}

enum err wav_close(struct wav_file *w)
{
    enum err e;
    int why;

    if (w->fd < 0)
        return ERR_OK;
    if (ftruncate(w->fd, (off_t)(WAV_HEADER + w->samples * SAMPLE_BYTES)) != 0 && errno != EINVAL)
        errno = 0; /* what was reserved stays reserved: no reason to fail */
    e = wav_sync(w);
    why = errno;
    if (close(w->fd) != 0 && !e) {
        e = ERR_IO;
        why = errno;
    }
    w->fd = -1;
    errno = why;
    return e;
}
