#include "sipfront/call/calls_up.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct slot {
    atomic_char whole; /* 1: the line is; the process may die in the middle of writing it */
    char line[CALLS_UP_LINE + 1];
};
struct calls_up {
    struct slot *slots; /* mapped */
    int free[CALLS_UP_SLOTS], nfree;
};

static bool is_readable(const char *line)
{
    for (; *line; line++)
        if ((unsigned char)*line < ' ')
            return false;
    return true;
}

/* What stands there may be of another version, or of a disk that lost a block. */
static bool is_line(const struct slot *s) { return s->whole == 1 && !s->line[CALLS_UP_LINE] && is_readable(s->line); }

static void tell_all(struct calls_up *u, calls_up_found_fn *found, void *arg)
{
    for (int i = CALLS_UP_SLOTS; i-- > 0;) {
        struct slot *s = &u->slots[i];
        if (is_line(s) && found(s->line, i, arg))
            continue;
        if (s->whole)
            s->whole = 0;
        u->free[u->nfree++] = i; /* the first are taken first: the file stays small */
    }
}

enum err calls_up_open(struct calls_up **out, const char *path, calls_up_found_fn *found, void *arg)
{
    const size_t size = CALLS_UP_SLOTS * sizeof(struct slot);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    void *p = fd >= 0 && posix_fallocate(fd, 0, (off_t)size) == 0 /* a full disk must not be met by a write to a page */
                  ? mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                  : MAP_FAILED;
    *out = NULL;
    if (fd >= 0)
        close(fd);
    if (p == MAP_FAILED)
        return ERR_IO;
    *out = calloc(1, sizeof **out);
    if (!*out)
        abort();
    (*out)->slots = p;
    tell_all(*out, found, arg);
    return ERR_OK;
}

void calls_up_close(struct calls_up **up)
{
    struct calls_up *u = *up;
    *up = NULL;
    if (!u)
        return;
    munmap(u->slots, CALLS_UP_SLOTS * sizeof(struct slot));
    free(u);
}

int calls_up_take(struct calls_up *u) { return u && u->nfree ? u->free[--u->nfree] : CALLS_UP_NONE; }

void calls_up_note(struct calls_up *u, int slot, struct str line)
{
    if (!u || slot == CALLS_UP_NONE)
        return;
    struct slot *s = &u->slots[slot];
    size_t n = line.len;
    if (n > CALLS_UP_LINE)
        for (n = CALLS_UP_LINE; n && line.p[n] != ' ';)
            n--;
    s->whole = 0;
    memcpy(s->line, line.p, n);
    memset(s->line + n, 0, sizeof s->line - n);
    s->whole = 1;
}

void calls_up_give(struct calls_up *u, int slot)
{
    if (!u || slot == CALLS_UP_NONE)
        return;
    u->slots[slot].whole = 0;
    u->free[u->nfree++] = slot;
}
