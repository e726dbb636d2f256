#include "vm/base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vm/base/str.h"

enum { LINE_MAX_TEXT = 4096, LINE_USUAL = 480 };
#define EACH_BYTE UINT64_C(0x0101010101010101)

static enum log_level most_wanted = LOG_INFO;
static bool to_journal; /* it keeps time and priority itself */

static const struct {
    const char *name;
    int priority; /* sd-daemon(3): "<N>" at the line's start */
} levels[] = { { "ERROR", 3 }, { "WARN", 4 }, { "INFO", 6 }, { "DEBUG", 7 } };

/* JOURNAL_STREAM says that stderr goes to the journal (systemd.exec(5)). */
void log_set_level(enum log_level most)
{
    most_wanted = most;
    to_journal = getenv("JOURNAL_STREAM") != NULL;
}

/* A thread's last second is kept: lines come many a second, or the time does not matter. */
static const char *second_text(time_t now)
{
    static _Thread_local time_t second = -1;
    static _Thread_local char text[32];
    struct tm tm;
    if (now != second) {
        second = now;
        gmtime_r(&now, &tm);
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    }
    return text;
}

static void add_head(struct sbuf *line, enum log_level level, const char *area)
{
    struct timespec now;
    if (to_journal) {
        sbuf_fmt(line, "<%d>%s: ", levels[level].priority, area);
        return;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    sbuf_fmt(line, "%s.%03ldZ %s %s: ", second_text(now.tv_sec), now.tv_nsec / 1000000, levels[level].name, area);
}

/* Bytes of a control character, 0: it is none. C1 controls are two in UTF-8; some terminals obey them. */
static size_t control(const unsigned char *c)
{
    if (*c < 0x20 || *c == 0x7f)
        return 1;
    return c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0 ? 2 : 0;
}

/* Whether one of eight bytes is zero, and whether one may be part of a control character. */
static bool has_zero(uint64_t w) { return (w - EACH_BYTE) & ~w & EACH_BYTE << 7; }
static bool may_control(uint64_t w)
{
    return ((w - EACH_BYTE * 0x20) & ~w & EACH_BYTE << 7) || has_zero(w ^ EACH_BYTE * 0x7f) ||
           has_zero(w ^ EACH_BYTE * 0xc2);
}

/* Up to the first control character: almost always all. */
static size_t plain_until(const struct sbuf *line, size_t at)
{
    uint64_t w;
    for (; at + sizeof w <= line->len; at += sizeof w) {
        memcpy(&w, line->p + at, sizeof w);
        if (may_control(w))
            break;
    }
    while (at < line->len && !control((const unsigned char *)line->p + at))
        at++;
    return at;
}

/* What is behind `from` was written as it came: control characters are made visible, so that it stays one line. */
static void escape(struct sbuf *line, size_t from)
{
    struct sbuf raw = { 0 };
    size_t at = plain_until(line, from), n;
    if (at == line->len)
        return;
    sbuf_add(&raw, line->p + at, line->len - at);
    line->len = at;
    for (const char *c = raw.p; *c; c += n ? n : 1) {
        n = control((const unsigned char *)c);
        if (n > 0)
            sbuf_fmt(line, "\\x%02x", (unsigned char)c[n - 1]);
        else
            sbuf_char(line, *c);
    }
    sbuf_free(&raw);
}

/* One write, so that threads do not mix their lines. */
static void put_out(struct sbuf *lines)
{
    ssize_t n = lines->len ? write(STDERR_FILENO, lines->p, lines->len) : 0;
    (void)n; /* nobody is left to tell */
    sbuf_free(lines);
}

/* Lines of this thread that wait for log_let_go(). */
static _Thread_local struct {
    struct sbuf lines;
    bool on;
} held;

void log_hold(void) { held.on = true; }

void log_let_go(void)
{
    held.on = false;
    put_out(&held.lines);
}

void log_line(enum log_level level, const char *area, const char *fmt, ...)
{
    struct sbuf line = { 0 };
    va_list ap;
    size_t head;
    if (level > most_wanted)
        return;
    sbuf_room(&line, LINE_USUAL);
    add_head(&line, level, area);
    head = line.len;
    va_start(ap, fmt);
    sbuf_vfmt(&line, fmt, ap);
    va_end(ap);
    if (line.len - head >= LINE_MAX_TEXT)
        line.len = head + LINE_MAX_TEXT - 1, line.p[line.len] = '\0';
    escape(&line, head);
    sbuf_char(&line, '\n');
    if (held.on) {
        sbuf_str(&held.lines, sbuf_view(&line));
        sbuf_free(&line);
        return;
    }
    put_out(&line);
}
