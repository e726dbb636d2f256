/* Where the server keeps sounds, recordings and greetings below its data folder. Names come from flows and Connections,
 * so none may lead outside. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sipfront/call/server_parts.h"
#include "vm/base/log.h"

/* A relative path without '..', hidden or empty parts, and without control characters. */
static bool is_safe(struct str name)
{
    char before = '/';
    if (!name.len || name.p[0] == '/')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char ch = name.p[i];
        if ((unsigned char)ch < 0x20 || (before == '/' && (ch == '.' || ch == '/')))
            return false;
        before = ch;
    }
    return before != '/';
}

bool server_sound_path(const struct server *s, const struct vm_sound *sound, char *out, size_t size)
{
    const char *folder = sound->kind == SOUND_RECORDING ? "recordings" : "sounds";
    const char *end = sound->kind == SOUND_RECORDING ? ".wav" : "";
    if (!is_safe(sound->text))
        return false;
    int n = snprintf(out, size, "%s/%s/%.*s%s", s->data, folder, STR_ARG(sound->text), end);
    return n > 0 && (size_t)n < size;
}

bool server_greeting(const struct server *s, struct str box, struct vm_sound *out)
{
    static char path[4096]; /* borrowed by the caller until the next call */
    struct stat st;
    if (!is_safe(box) || memchr(box.p, '/', box.len))
        return false;
    int name = snprintf(path, sizeof path, "%s/sounds/greetings/%.*s.wav", s->data, STR_ARG(box));
    if (name < 0 || (size_t)name >= sizeof path || stat(path, &st) != 0)
        return false;
    size_t skip = strlen(s->data) + sizeof "/sounds";
    *out = (struct vm_sound){ SOUND_FILE, str_of(path + skip) };
    return true;
}

static enum err make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        int bad = mkdir(path, 0700) != 0 && errno != EEXIST;
        *slash = '/';
        if (bad) {
            log_error("files", "cannot make the folder of %s: %s", path, strerror(errno));
            return ERR_IO;
        }
    }
    return ERR_OK;
}

enum err server_recording_path(const struct server *s, const char *box, const char *id, char **out)
{
    struct sbuf path = { 0 };
    *out = NULL;
    if (*box && (!is_safe(str_of(box)) || strchr(box, '/')))
        return ERR_INVALID;
    if (*box)
        sbuf_fmt(&path, "%s/voicemail/%s/%s.wav", s->data, box, id);
    else
        sbuf_fmt(&path, "%s/recordings/%s.wav", s->data, id);
    enum err e = make_folders(path.p);
    if (e)
        sbuf_free(&path);
    *out = path.p; /* the buffer's memory is the caller's now */
    return e;
}

static void count(const struct message *m, void *arg)
{
    (void)m;
    ++*(unsigned *)arg;
}

unsigned server_box_count(const struct server *s, struct str box)
{
    unsigned n = 0;
    char *name = strndup(box.p ? box.p : "", box.len);
    if (!name)
        abort();
    directory_each_message(s->directory, name, count, &n);
    free(name);
    return n;
}
