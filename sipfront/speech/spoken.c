#include "sipfront/speech/spoken.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "vm/base/log.h"
#include "vm/base/vec.h"

#define END ".say"

enum { FORMAT = 2, SAMPLES_MOST = 96000 * 1800, NAME_LEN = 64 /* SHA-256 in hex */ };
static const uint64_t default_most = 512u << 20;

/* In front of the samples. The sum is over them: a power cut may leave a file of the right size with nothing in it. */
struct header {
    char magic[4];
    uint32_t rate, count, sum;
};
static const char magic[4] = { 'S', 'A', 'Y', FORMAT };

struct spoken {
    struct speech *speech;
    char *folder;
    uint64_t most_bytes;
    pthread_mutex_t lock; /* guards what follows */
    struct spoken_stats stats;
    unsigned made; /* for the names of files that are being written */
    bool told;     /* that nothing can be written */
};

static uint32_t sum_of(const int16_t *samples, size_t n)
{
    uint32_t sum = 2166136261u; /* FNV-1a, by samples */
    for (size_t i = 0; i < n; i++)
        sum = (sum ^ (uint16_t)samples[i]) * 16777619u;
    return sum;
}

/* FOLDER/HASH.say */
static void path_of(const struct spoken *s, struct str text, struct str voice, int percent, struct sbuf *path)
{
    unsigned char digest[32];
    struct sbuf key = { 0 };
    sbuf_fmt(&key, "%d %d %zu ", FORMAT, percent, voice.len);
    sbuf_str(&key, voice);
    sbuf_str(&key, text);
    if (!EVP_Digest(key.p, key.len, digest, NULL, EVP_sha256(), NULL))
        abort(); /* out of memory */
    sbuf_fmt(path, "%s/", s->folder);
    for (size_t i = 0; i < sizeof digest; i++)
        sbuf_fmt(path, "%02x", digest[i]);
    sbuf_cstr(path, END);
    sbuf_free(&key);
}

/* ---- reading ---- */

static bool read_samples(int fd, struct speech_audio *out)
{
    struct header h;
    if (read(fd, &h, sizeof h) != sizeof h || memcmp(h.magic, magic, sizeof magic) != 0 || h.count > SAMPLES_MOST)
        return false;
    size_t bytes = h.count * sizeof(int16_t);
    int16_t *samples = malloc(bytes + 1);
    if (!samples)
        return false;
    if (read(fd, samples, bytes) != (ssize_t)bytes || sum_of(samples, h.count) != h.sum) {
        free(samples);
        return false;
    }
    *out = (struct speech_audio){ .samples = samples, .count = h.count, .rate = h.rate };
    return true;
}

/* Its time is set to now: that is how the oldest are found. */
static bool read_file(const char *path, struct speech_audio *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && read_samples(fd, out);
    if (ok)
        (void)futimens(fd, NULL);
    if (fd >= 0)
        close(fd);
    return ok;
}

/* ---- making room ---- */

struct file {
    char name[NAME_LEN + sizeof END];
    int64_t used;
    uint64_t bytes;
};
struct listing {
    VEC(struct file) files;
    uint64_t bytes;
};

static void list(const struct spoken *s, struct listing *l)
{
    DIR *dir = opendir(s->folder);
    struct dirent *entry;
    struct stat st;
    while (dir && (entry = readdir(dir))) {
        struct str name = str_of(entry->d_name);
        if (!str_ends(name, END) || name.len >= sizeof l->files.items->name ||
            fstatat(dirfd(dir), entry->d_name, &st, 0) != 0)
            continue;
        struct file f = { .used = st.st_mtim.tv_sec, .bytes = (uint64_t)st.st_size };
        memcpy(f.name, name.p, name.len + 1);
        vec_push(&l->files, f);
        l->bytes += f.bytes;
    }
    if (dir)
        closedir(dir);
}

static int by_use(const void *a, const void *b)
{
    int64_t x = ((const struct file *)a)->used, y = ((const struct file *)b)->used;
    return x < y ? -1 : x > y;
}

