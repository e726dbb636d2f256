/* Where the server keeps sounds, recordings and greetings below its data folder. Names come from flows and Connections,
 * so none may lead outside. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sipfront/call/server_parts.h"

enum { BOX_NAME_MAX = 64 }; /* three times that, encoded, and the id fit into a file name */

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
    struct str name = sound->text;
    if (sound->kind == SOUND_RECORDING && name.len && name.p[0] == '@') { /* of a box: visit_sound() */
        name = (struct str){ name.p + 1, name.len - 1 };
        folder = memchr(name.p, '@', name.len) ? "voicemail" : "greetings";
        end = "";
    }
    if (!is_safe(name))
        return false;
    int n = snprintf(out, size, "%s/%s/%.*s%s", s->data, folder, STR_ARG(name), end);
    return n > 0 && (size_t)n < size;
}

/* As in URLs: what is not a letter, digit, '.', '_' or '-' becomes %XX, so any box can be a part of a file's name. */
static void add_encoded(struct sbuf *out, const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (isalnum(*p) || (*p && strchr("._-", *p)))
            sbuf_char(out, (char)*p);
        else
            sbuf_fmt(out, "%%%02X", *p);
    }
}

enum err server_recording_path(const struct server *s, const char *box, const char *id, char **out)
{
    struct sbuf path = { 0 };
    *out = NULL;
    if (strlen(box) > BOX_NAME_MAX)
        return ERR_INVALID;
    if (*box) {
        sbuf_fmt(&path, "%s/voicemail/%s@", s->data, id);
        add_encoded(&path, box);
        sbuf_cstr(&path, ".wav");
    } else {
        sbuf_fmt(&path, "%s/recordings/%s.wav", s->data, id);
    }
    *out = path.p; /* the buffer's memory is the caller's now */
    return ERR_OK;
}

enum err server_greeting_path(const struct server *s, const char *box, const char *kind, char **out)
{
    struct sbuf path = { 0 };
    *out = NULL;
    if (strlen(box) > BOX_NAME_MAX)
        return ERR_INVALID;
    sbuf_fmt(&path, "%s/greetings/box-", s->data);
    add_encoded(&path, box);
    sbuf_fmt(&path, ".%s.%llx.wav", kind, (unsigned long long)clock_wall(loop_clock(s->loop)));
    *out = path.p;
    return ERR_OK;
}

enum err server_make_folders(const struct server *s, struct sbuf *why)
{
    static const char *const names[] = { "voicemail", "recordings", "sounds", "greetings" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", s->data, names[i]);
        if (mkdir(path, 0700) != 0 && errno != EEXIST) {
            sbuf_fmt(why, "cannot make the folder %s: %s", path, strerror(errno));
            return ERR_IO;
        }
    }
    return ERR_OK;
}
