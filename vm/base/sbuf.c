/* The growing buffer of str.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "vm/base/fmt.h"
#include "vm/base/str.h"

enum { HUGE_PAGE = 2 << 20, LARGE = 2 * HUGE_PAGE };

/* A buffer of megabytes is filled with fewer faults in large pages; a kernel that has none does as it always does. */
static void advise_huge(char *p, size_t size)
{
    size_t before = (HUGE_PAGE - (uintptr_t)p % HUGE_PAGE) % HUGE_PAGE;
    madvise(p + before, (size - before) / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
}

void sbuf_room(struct sbuf *b, size_t more)
{
    if (more < b->cap - b->len) /* len < cap once there is memory; 0 - 0 has no room */
        return;
    size_t cap = b->cap ? b->cap : 64;
    while (cap - b->len <= more && cap <= SIZE_MAX / 2)
        cap *= 2;
    char *p = cap - b->len > more ? realloc(b->p, cap) : NULL;
    if (!p) {
        fputs("out of memory\n", stderr);
        abort();
    }
    if (cap >= LARGE)
        advise_huge(p, cap);
    b->p = p;
    b->cap = cap;
    b->p[b->len] = '\0';
}

void sbuf_add(struct sbuf *b, const void *p, size_t len)
{
    sbuf_room(b, len);
    if (len)
        memcpy(b->p + b->len, p, len);
    b->len += len;
    b->p[b->len] = '\0';
}

void sbuf_str(struct sbuf *b, struct str s) { sbuf_add(b, s.p, s.len); }

void sbuf_cstr(struct sbuf *b, const char *s) { sbuf_add(b, s, strlen(s)); }

void sbuf_char(struct sbuf *b, char c) { sbuf_add(b, &c, 1); }

/* Into the room that there is; a second time if that was too little. */
void sbuf_vfmt(struct sbuf *b, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    sbuf_room(b, 0);
    int n = fmt_vtext(b->p + b->len, b->cap - b->len, fmt, ap);
    if (n >= 0 && (size_t)n >= b->cap - b->len) {
        sbuf_room(b, (size_t)n);
        n = fmt_vtext(b->p + b->len, (size_t)n + 1, fmt, again);
    }
    if (n >= 0)
        b->len += (size_t)n;
    b->p[b->len] = '\0';
    va_end(again);
}

void sbuf_fmt(struct sbuf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    sbuf_vfmt(b, fmt, ap);
    va_end(ap);
}

struct str sbuf_view(const struct sbuf *b) { return (struct str){ b->p, b->len }; }

void sbuf_clear(struct sbuf *b)
{
    b->len = 0;
    if (b->p)
        b->p[0] = '\0';
}

void sbuf_free(struct sbuf *b)
{
    free(b->p);
    *b = (struct sbuf){ 0 };
}
