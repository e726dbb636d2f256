#include "vm/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vm/base/str.h"

enum { LINE_MAX_TEXT = 4096, HEAD_MOST = 80 };

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

static void add_escaped(struct sbuf *line, const char *text)
{
    const unsigned char *from = (const unsigned char *)text, *c = from;
    for (size_t n; *c; c = from) {
        while (*c && !control(c))
            c++;
        sbuf_add(line, from, (size_t)(c - from));
        from = c;
        if (*c && (n = control(c)) > 0) {
            sbuf_fmt(line, "\\x%02x", c[n - 1]);
            from = c + n;
        }
    }
}

void log_line(enum log_level level, const char *area, const char *fmt, ...)
{
    char text[LINE_MAX_TEXT];
    struct sbuf line = { 0 };
    va_list ap;
    if (level > most_wanted)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    sbuf_room(&line, strlen(text) + HEAD_MOST);
    add_head(&line, level, area);
    add_escaped(&line, text);
    sbuf_char(&line, '\n');
    ssize_t n = write(STDERR_FILENO, line.p, line.len); /* one write a line, so that threads do not mix theirs */
    (void)n;                                            /* nobody is left to tell */
    sbuf_free(&line);
}
