#include "vm/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vm/base/str.h"

enum { LINE_MAX_TEXT = 4096, LINE_USUAL = 480 };

static enum log_level most_wanted = LOG_INFO;

static const struct {
    const char *name;
    int priority; /* sd-daemon(3): "<N>" at the line's start */
} levels[] = { { "ERROR", 3 }, { "WARN", 4 }, { "INFO", 6 }, { "DEBUG", 7 } };

void log_set_level(enum log_level most) { most_wanted = most; }

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

/* The journal keeps time and priority itself; JOURNAL_STREAM says that stderr goes there (systemd.exec(5)). */
static void add_head(struct sbuf *line, enum log_level level, const char *area)
{
    struct timespec now;
    if (getenv("JOURNAL_STREAM")) {
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

/* What is behind `from` was written as it came: control characters are made visible, so that it stays one line. */
static void escape(struct sbuf *line, size_t from)
{
    struct sbuf raw = { 0 };
    size_t at = from, n;
    while (at < line->len && !control((const unsigned char *)line->p + at))
        at++;
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
    ssize_t n = write(STDERR_FILENO, line.p, line.len); /* one write a line, so that threads do not mix theirs */
    (void)n;                                            /* nobody is left to tell */
    sbuf_free(&line);
}
