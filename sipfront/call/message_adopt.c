/* Files without a row: found, mended, listed.
 *   worker: names of voicemail/ -> loop: which have no row -> worker: mend, read notes -> loop: message_keep() */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sipfront/call/message_keep.h"
#include "sipfront/call/message_note.h"
#include "sipfront/call/server_parts.h"
#include "sipfront/media/wav_file.h"
#include "vm/base/log.h"

enum { ADOPT_LATER_MS = 10000 };

struct adoption {
    struct server *server;
    char *folder;
    VEC(struct message_file) files;
};

static void adoption_free(struct adoption *a)
{
    for (size_t i = 0; i < a->files.len; i++)
        message_file_free(&a->files.items[i]);
    vec_free(&a->files);
    free(a->folder);
    free(a);
}

static void find_files(void *job)
{
    struct adoption *a = job;
    DIR *d = opendir(a->folder);
    for (struct dirent *e; d && (e = readdir(d));) {
        struct message_file f = { 0 };
        struct sbuf path = { 0 };
        sbuf_fmt(&path, "%s/%s", a->folder, e->d_name);
        f.path = path.p;
        if (message_note_read(&f))
            vec_push(&a->files, f);
        else
            message_file_free(&f);
    }
    if (d)
        closedir(d);
}

/* What the recorder had written is made whole: the header tells of what is there. */
static void mend_files(void *job)
{
    struct adoption *a = job;
    for (size_t i = 0; i < a->files.len; i++) {
        struct message_file *f = &a->files.items[i];
        struct stat st;
        if (wav_mend(f->path, &f->length_ms))
            log_warn("voicemail", "%s cannot be mended", f->path);
        f->bytes = stat(f->path, &st) ? 0 : st.st_size;
    }
}

static void keep_files(void *job)
{
    struct adoption *a = job;
    for (size_t i = 0; i < a->files.len; i++) {
        struct message_file *f = &a->files.items[i];
        if (f->length_ms > 0) {
            log_warn("voicemail", "message %s for %s was on the disk without being listed: it is now", f->id, f->box);
            message_keep(a->server, f, NULL, NULL);
        } else {
            message_file_drop(a->server, f);
        }
    }
    adoption_free(a);
}

/* A note beside a listed message: it may not have been told yet. */
static void tell_again(struct server *s, const char *path, const struct message *m)
{
    message_claim(s, path);
    message_tell(s, m);
}

static void choose_files(void *job)
{
    struct adoption *a = job;
    struct server *s = a->server;
    size_t kept = 0;
    for (size_t i = 0; i < a->files.len; i++) {
        struct message_file *f = &a->files.items[i];
        const struct message *m = directory_message(s->directory, f->id);
        bool busy = message_is_claimed(s, f->path);
        if (m && !busy && f->has_note)
            tell_again(s, f->path, m);
        if (m || busy) {
            message_file_free(f);
            continue;
        }
        message_claim(s, f->path);
        struct message_file chosen = *f;
        *f = (struct message_file){ 0 };
        a->files.items[kept++] = chosen;
    }
    a->files.len = kept;
    if (!kept || workers_submit(s->workers, mend_files, keep_files, a)) {
        for (size_t i = 0; i < kept; i++)
            message_release(s, a->files.items[i].path);
        adoption_free(a);
    }
}

void message_adopt(struct server *s)
{
    struct adoption *a = calloc(1, sizeof *a);
    struct sbuf folder = { 0 };
    if (!a)
        abort();
    sbuf_fmt(&folder, "%s/voicemail", s->data);
    a->server = s;
    a->folder = folder.p;
    if (workers_submit(s->workers, find_files, choose_files, a)) {
        adoption_free(a);
        message_adopt_later(s);
    }
}

static void on_later(void *owner)
{
    struct server *s = owner;
    s->adopt = NULL;
    message_adopt(s);
}

void message_adopt_later(struct server *s)
{
    if (!s->adopt && !s->closing)
        s->adopt = clock_start(loop_clock(s->loop), ADOPT_LATER_MS, on_later, s);
}
