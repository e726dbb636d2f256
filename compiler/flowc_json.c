/* Diagnostics as JSON:
 * {"diagnostics": [{"file", "line", "column", "end_line", "end_column", "severity", "message", "help", "notes"}],
 *  "errors": n, "warnings": n}. Lines and columns count from 1; the end is the place behind the last character. */
#include "compiler/flowc.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

struct json_report {
    json_t *list;
    size_t errors, warnings;
};

static void must(bool ok)
{
    if (ok)
        return;
    fputs("out of memory\n", stderr);
    abort();
}

static json_t *text(struct str s)
{
    json_t *j = json_stringn(s.p ? s.p : "", s.len);
    must(j != NULL);
    return j;
}

static json_t *at_span(const struct diags *diags, struct span span, struct str message)
{
    const struct sources *sources = diags_sources(diags);
    struct place from = source_place(sources, span.file, span.start);
    struct place to = source_place(sources, span.file, span.start + span.len);
    json_t *j = json_pack("{s:o, s:i, s:i, s:i, s:i, s:o}", "file", text(source_at(sources, span.file)->path), "line",
                          (int)from.line, "column", (int)from.column, "end_line", (int)to.line, "end_column",
                          (int)to.column, "message", text(message));
    must(j != NULL);
    return j;
}

static json_t *notes_of(const struct diags *diags, const struct diag *d)
{
    json_t *list = json_array();
    must(list != NULL);
    for (const struct diag_note *n = d->notes; n; n = n->next)
        must(json_array_append_new(list, at_span(diags, n->span, n->text)) == 0);
    return list;
}

static json_t *diag_json(const struct diags *diags, const struct diag *d)
{
    json_t *j = at_span(diags, d->span, d->message);
    must(json_object_set_new(j, "severity", text(d->severity == DIAG_ERROR ? STR("error") : STR("warning"))) == 0);
    must(json_object_set_new(j, "notes", notes_of(diags, d)) == 0);
    if (d->help.len)
        must(json_object_set_new(j, "help", text(d->help)) == 0);
    return j;
}

struct json_report *json_report_new(void)
{
    struct json_report *r = calloc(1, sizeof *r);
    must(r && (r->list = json_array()));
    return r;
}

void json_report_add(struct json_report *r, const struct diags *diags)
{
    for (size_t i = 0; i < diags_count(diags); i++)
        must(json_array_append_new(r->list, diag_json(diags, diags_at(diags, i))) == 0);
    r->errors += diags_errors(diags);
    r->warnings += diags_count(diags) - diags_errors(diags);
}

void json_report_print(struct json_report *r)
{
    json_t *j = json_pack("{s:o, s:I, s:I}", "diagnostics", r->list, "errors", (json_int_t)r->errors, "warnings",
                          (json_int_t)r->warnings);
    must(j != NULL);
    json_dumpf(j, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(j);
    free(r);
}
