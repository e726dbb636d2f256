/* The list of diagnostics. How one looks as text is in diag_render.c. */
#include "compiler/diag.h"

#include <stdlib.h>
#include <string.h>

#include "vm/base/vec.h"

struct diags {
    struct arena *arena;
    const struct sources *sources;
    VEC(struct diag *) all;
    size_t errors;
};

struct diags *diags_new(struct arena *arena, const struct sources *sources)
{
    struct diags *list = ARENA_NEW(arena, struct diags);
    list->arena = arena;
    list->sources = sources;
    return list;
}

void diags_close(struct diags *list)
{
    if (list)
        vec_free(&list->all);
}

const struct sources *diags_sources(const struct diags *list) { return list->sources; }

static struct str format(struct diags *list, const char *fmt, va_list ap)
{
    struct sbuf b = { 0 };
    struct str s;
    sbuf_vfmt(&b, fmt, ap);
    s = (struct str){ arena_dup(list->arena, b.len ? b.p : "", b.len), b.len };
    sbuf_free(&b);
    return s;
}

static struct diag *add(struct diags *list, enum diag_severity severity, struct span at, struct str message)
{
    struct diag *d = ARENA_NEW(list->arena, struct diag);
    d->severity = severity;
    d->span = at;
    d->message = message;
    d->order = (uint32_t)list->all.len;
    d->list = list;
    vec_push(&list->all, d);
    list->errors += severity == DIAG_ERROR;
    return d;
}

struct diag *diag_error(struct diags *list, struct span at, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct str message = format(list, fmt, ap);
    va_end(ap);
    return add(list, DIAG_ERROR, at, message);
}

struct diag *diag_warning(struct diags *list, struct span at, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct str message = format(list, fmt, ap);
    va_end(ap);
    return add(list, DIAG_WARNING, at, message);
}

void diag_note(struct diag *d, struct span at, const char *fmt, ...)
{
    struct diag_note *note = ARENA_NEW(d->list->arena, struct diag_note), **tail = &d->notes;
    va_list ap;
    note->span = at;
    va_start(ap, fmt);
    note->text = format(d->list, fmt, ap);
    va_end(ap);
    while (*tail)
        tail = &(*tail)->next;
    *tail = note;
}

void diag_help(struct diag *d, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    d->help = format(d->list, fmt, ap);
    va_end(ap);
}

size_t diags_errors(const struct diags *list) { return list->errors; }

void diags_drop(struct diags *list, size_t mark)
{
    while (list->all.len > mark)
        list->errors -= vec_pop(&list->all)->severity == DIAG_ERROR;
}

static int by_place(const void *pa, const void *pb)
{
    const struct diag *a = *(struct diag *const *)pa, *b = *(struct diag *const *)pb;
    if (a->span.file != b->span.file)
        return a->span.file < b->span.file ? -1 : 1;
    if (a->span.start != b->span.start)
        return a->span.start < b->span.start ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

/* Has the same been said of this place? What starts at one place stands side by side. */
static bool said_before(const struct diags *list, size_t kept, const struct diag *d)
{
    while (kept-- > 0) {
        const struct diag *other = list->all.items[kept];
        if (other->span.file != d->span.file || other->span.start != d->span.start)
            return false;
        if (str_eq(other->message, d->message))
            return true;
    }
    return false;
}

void diags_finish(struct diags *list)
{
    size_t kept = 0;
    if (!list->all.len)
        return;
    qsort(list->all.items, list->all.len, sizeof *list->all.items, by_place);
    list->errors = 0;
    for (size_t i = 0; i < list->all.len; i++) {
        struct diag *d = list->all.items[i];
        if (said_before(list, kept, d))
            continue;
        list->errors += d->severity == DIAG_ERROR;
        list->all.items[kept++] = d;
    }
    list->all.len = kept;
}

size_t diags_count(const struct diags *list) { return list->all.len; }

const struct diag *diags_at(const struct diags *list, size_t index) { return list->all.items[index]; }
