/* Whole files in and out: the last part of str.h. */
#include "vm/base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reads to the end of fd; size is what fstat said, a hint only. */
static enum err read_all(struct sbuf *into, int fd, size_t max)
{
    char part[16384];
    for (;;) {
        ssize_t n = read(fd, part, sizeof part);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ERR_IO;
        if (n == 0)
            return ERR_OK;
        if ((size_t)n > max - into->len)
            return ERR_TOO_BIG;
        sbuf_add(into, part, (size_t)n);
    }
}

enum err sbuf_read_file(struct sbuf *b, const char *path, size_t max)
{
    struct sbuf whole = { 0 };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO;
    enum err e = read_all(&whole, fd, max);
    if (!e)
        sbuf_add(b, whole.p, whole.len);
    sbuf_free(&whole);
    close(fd);
    return e;
}

static enum err write_all(int fd, const char *p, size_t len)
{
    while (len) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ERR_IO;
        p += n;
        len -= (size_t)n;
    }
    return fsync(fd) ? ERR_IO : ERR_OK;
}

/* The folder's entry must reach the disk too, or the rename may be forgotten in a power cut. */
static enum err sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    enum err e = fd < 0 || (fsync(fd) && errno != EINVAL) ? ERR_IO : ERR_OK;
    if (fd >= 0)
        close(fd);
    free(folder);
    return e;
}

/* A new file beside path, with the mode that the umask gives; its name goes to name. -1 when that fails. */
static int open_beside(struct sbuf *name, const char *path)
{
    static atomic_uint serial;
    int fd = -1;
    for (int turn = 0; fd < 0 && turn < 100; turn++) {
        sbuf_clear(name);
        sbuf_fmt(name, "%s.%ld-%u", path, (long)getpid(), atomic_fetch_add(&serial, 1));
        fd = open(name->p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST)
            return -1;
    }
    return fd;
}

enum err file_write(const char *path, const void *p, size_t len)
{
    struct sbuf temporary = { 0 };
    enum err e = ERR_IO;
    int fd = open_beside(&temporary, path);
    if (fd < 0)
        goto done;
    e = write_all(fd, p, len);
    if (close(fd) && !e)
        e = ERR_IO;
    if (!e && rename(temporary.p, path))
        e = ERR_IO;
    if (e)
        unlink(temporary.p);
    else
        e = sync_folder(path);
done:
    sbuf_free(&temporary);
    return e;
}
