/* flowctl's output: tables that people read. What it prints was often said by callers and phones, so control characters
 * never reach the terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "sipfront/flowctl.h"

enum { MOST_COLUMNS = 12, GAP = 2 };

/* Adds s with control characters (C0, DEL and, in UTF-8, C1) as U+FFFD. */
static void add_safe(struct sbuf *out, const char *s)
{
    for (const unsigned char *p = (const unsigned char *)s; *p; p++) {
        bool c1 = *p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0;
        if (*p < 0x20 || *p == 0x7f || c1)
            sbuf_cstr(out, "\xef\xbf\xbd");
        else
            sbuf_char(out, (char)*p);
        p += c1;
    }
}

void ctl_complain(const char *message, const char *help)
{
    struct sbuf b = { 0 };
    sbuf_cstr(&b, "flowctl: ");
    add_safe(&b, message);
    if (help && *help) {
        sbuf_cstr(&b, "\nhelp: ");
        add_safe(&b, help);
    }
    fprintf(stderr, "%s\n", b.p);
    sbuf_free(&b);
}

void ctl_say(const char *fmt, ...)
{
    struct sbuf text = { 0 }, safe = { 0 };
    va_list ap;
    va_start(ap, fmt);
    sbuf_vfmt(&text, fmt, ap);
    va_end(ap);
    add_safe(&safe, text.p);
    puts(safe.p);
    sbuf_free(&text);
    sbuf_free(&safe);
}

void ctl_print_json(const json_t *body)
{
    json_dumpf(body, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);
    putchar('\n');
}

/* Columns that the text takes on a terminal. */
static size_t width_of(const char *s)
{
    wchar_t wide[256];
    size_t n = mbstowcs(wide, s, sizeof wide / sizeof wide[0] - 1);
    if (n == (size_t)-1)
        return strlen(s);
    wide[n] = L'\0';
    int width = wcswidth(wide, n);
    return width < 0 ? n : (size_t)width;
}

static bool use_bold(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

static void show_plain(const json_t *value, struct sbuf *out)
{
    if (json_is_string(value))
        sbuf_cstr(out, json_string_value(value));
    else if (json_is_integer(value))
        sbuf_fmt(out, "%lld", (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        ctl_show_flag(value, out);
}

/* The cell's text, "-" for nothing. To be freed. */
static char *cell(const json_t *object, const struct ctl_column *column)
{
    struct sbuf raw = { 0 }, safe = { 0 };
    const json_t *value = json_object_get(object, column->key);
    (column->show ? column->show : show_plain)(value, &raw);
    add_safe(&safe, raw.len ? raw.p : "-");
    sbuf_free(&raw);
    return safe.p;
}

static void print_padded(const char *text, size_t width, bool is_last)
{
    fputs(text, stdout);
    for (size_t w = width_of(text); !is_last && w < width + GAP; w++)
        putchar(' ');
}

static void print_headings(const struct ctl_column *columns, const size_t *widths)
{
    bool bold = use_bold();
    fputs(bold ? "\033[1m" : "", stdout);
    for (size_t i = 0; columns[i].heading; i++)
        print_padded(columns[i].heading, widths[i], !columns[i + 1].heading);
    fputs(bold ? "\033[0m\n" : "\n", stdout);
}

static void measure(const json_t *list, const struct ctl_column *columns, size_t *widths)
{
    size_t row;
    json_t *object;
    for (size_t i = 0; columns[i].heading; i++)
        widths[i] = width_of(columns[i].heading);
    json_array_foreach((json_t *)list, row, object)
    {
        for (size_t i = 0; columns[i].heading; i++) {
            char *text = cell(object, &columns[i]);
            size_t width = width_of(text);
            widths[i] = width > widths[i] ? width : widths[i];
            free(text);
        }
    }
}

void ctl_print_table(const json_t *list, const struct ctl_column *columns, const char *when_empty)
{
    size_t widths[MOST_COLUMNS] = { 0 }, row;
    json_t *object;
    if (!json_array_size(list)) {
        puts(when_empty);
        return;
    }
    measure(list, columns, widths);
    print_headings(columns, widths);
    json_array_foreach((json_t *)list, row, object)
    {
        for (size_t i = 0; columns[i].heading; i++) {
            char *text = cell(object, &columns[i]);
            print_padded(text, widths[i], !columns[i + 1].heading);
            free(text);
        }
        putchar('\n');
    }
}

void ctl_print_object(const json_t *object, const struct ctl_column *columns)
{
    size_t width = 0;
    bool bold = use_bold();
    for (const struct ctl_column *k = columns; k->heading; k++)
        width = width_of(k->heading) > width ? width_of(k->heading) : width;
    for (const struct ctl_column *k = columns; k->heading; k++) {
        char *text = cell(object, k);
        fputs(bold ? "\033[1m" : "", stdout);
        print_padded(k->heading, width, false);
        printf("%s%s\n", bold ? "\033[0m" : "", text);
        free(text);
    }
}

void ctl_show_flag(const json_t *value, struct sbuf *out) { sbuf_cstr(out, json_is_true(value) ? "yes" : "no"); }

/* The API gives UTC; an operator thinks in the time of the place. */
void ctl_show_time(const json_t *value, struct sbuf *out)
{
    struct tm tm = { 0 };
    char text[64];
    const char *iso = json_string_value(value);
    if (!iso || !strptime(iso, "%Y-%m-%dT%H:%M:%S", &tm))
        return;
    time_t t = timegm(&tm);
    if (localtime_r(&t, &tm) && strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm))
        sbuf_cstr(out, text);
}

void ctl_show_list(const json_t *value, struct sbuf *out)
{
    size_t i;
    json_t *part;
    json_array_foreach((json_t *)value, i, part)
        sbuf_fmt(out, "%s%s", i ? ", " : "", json_string_value(part) ? json_string_value(part) : "");
}
