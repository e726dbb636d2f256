#include "compiler/author/lsp_path.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The buffer's text, also when nothing was added. */
static char *taken(struct sbuf *b)
{
    sbuf_add(b, "", 0);
    return b->p;
}

struct str lsp_path_folder(struct str path)
{
    while (path.len && path.p[path.len - 1] != '/')
        path.len--;
    return path;
}

/* Takes the last part off again: the answer to `..`. */
static void drop_part(struct sbuf *b)
{
    while (b->len && b->p[b->len - 1] != '/')
        b->len--;
    if (b->len)
        b->len--;
    if (b->p)
        b->p[b->len] = '\0';
}

char *lsp_path_clean(struct str path)
{
    struct sbuf b = { 0 };
    if (!str_starts(path, "/")) {
        sbuf_str(&b, path);
        return taken(&b);
    }
    for (size_t i = 0; i < path.len;) {
        size_t start = ++i;
        while (i < path.len && path.p[i] != '/')
            i++;
        struct str part = { path.p + start, i - start };
        if (str_is(part, "..")) {
            drop_part(&b);
        } else if (part.len && !str_is(part, ".")) {
            sbuf_char(&b, '/');
            sbuf_str(&b, part);
        }
    }
    if (!b.len)
        sbuf_char(&b, '/');
    return taken(&b);
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void decode(struct sbuf *out, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        bool escape = s.p[i] == '%' && i + 2 < s.len && hex(s.p[i + 1]) >= 0 && hex(s.p[i + 2]) >= 0;
        sbuf_char(out, escape ? (char)(hex(s.p[i + 1]) * 16 + hex(s.p[i + 2])) : s.p[i]);
        i += escape ? 2 : 0;
    }
}

char *lsp_path_of_uri(struct str uri)
{
    static const char scheme[] = "file://";
    struct sbuf b = { 0 };
    if (!str_starts(uri, scheme)) {
        sbuf_str(&b, uri);
        return taken(&b);
    }
    const char *path = memchr(uri.p + strlen(scheme), '/', uri.len - strlen(scheme));
    if (path)
        decode(&b, (struct str){ path, uri.len - (size_t)(path - uri.p) });
    char *clean = lsp_path_clean(sbuf_view(&b));
    sbuf_free(&b);
    return clean;
}

char *lsp_uri_of_path(struct str path)
{
    struct sbuf b = { 0 };
    if (!str_starts(path, "/")) {
        sbuf_str(&b, path);
        return taken(&b);
    }
    sbuf_cstr(&b, "file://");
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.p[i];
        if (c && (isalnum(c) || strchr("/-._~", c)))
            sbuf_char(&b, (char)c);
        else
            sbuf_fmt(&b, "%%%02X", c);
    }
    return taken(&b);
}
