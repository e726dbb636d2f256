/* The forms in which `flowc test` reports. */
#include <stdlib.h>
#include <string.h>

#include "compiler/flowc_test.h"

struct colors {
    const char *good, *bad, *dim, *off;
};

static struct colors colors_of(bool color)
{
    return color ? (struct colors){ "\033[32m", "\033[1;31m", "\033[2m", "\033[0m" }
                 : (struct colors){ "", "", "", "" };
}

static const char *text_of(const struct sbuf *b) { return b->len ? b->p : ""; }

/* ---- for people ---- */

static void print_story(const struct tested *t, FILE *out, const struct colors *c)
{
    const char *p = text_of(&t->result.story);
    if (*p)
        fprintf(out, "        the call up to there:\n%s", c->dim);
    while (*p) {
        size_t n = strcspn(p, "\n");
        fprintf(out, "        %.*s\n", (int)n, p);
        p += n + (p[n] == '\n');
    }
    fputs(c->off, out);
}

static void print_failure(const struct tested *t, FILE *out, const struct colors *c)
{
    fprintf(out, "      %s:%u: %s\n", t->source, t->result.line, t->step);
    if (t->result.expected.len)
        fprintf(out, "        expected: %s\n", t->result.expected.p);
    fprintf(out, "        happened: %s\n", text_of(&t->result.happened));
    print_story(t, out, c);
}

static void print_file(const struct tested_file *f, FILE *out, const struct colors *c)
{
    fprintf(out, "%s%s\n", f->path, f->error || f->tests.len ? "" : ": no tests");
    if (f->error)
        fprintf(out, "  %s%s%s\n", c->bad, f->error, c->off);
    for (size_t i = 0; i < f->tests.len; i++) {
        const struct tested *t = &f->tests.items[i];
        bool passed = t->result.passed;
        fprintf(out, "  %s%s%s %s\n", passed ? c->good : c->bad, passed ? "ok    " : "FAILED", c->off, t->title);
        if (!passed)
            print_failure(t, out, c);
    }
}

void report_text(const struct tested_files *all, FILE *out, bool color)
{
    struct colors c = colors_of(color);
    for (size_t i = 0; i < all->files.len; i++)
        print_file(&all->files.items[i], out, &c);
    fprintf(out, "%s%zu passed, %zu failed%s\n", all->failed ? c.bad : c.good, all->passed, all->failed, c.off);
}

/* ---- TAP 14 ---- */

/* A '#' would begin a directive. */
static void print_tap_title(const char *s, FILE *out)
{
    for (; *s; s++) {
        if (*s == '#' || *s == '\\')
            fputc('\\', out);
        fputc(*s == '\n' ? ' ' : *s, out);
    }
}

/* A YAML text in double quotes. */
static void print_yaml(const char *key, const char *s, FILE *out)
{
    fprintf(out, "  %s: \"", key);
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            fputc('\\', out);
        if (*s == '\n')
            fputs("\\n", out);
        else
            fputc(*s, out);
    }
    fputs("\"\n", out);
}

static void print_tap(const struct tested *t, size_t number, FILE *out)
{
    fprintf(out, "%s %zu - %s: ", t->result.passed ? "ok" : "not ok", number, t->source);
    print_tap_title(t->title, out);
    fputc('\n', out);
    if (t->result.passed)
        return;
    fprintf(out, "  ---\n  line: %u\n", t->result.line);
    print_yaml("step", t->step, out);
    print_yaml("expected", text_of(&t->result.expected), out);
    print_yaml("happened", text_of(&t->result.happened), out);
    print_yaml("call", text_of(&t->result.story), out);
    fputs("  ...\n", out);
}

void report_tap(const struct tested_files *all, FILE *out)
{
    size_t number = 0;
    fprintf(out, "TAP version 14\n1..%zu\n", all->passed + all->failed);
    for (size_t i = 0; i < all->files.len; i++)
        for (size_t k = 0; k < all->files.items[i].tests.len; k++)
            print_tap(&all->files.items[i].tests.items[k], ++number, out);
}

/* ---- JUnit ---- */

/* XML has no way to write most control characters. */
static void put_xml(struct sbuf *b, const char *s)
{
    for (; *s; s++) {
        unsigned char ch = (unsigned char)*s;
        if (ch == '&' || ch == '<' || ch == '>' || ch == '"')
            sbuf_fmt(b, "&#%u;", ch);
        else
            sbuf_char(b, ch < ' ' && ch != '\n' && ch != '\t' ? '?' : (char)ch);
    }
}

static void put_attribute(struct sbuf *b, const char *name, const char *s)
{
    sbuf_fmt(b, " %s=\"", name);
    put_xml(b, s);
    sbuf_char(b, '"');
}

static void put_failure(struct sbuf *b, const struct tested *t)
{
    sbuf_cstr(b, "      <failure");
    put_attribute(b, "message", text_of(&t->result.happened));
    sbuf_cstr(b, ">");
    put_xml(b, t->source);
    sbuf_fmt(b, ":%u: ", t->result.line);
    put_xml(b, t->step);
    sbuf_cstr(b, "\nexpected: ");
    put_xml(b, text_of(&t->result.expected));
    sbuf_cstr(b, "\n");
    put_xml(b, text_of(&t->result.story));
    sbuf_cstr(b, "</failure>\n");
}

static void put_case(struct sbuf *b, const struct tested *t)
{
    sbuf_cstr(b, "    <testcase");
    put_attribute(b, "name", t->title);
    put_attribute(b, "classname", t->source);
    put_attribute(b, "file", t->source);
    sbuf_fmt(b, " line=\"%u\" time=\"%.6f\"", t->line, t->seconds);
    sbuf_cstr(b, t->result.passed ? "/>\n" : ">\n");
    if (t->result.passed)
        return;
    put_failure(b, t);
    sbuf_cstr(b, "    </testcase>\n");
}

static void put_suite(struct sbuf *b, const struct tested_file *f)
{
    size_t failures = 0;
    for (size_t i = 0; i < f->tests.len; i++)
        failures += !f->tests.items[i].result.passed;
    sbuf_cstr(b, "  <testsuite");
    put_attribute(b, "name", f->path);
    sbuf_fmt(b, " tests=\"%zu\" failures=\"%zu\" errors=\"%d\">\n", f->tests.len, failures, f->error != NULL);
    for (size_t i = 0; i < f->tests.len; i++)
        put_case(b, &f->tests.items[i]);
    sbuf_cstr(b, "  </testsuite>\n");
}

enum err report_junit(const struct tested_files *all, const char *path)
{
    struct sbuf b = { 0 };
    sbuf_fmt(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"%zu\" failures=\"%zu\">\n",
             all->passed + all->failed, all->failed);
    for (size_t i = 0; i < all->files.len; i++)
        put_suite(&b, &all->files.items[i]);
    sbuf_cstr(&b, "</testsuites>\n");
    enum err e = file_write(path, b.p, b.len);
    sbuf_free(&b);
    return e;
}