/* With the lock held. Down to nine tenths, so that not each new file looks through the folder. */
static void make_room(struct spoken *s)
{
    struct listing l = { 0 };
    list(s, &l);
    if (l.files.len)
        qsort(l.files.items, l.files.len, sizeof *l.files.items, by_use);
    uint64_t most = l.bytes > s->most_bytes ? s->most_bytes / 10 * 9 : s->most_bytes;
    s->stats.files = l.files.len;
    for (size_t i = 0; i < l.files.len && l.bytes > most; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", s->folder, l.files.items[i].name);
        if (unlink(path) != 0)
            continue;
        l.bytes -= l.files.items[i].bytes;
        s->stats.files--;
        s->stats.removed++;
    }
    s->stats.bytes = l.bytes;
    vec_free(&l.files);
}

/* ---- writing ---- */

static bool write_file(const char *path, const struct speech_audio *a)
{
    struct header h = { .rate = a->rate, .count = a->count, .sum = sum_of(a->samples, a->count) };
    size_t bytes = a->count * sizeof(int16_t);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    memcpy(h.magic, magic, sizeof magic);
    bool ok = fd >= 0 && write(fd, &h, sizeof h) == sizeof h && write(fd, a->samples, bytes) == (ssize_t)bytes;
    return (fd < 0 || close(fd) == 0) && ok;
}

static void note_written(struct spoken *s, bool ok, uint64_t bytes, int error)
{
    pthread_mutex_lock(&s->lock);
    if (ok) {
        s->stats.files++;
        s->stats.bytes += bytes;
    } else if (!s->told) {
        log_warn("speech", "nothing can be kept in %s: %s", s->folder, strerror(error));
    }
    s->told = !ok;
    if (s->stats.bytes > s->most_bytes)
        make_room(s);
    pthread_mutex_unlock(&s->lock);
}

/* Not flushed to the disk: what a power cut damages is found by its sum, and made again. */
static void keep(struct spoken *s, const char *path, const struct speech_audio *a)
{
    char draft[PATH_MAX];
    pthread_mutex_lock(&s->lock);
    snprintf(draft, sizeof draft, "%s/draft-%u", s->folder, ++s->made % 64);
    pthread_mutex_unlock(&s->lock);
    bool ok = write_file(draft, a) && rename(draft, path) == 0;
    int error = errno;
    if (!ok)
        unlink(draft);
    note_written(s, ok, sizeof(struct header) + a->count * sizeof(int16_t), error);
}

enum err spoken_say(struct spoken *s, struct str text, struct str voice, int percent, struct speech_audio *out)
{
    struct sbuf path = { 0 };
    enum err e = ERR_OK;
    path_of(s, text, voice, percent, &path);
    bool hit = read_file(path.p, out);
    pthread_mutex_lock(&s->lock);
    s->stats.hits += hit;
    s->stats.misses += !hit;
    pthread_mutex_unlock(&s->lock);
    if (!hit) {
        e = speech_say(s->speech, text, voice, percent, out);
        if (!e)
            keep(s, path.p, out);
    }
    sbuf_free(&path);
    return e;
}

void spoken_stats(struct spoken *s, struct spoken_stats *out)
{
    pthread_mutex_lock(&s->lock);
    *out = s->stats;
    pthread_mutex_unlock(&s->lock);
}

enum err spoken_new(struct spoken **out, const struct spoken_params *p, struct sbuf *why)
{
    struct spoken *s = calloc(1, sizeof *s);
    *out = NULL;
    if (!s || !(s->folder = strdup(p->folder))) {
        free(s);
        return ERR_NOMEM;
    }
    s->speech = p->speech;
    s->most_bytes = p->most_bytes ? p->most_bytes : default_most;
    pthread_mutex_init(&s->lock, NULL);
    if (mkdir(s->folder, 0700) != 0 && errno != EEXIST) {
        sbuf_fmt(why, "cannot make the folder %s: %s", s->folder, strerror(errno));
        spoken_free(&s);
        return ERR_IO;
    }
    make_room(s); /* counts, too */
    *out = s;
    return ERR_OK;
}

void spoken_free(struct spoken **sp)
{
    struct spoken *s = *sp;
    *sp = NULL;
    if (!s)
        return;
    pthread_mutex_destroy(&s->lock);
    free(s->folder);
    free(s);
}
