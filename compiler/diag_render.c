/* A diagnostic as text: where, what, the source line with a caret under the span, notes, and the mend. */
#include "compiler/diag.h"

#define TAB_WIDTH 4

#define COLOR_BOLD    "\x1b[1m"
#define COLOR_RED     "\x1b[1;31m"
#define COLOR_MAGENTA "\x1b[1;35m"
#define COLOR_CYAN    "\x1b[1;36m"
#define COLOR_BLUE    "\x1b[1;34m"
#define COLOR_OFF     "\x1b[0m"

struct renderer {
    struct sbuf *out;
    const struct sources *sources;
    bool color;
};

static void put(struct renderer *r, const char *color, struct str text)
{
    if (r->color)
        sbuf_cstr(r->out, color);
    sbuf_str(r->out, text);
    if (r->color)
        sbuf_cstr(r->out, COLOR_OFF);
}

/* A character of a line: its code, and how many bytes it takes. A byte that is no UTF-8 is U+FFFD. */
static uint32_t decode(struct str s, size_t *len)
{
    static const uint8_t mask[] = { 0, 0x1F, 0x0F, 0x07 };
    unsigned char first = (unsigned char)s.p[0];
    int tail = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    size_t bad;
    uint32_t code;
    *len = 1;
    if (!tail)
        return first;
    if ((size_t)tail >= s.len || !utf8_valid((struct str){ s.p, (size_t)tail + 1 }, &bad))
        return 0xFFFD;
    code = first & mask[tail];
    for (int i = 1; i <= tail; i++)
        code = code << 6 | ((unsigned char)s.p[i] & 0x3Fu);
    *len = (size_t)tail + 1;
    return code;
}

/* Columns on a terminal: combining marks take none, East Asian wide characters and emoji two. */
static unsigned width(uint32_t c)
{
    if ((c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F) || (c >= 0xFE00 && c <= 0xFE0F))
        return 0;
    if ((c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
        (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
        (c >= 0x1F300 && c <= 0x1FAFF))
        return 2;
    return 1;
}

/* One character of the source line into `out`; the columns it takes. Control characters never reach the terminal. */
static unsigned put_char(struct sbuf *out, struct str at, unsigned column, size_t *len)
{
    uint32_t c = decode(at, len);
    if (c == '\t') {
        unsigned n = TAB_WIDTH - column % TAB_WIDTH;
        for (unsigned i = 0; i < n; i++)
            sbuf_char(out, ' ');
        return n;
    }
    if (c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0xFFFD) {
        sbuf_cstr(out, "\xEF\xBF\xBD");
        return 1;
    }
    sbuf_add(out, at.p, *len);
    return width(c);
}

/* The line, and under it carets from byte `from` to byte `to` of it. */
static void put_line(struct renderer *r, uint32_t number, struct str line, size_t from, size_t to)
{
    struct sbuf text = { 0 }, mark = { 0 };
    unsigned column = 0;
    size_t len;
    for (size_t i = 0; i < line.len; i += len) {
        unsigned n = put_char(&text, (struct str){ line.p + i, line.len - i }, column, &len);
        for (unsigned k = 0; k < n && i < to; k++)
            sbuf_char(&mark, i >= from ? '^' : ' ');
        column += n;
    }
    if (from >= line.len || from == to)
        sbuf_char(&mark, '^');
    sbuf_fmt(r->out, "%5u | ", number);
    sbuf_str(r->out, sbuf_view(&text));
    sbuf_cstr(r->out, "\n      | ");
    put(r, COLOR_RED, sbuf_view(&mark));
    sbuf_char(r->out, '\n');
    sbuf_free(&text);
    sbuf_free(&mark);
}

static void put_source(struct renderer *r, struct span span)
{
    struct place at = source_place(r->sources, span.file, span.start);
    struct str line = source_line(r->sources, span.file, at.line);
    size_t from = (size_t)(source_at(r->sources, span.file)->text.p + span.start - line.p);
    size_t to = from + span.len;
    if (from > line.len)
        from = line.len;
    if (to > line.len)
        to = line.len;
    put_line(r, at.line, line, from, to);
}

/* Words of the author may stand in a message: what could steer a terminal is shown as '?'. */
static void put_message(struct renderer *r, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.p[i];
        sbuf_char(r->out, c < 0x20 || c == 0x7F ? '?' : (char)c);
    }
}

static void put_head(struct renderer *r, struct span span, const char *color, const char *what)
{
    struct place at = source_place(r->sources, span.file, span.start);
    struct sbuf where = { 0 };
    sbuf_fmt(&where, "%.*s:%u:%u:", STR_ARG(source_at(r->sources, span.file)->path), at.line, at.column);
    put(r, COLOR_BOLD, sbuf_view(&where));
    sbuf_char(r->out, ' ');
    put(r, color, str_of(what));
    sbuf_char(r->out, ' ');
    sbuf_free(&where);
}

static void put_part(struct renderer *r, struct span span, struct str text)
{
    put_message(r, text);
    sbuf_char(r->out, '\n');
    put_source(r, span);
}

void diag_render(struct sbuf *out, const struct diags *list, const struct diag *d, bool color)
{
    struct renderer r = { out, diags_sources(list), color };
    bool error = d->severity == DIAG_ERROR;
    put_head(&r, d->span, error ? COLOR_RED : COLOR_MAGENTA, error ? "error:" : "warning:");
    put_part(&r, d->span, d->message);
    for (const struct diag_note *n = d->notes; n; n = n->next) {
        put_head(&r, n->span, COLOR_BLUE, "note:");
        put_part(&r, n->span, n->text);
    }
    if (d->help.len) {
        put(&r, COLOR_CYAN, STR("help:"));
        sbuf_char(out, ' ');
        put_message(&r, d->help);
        sbuf_char(out, '\n');
    }
}
