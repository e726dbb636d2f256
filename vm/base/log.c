#include "vm/base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vm/base/fmt.h"
#include "vm/base/str.h"

enum { HEAD_MOST = 96, TEXT_MOST = 4095 };
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

static size_t put_head(char line[HEAD_MOST], enum log_level level, const char *area)
{
    struct timespec now;
    int n;
    if (to_journal) {
        n = fmt_text(line, HEAD_MOST, "<%d>%s: ", levels[level].priority, area);
    } else {
        clock_gettime(CLOCK_REALTIME, &now);
        n = fmt_text(line, HEAD_MOST, "%s.%03ldZ %s %s: ", second_text(now.tv_sec), now.tv_nsec / 1000000,
                     levels[level].name, area);
    }
    return n < HEAD_MOST ? (size_t)n : HEAD_MOST - 1;
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

/* How many bytes there are before the first control character: almost always all. */
static size_t plain_bytes(const char *p, size_t len)
{
    size_t at = 0;
    uint64_t w;
    for (; at + sizeof w <= len; at += sizeof w) {
        memcpy(&w, p + at, sizeof w);
        if (may_control(w))
            break;
    }
    while (at < len && !control((const unsigned char *)p + at))
        at++;
    return at;
}

/* NULL: each line goes out as it is. */
static _Thread_local struct sbuf *held;

/* Whole lines, so that threads do not mix theirs. */
static void put_out(const char *lines, size_t len)
{
    ssize_t n;
    if (held) {
        sbuf_add(held, lines, len);
        return;
    }
    n = write(STDERR_FILENO, lines, len);
    (void)n; /* nobody is left to tell */
}

void log_hold(struct sbuf *room) { held = room; }

void log_let_go(void)
{
    struct sbuf *lines = held;
    held = NULL;
    if (lines->len)
        put_out(lines->p, lines->len);
    sbuf_clear(lines);
}

/* Control characters are made visible, so that it stays one line. `text`: with a NUL behind it. */
static void put_escaped(const char *text, size_t len)
{
    struct sbuf line = { 0 };
    for (size_t at = 0, n; at < len; at += n ? n : 1) {
        n = control((const unsigned char *)text + at);
        if (n > 0)
            sbuf_fmt(&line, "\\x%02x", (unsigned char)text[at + n - 1]);
        else
            sbuf_char(&line, text[at]);
    }
    sbuf_char(&line, '\n');
    put_out(line.p, line.len);
    sbuf_free(&line);
}

void log_line(enum log_level level, const char *area, const char *fmt, ...)
{
    char line[HEAD_MOST + TEXT_MOST + 1];
    size_t len;
    va_list ap;
    int n;
    if (level > most_wanted)
        return;
    len = put_head(line, level, area);
    va_start(ap, fmt);
    n = fmt_vtext(line + len, TEXT_MOST + 1, fmt, ap);
    va_end(ap);
    if (n > 0)
        len += (size_t)n < TEXT_MOST ? (size_t)n : TEXT_MOST;
    line[len] = '\0';
    if (plain_bytes(line, len) < len) {
        put_escaped(line, len);
        return;
    }
    line[len] = '\n';
    put_out(line, len + 1);
}
