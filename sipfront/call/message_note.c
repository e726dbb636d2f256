#include "sipfront/call/message_note.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { NOTE_MOST = 4096 };

void message_note_path(const char *path, struct sbuf *out) { sbuf_fmt(out, "%s" MESSAGE_NOTE_END, path); }

static void add_line(struct sbuf *out, const char *key, const char *value)
{
    sbuf_fmt(out, "%s ", key);
    for (; *value; value++)
        sbuf_char(out, (unsigned char)*value < 0x20 ? ' ' : *value);
    sbuf_char(out, '\n');
}

void message_note(const struct message_file *f, struct sbuf *out)
{
    add_line(out, "box", f->box);
    add_line(out, "from", f->from);
    add_line(out, "name", f->from_name);
    sbuf_fmt(out, "left %lld\ntranscribe %d\n", (long long)f->left_wall_ms, f->transcribe);
}

static char *copy(struct str s)
{
    char *p = strndup(s.p ? s.p : "", s.len);
    if (!p)
        abort();
    return p;
}

static void set(char **to, struct str value)
{
    free(*to);
    *to = copy(value);
}

static void take_line(struct message_file *f, struct str line)
{
    const char *space = memchr(line.p, ' ', line.len);
    if (!space)
        return;
    struct str key = { line.p, (size_t)(space - line.p) },
               value = { space + 1, line.len - (size_t)(space + 1 - line.p) };
    int64_t n;
    if (str_is(key, "box"))
        set(&f->box, value);
    else if (str_is(key, "from"))
        set(&f->from, value);
    else if (str_is(key, "name"))
        set(&f->from_name, value);
    else if (str_is(key, "left") && str_to_int(value, &n))
        f->left_wall_ms = n;
    else if (str_is(key, "transcribe"))
        f->transcribe = str_is(value, "1");
}

static void take_note(struct message_file *f)
{
    struct sbuf path = { 0 }, note = { 0 };
    message_note_path(f->path, &path);
    f->has_note = sbuf_read_file(&note, path.p, NOTE_MOST) == ERR_OK;
    if (f->has_note)
        for (const char *at = note.p, *end = note.p + note.len; at < end;) {
            const char *newline = memchr(at, '\n', (size_t)(end - at));
            size_t len = newline ? (size_t)(newline - at) : (size_t)(end - at);
            take_line(f, (struct str){ at, len });
            at += len + 1;
        }
    sbuf_free(&path);
    sbuf_free(&note);
}

/* The box out of a file's name, %XX decoded. */
static char *decoded(struct str s)
{
    struct sbuf out = { 0 };
    sbuf_cstr(&out, "");
    for (size_t i = 0; i < s.len; i++) {
        char hex[3] = { s.p[i] == '%' && i + 2 < s.len ? s.p[i + 1] : 0, i + 2 < s.len ? s.p[i + 2] : 0, 0 };
        if (isxdigit((unsigned char)hex[0]) && isxdigit((unsigned char)hex[1])) {
            sbuf_char(&out, (char)strtol(hex, NULL, 16));
            i += 2;
        } else {
            sbuf_char(&out, s.p[i]);
        }
    }
    return out.p;
}

bool message_note_read(struct message_file *f)
{
    const char *name = strrchr(f->path, '/'), *at;
    struct stat st;
    name = name ? name + 1 : f->path;
    at = strchr(name, '@');
    size_t len = strlen(name);
    if (!at || len < 5 || strcmp(name + len - 4, ".wav") != 0 || stat(f->path, &st))
        return false;
    set(&f->id, (struct str){ name, (size_t)(at - name) });
    free(f->box);
    f->box = decoded((struct str){ at + 1, (size_t)(name + len - 4 - (at + 1)) });
    set(&f->from, STR(""));
    set(&f->from_name, STR(""));
    f->left_wall_ms = (int64_t)st.st_mtim.tv_sec * 1000;
    f->transcribe = true;
    take_note(f);
    return *f->box && *f->id;
}
