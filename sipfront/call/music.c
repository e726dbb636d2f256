#include "sipfront/call/music.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "vm/base/log.h"

enum { FOLDERS_MOST = 64, FILES_MOST = 64 };

struct folder {
    char *name;
    VEC(char *) files; /* sorted */
};
struct music {
    VEC(struct folder) folders;
};

/* ---- what there is ---- */

static bool is_audio(const char *name)
{
    static const char *const ends[] = { ".wav", ".flac", ".ogg", ".aiff", ".au", ".mp3", ".opus" };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (name[0] != '.' && str_ends(str_of(name), ends[i]))
            return true;
    return false;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void read_folder(struct music *m, const char *name, const char *path)
{
    struct folder f = { 0 };
    DIR *dir = opendir(path);
    struct dirent *entry;
    while (dir && (entry = readdir(dir)) && f.files.len < FILES_MOST) {
        struct sbuf file = { 0 };
        if (!is_audio(entry->d_name))
            continue;
        sbuf_fmt(&file, "%s/%s", path, entry->d_name);
        vec_push(&f.files, file.p);
    }
    if (dir)
        closedir(dir);
    if (!f.files.len)
        return;
    qsort(f.files.items, f.files.len, sizeof *f.files.items, by_name);
    f.name = strdup(name);
    vec_push(&m->folders, f);
}

static void read_below(struct music *m, const char *sounds, bool with_hold)
{
    DIR *dir = opendir(sounds);
    struct dirent *entry;
    struct stat st;
    while (dir && (entry = readdir(dir)) && m->folders.len < FOLDERS_MOST) {
        struct sbuf path = { 0 };
        sbuf_fmt(&path, "%s/%s", sounds, entry->d_name);
        if (entry->d_name[0] != '.' && stat(path.p, &st) == 0 && S_ISDIR(st.st_mode) &&
            (with_hold || strcmp(entry->d_name, "hold") != 0))
            read_folder(m, entry->d_name, path.p);
        sbuf_free(&path);
    }
    if (dir)
        closedir(dir);
}

struct music *music_read(const char *sounds, const char *hold)
{
    struct music *m = calloc(1, sizeof *m);
    if (!m)
        abort();
    if (hold)
        read_folder(m, "hold", hold);
    read_below(m, sounds, hold == NULL);
    return m;
}

void music_free(struct music **mp)
{
    struct music *m = *mp;
    *mp = NULL;
    if (!m)
        return;
    for (size_t i = 0; i < m->folders.len; i++) {
        struct folder *f = &m->folders.items[i];
        for (size_t k = 0; k < f->files.len; k++)
            free(f->files.items[k]);
        vec_free(&f->files);
        free(f->name);
    }
    vec_free(&m->folders);
    free(m);
}

const char *const *music_files(const struct music *m, struct str folder, unsigned *n)
{
    *n = 0;
    for (size_t i = 0; m && i < m->folders.len; i++) {
        const struct folder *f = &m->folders.items[i];
        if (!str_is(folder, f->name))
            continue;
        *n = (unsigned)f->files.len;
        return (const char *const *)f->files.items;
    }
    return NULL;
}

/* ---- to a leg on hold ---- */

struct music_part {
    struct music_play *play;
    struct prompt_wait *wait;
    struct prompt *prompt; /* NULL: not yet, or no audio in it */
};
struct music_play {
    struct server *server;
    struct stream *stream;
    unsigned waiting, count;
    struct music_part parts[];
};

static void play(struct music_play *p)
{
    struct prompt *list[FILES_MOST];
    unsigned n = 0;
    for (unsigned i = 0; i < p->count; i++)
        if (p->parts[i].prompt)
            list[n++] = p->parts[i].prompt;
    if (n)
        stream_play_along(p->stream, list, n, 0, clock_mono(loop_clock(p->server->loop)));
}

static void on_ready(struct prompt *prompt, enum err e, void *owner)
{
    struct music_part *part = owner;
    part->wait = NULL;
    if (e)
        log_warn("music", "a file cannot be played: %s", err_text(e));
    else
        part->prompt = prompt_ref(prompt);
    if (--part->play->waiting == 0)
        play(part->play);
}

struct music_play *music_start(struct server *s, struct leg_media *to, struct str folder)
{
    unsigned n;
    const char *const *files = music_files(s->music, folder, &n);
    struct music_play *p = n ? calloc(1, sizeof *p + n * sizeof p->parts[0]) : NULL;
    if (!p)
        return NULL;
    *p = (struct music_play){ .server = s, .stream = to->stream, .waiting = n, .count = n };
    for (unsigned i = 0; i < n; i++) {
        struct prompt_request rq = { .source = PROMPT_AUDIO_FILE,
                                     .text = str_of(files[i]),
                                     .codec = leg_media_codec(to) };
        p->parts[i].play = p;
        p->parts[i].wait = prompt_get(s->prompts, &rq, on_ready, &p->parts[i]);
    }
    return p;
}

void music_stop(struct music_play **pp)
{
    struct music_play *p = *pp;
    *pp = NULL;
    if (!p)
        return;
    stream_play_stop(p->stream);
    for (unsigned i = 0; i < p->count; i++) {
        prompt_wait_stop(&p->parts[i].wait);
        prompt_unref(&p->parts[i].prompt);
    }
    free(p);
}
