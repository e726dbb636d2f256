/* Durations as the flow language writes them: 500ms, 20s, 1m30s, 2h, 1d. */
#include <string.h>

#include "sipfront/flowctl.h"

static const struct {
    const char *name;
    int64_t ms;
} units[] = { { "d", 86400000 }, { "h", 3600000 }, { "ms", 1 }, { "m", 60000 }, { "s", 1000 } };
enum { UNITS = sizeof units / sizeof units[0], MOST_DIGITS = 9 };

/* The unit at the start of text, 0 when there is none; *text moves behind it. */
static int64_t take_unit(const char **text)
{
    for (int i = 0; i < UNITS; i++) {
        size_t len = strlen(units[i].name);
        if (strncmp(*text, units[i].name, len) == 0) {
            *text += len;
            return units[i].ms;
        }
    }
    return 0;
}

int64_t ctl_read_duration(const char *text)
{
    int64_t sum = 0;
    if (!*text)
        return -1;
    while (*text) {
        int64_t n = 0;
        size_t digits = strspn(text, "0123456789");
        if (!str_to_int((struct str){ text, digits }, &n) || digits > MOST_DIGITS)
            return -1;
        text += digits;
        int64_t unit = take_unit(&text);
        if (!unit)
            return -1;
        sum += n * unit;
    }
    return sum;
}

void ctl_show_duration(const json_t *value, struct sbuf *out)
{
    static const struct {
        const char *name;
        json_int_t ms;
    } shown[] = { { "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 } };
    json_int_t ms = json_integer_value(value);
    if (!json_is_integer(value))
        return;
    if (!ms)
        sbuf_cstr(out, "0s");
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        if (ms >= shown[i].ms)
            sbuf_fmt(out, "%lld%s", (long long)(ms / shown[i].ms), shown[i].name);
        ms %= shown[i].ms;
    }
}
