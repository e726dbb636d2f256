#include "compiler/author/lsp_wire.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "compiler/author/lsp_json.h"

enum { READ_CHUNK = 64 << 10, HEADER_MAX = 8 << 10 };

static struct str unread(const struct lsp_wire *w)
{
    return (struct str){ w->read.p + w->taken, w->read.len - w->taken };
}

/* What is done with goes when it is most of the buffer, so that moving costs nothing that counts. */
static void drop_taken(struct lsp_wire *w)
{
    size_t left = w->read.len - w->taken;
    if (!w->taken || left > w->taken)
        return;
    memmove(w->read.p, w->read.p + w->taken, left);
    w->read.len = left;
    w->taken = 0;
}

/* false: the input is over, or, without wait, has nothing now. */
static bool fill(struct lsp_wire *w, bool wait, bool *end)
{
    static char chunk[READ_CHUNK];
    struct pollfd p = { .fd = w->in, .events = POLLIN };
    ssize_t n;
    if (!wait && poll(&p, 1, 0) <= 0)
        return false;
    do
        n = read(w->in, chunk, sizeof chunk);
    while (n < 0 && errno == EINTR);
    *end = n <= 0;
    if (n <= 0)
        return false;
    drop_taken(w);
    sbuf_add(&w->read, chunk, (size_t)n);
    return true;
}

/* The body's length; -1: none is said. The last one counts, wherever it stands: after a message without a length its
 * body is read as a header, and the next header follows without a line end. */
static long long body_length(struct str header)
{
    static const char name[] = "content-length:";
    const size_t len = sizeof name - 1;
    for (size_t i = header.len; i-- > 0;)
        if (header.len - i > len && !strncasecmp(header.p + i, name, len))
            return strtoll(header.p + i + len, NULL, 10);
    return -1;
}

/* The header's length with its empty line; 0: it is not whole. */
static size_t header_length(struct str s)
{
    const char *end = s.len ? memmem(s.p, s.len, "\r\n\r\n", 4) : NULL;
    return end ? (size_t)(end - s.p) + 4 : 0;
}

static enum lsp_read take_body(struct lsp_wire *w, size_t header, size_t length, json_t **out)
{
    json_error_t why;
    *out = json_loadb(w->read.p + w->taken + header, length, JSON_ALLOW_NUL | JSON_DECODE_ANY, &why);
    w->taken += header + length;
    return *out ? LSP_READ_MESSAGE : LSP_READ_BAD;
}

/* Takes a message out of what has come. */
static enum lsp_read take(struct lsp_wire *w, json_t **out)
{
    struct str s = unread(w);
    size_t header = header_length(s);
    if (!header && s.len > HEADER_MAX) {
        w->taken = w->read.len;
        return LSP_READ_BAD;
    }
    if (!header)
        return LSP_READ_NOTHING;
    long long length = body_length((struct str){ s.p, header });
    if (length > LSP_MESSAGE_MAX)
        return LSP_READ_END;
    if (length < 0) {
        w->taken += header;
        return LSP_READ_BAD;
    }
    if (s.len - header < (size_t)length)
        return LSP_READ_NOTHING;
    return take_body(w, header, (size_t)length, out);
}

enum lsp_read lsp_wire_read(struct lsp_wire *w, bool wait, json_t **out)
{
    bool end = false;
    for (;;) {
        enum lsp_read how = take(w, out);
        if (how != LSP_READ_NOTHING)
            return how;
        if (!fill(w, wait, &end))
            return end ? LSP_READ_END : LSP_READ_NOTHING;
    }
}

static void write_all(int fd, struct str s)
{
    while (s.len) {
        ssize_t n = write(fd, s.p, s.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return;
        s.p += n;
        s.len -= (size_t)n;
    }
}

static int add_text(const char *p, size_t len, void *owner)
{
    sbuf_add(owner, p, len);
    return 0;
}

void lsp_wire_send(struct lsp_wire *w, json_t *message)
{
    struct sbuf body = { 0 }, whole = { 0 };
    lsp_must(json_dump_callback(message, add_text, &body, JSON_COMPACT) == 0);
    sbuf_fmt(&whole, "Content-Length: %zu\r\n\r\n", body.len);
    sbuf_str(&whole, sbuf_view(&body));
    write_all(w->out, sbuf_view(&whole));
    sbuf_free(&body);
    sbuf_free(&whole);
    json_decref(message);
}

void lsp_wire_free(struct lsp_wire *w) { sbuf_free(&w->read); }
