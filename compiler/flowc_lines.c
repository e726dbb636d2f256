/* The report of what tests came by: a table of what is missed, and the sources beside it. */
#include <stdlib.h>
#include <string.h>

#include "compiler/flowc_coverage.h"

struct sums {
    size_t outcomes, met, ways, taken, lines, come;
};

static struct str path_of(const struct coverage *c, uint16_t file)
{
    return file < c->im->nsources ? c->im->sources[file].path : STR("?");
}

/* ---- sums ---- */

static void sum_source(const struct coverage *c, uint16_t file, struct sums *s)
{
    uint32_t count;
    struct covered *lines = coverage_lines(c, file, &count);
    for (uint32_t i = 1; i <= count; i++) {
        s->ways += lines[i].ways;
        s->taken += lines[i].taken;
        s->lines += lines[i].has_code;
        s->come += lines[i].came;
    }
    free(lines);
}

static struct sums sums_of(const struct coverage *c)
{
    struct sums s = { .outcomes = c->rows.len };
    for (size_t i = 0; i < c->rows.len; i++)
        s.met += c->rows.items[i].times > 0;
    for (uint32_t i = 0; i < c->im->nsources; i++)
        if (coverage_is_own(c, (uint16_t)i))
            sum_source(c, (uint16_t)i, &s);
    return s;
}

/* ---- the table ---- */

static void print_place(const struct coverage *c, uint16_t file, uint32_t line, FILE *out)
{
    struct sbuf place = { 0 };
    sbuf_fmt(&place, "%.*s:%u", STR_ARG(path_of(c, file)), line);
    fprintf(out, "  %-28s ", place.p);
    sbuf_free(&place);
}

static bool is_same_action(const struct met *a, const struct met *b)
{
    return a->file == b->file && a->line == b->line && a->action == b->action;
}

static void print_outcomes(const struct coverage *c, FILE *out)
{
    const struct met *last = NULL;
    fputs("outcomes that no test came by:\n", out);
    for (size_t i = 0; i < c->rows.len; i++) {
        const struct met *m = &c->rows.items[i];
        if (m->times)
            continue;
        if (last && is_same_action(last, m)) {
            fprintf(out, ", %s", m->outcome);
            continue;
        }
        if (last)
            fputc('\n', out);
        print_place(c, m->file, m->line, out);
        fprintf(out, "%-10s %s", m->action, m->outcome);
        last = m;
    }
    fputc('\n', out);
}

static void print_branches(const struct coverage *c, uint16_t file, FILE *out)
{
    uint32_t count;
    struct covered *lines = coverage_lines(c, file, &count);
    for (uint32_t i = 1; i <= count; i++) {
        if (!lines[i].came || lines[i].taken == lines[i].ways)
            continue;
        print_place(c, file, i, out);
        fprintf(out, "%u of %u ways taken\n", lines[i].taken, lines[i].ways);
    }
    free(lines);
}

static void print_missed_lines(const struct coverage *c, uint16_t file, FILE *out)
{
    uint32_t count;
    struct covered *lines = coverage_lines(c, file, &count);
    for (uint32_t i = 1; i <= count; i++) {
        if (!lines[i].has_code || lines[i].came)
            continue;
        print_place(c, file, i, out);
        fputs("never come to\n", out);
    }
    free(lines);
}

void report_coverage(const struct coverage *c, FILE *out, bool color)
{
    struct sums s = sums_of(c);
    fprintf(out, "\n%s%.*s: %zu of %zu outcomes, %zu of %zu ways at branches, %zu of %zu lines%s\n",
            color ? "\033[1m" : "", STR_ARG(c->im->flow), s.met, s.outcomes, s.taken, s.ways, s.come, s.lines,
            color ? "\033[0m" : "");
    if (s.met < s.outcomes)
        print_outcomes(c, out);
    if (s.taken < s.ways || s.come < s.lines)
        fputs("branches and lines:\n", out);
    for (uint32_t i = 0; i < c->im->nsources; i++) {
        if (!coverage_is_own(c, (uint16_t)i))
            continue;
        print_branches(c, (uint16_t)i, out);
        print_missed_lines(c, (uint16_t)i, out);
    }
}

/* ---- the sources ---- */

static char mark_of(const struct covered *line)
{
    if (!line->has_code)
        return ' ';
    if (!line->came)
        return '-';
    return line->missed || line->taken < line->ways || line->unmet ? '~' : '+';
}

static const char *color_of(char mark)
{
    return mark == '-' ? "\033[31m" : mark == '~' ? "\033[33m" : mark == '+' ? "\033[32m" : "";
}

static void annotate(const struct coverage *c, uint16_t file, FILE *out, bool color)
{
    uint32_t count;
    struct covered *lines = coverage_lines(c, file, &count);
    struct str text = c->im->sources[file].text;
    const char *p = text.p, *end = text.p + text.len;
    fprintf(out, "\n%.*s\n", STR_ARG(path_of(c, file)));
    for (uint32_t i = 1; i <= count && p < end; i++) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        char mark = mark_of(&lines[i]);
        stop = stop ? stop : end;
        fprintf(out, "%s%c %4u | %.*s%s\n", color ? color_of(mark) : "", mark, i, (int)(stop - p), p,
                color ? "\033[0m" : "");
        p = stop + 1;
    }
    free(lines);
}

void report_annotated(const struct coverage *c, FILE *out, bool color)
{
    fputs("\n+ came by, ~ not all of it, - never\n", out);
    for (uint32_t i = 0; i < c->im->nsources; i++)
        if (coverage_is_own(c, (uint16_t)i))
            annotate(c, (uint16_t)i, out, color);
}
