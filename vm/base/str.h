/* Text: a borrowed slice (struct str) and a growing buffer (struct sbuf). Any thread, one at a time an object. */
#ifndef VM_BASE_STR_H
#define VM_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vm/base/err.h"

/* A slice of somebody else's bytes: UTF-8, not NUL-terminated, may hold NUL. p may be NULL when len is 0. */
struct str {
    const char *p;
    size_t len;
};

#define STR(literal) ((struct str){ (literal), sizeof(literal) - 1 })
/* For printf: printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).len, (s).p ? (s).p : ""

struct str str_of(const char *cstr); /* NULL gives the empty text */
bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *cstr);
bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
int str_cmp(struct str a, struct str b); /* bytewise, as memcmp */
uint64_t str_hash(struct str s);
/* Reads a whole decimal int64. false when s is anything else or does not fit. */
bool str_to_int(struct str s, int64_t *out);
/* The next word of *rest, which then begins behind it; any of `stops`, at least one, stands before it and ends it. NULs
 * are passed by in front of it. Empty: there is none. */
struct str str_word(struct str *rest, const char *stops);
/* How many single edits lie between a and b, at most max + 1: for "did you mean". */
unsigned str_distance(struct str a, struct str b, unsigned max);

/* A growing buffer; p is always NUL-terminated once anything was added. Owns p. Zero it to begin: {0}.
 * Running out of memory ends the process, as in arena.h; limit growth before adding outside data. */
struct sbuf {
    char *p;
    size_t len, cap;
};

void sbuf_room(struct sbuf *b, size_t more); /* so many bytes can be written behind the end, and a NUL */
void sbuf_add(struct sbuf *b, const void *p, size_t len);
void sbuf_str(struct sbuf *b, struct str s);
void sbuf_cstr(struct sbuf *b, const char *s);
void sbuf_char(struct sbuf *b, char c);
void sbuf_fmt(struct sbuf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void sbuf_vfmt(struct sbuf *b, const char *fmt, va_list ap);
struct str sbuf_view(const struct sbuf *b); /* valid until the next change */
void sbuf_clear(struct sbuf *b);            /* keeps the memory */
void sbuf_free(struct sbuf *b);             /* and zeroes it */

/* Reads a file whole into b. ERR_NOT_FOUND, ERR_IO, or ERR_TOO_BIG beyond max bytes; b is unchanged then. */
enum err sbuf_read_file(struct sbuf *b, const char *path, size_t max) MUST_USE;
/* Writes a file atomically: a temporary beside it, fsync, rename. ERR_IO leaves the old file as it was. */
enum err file_write(const char *path, const void *p, size_t len) MUST_USE;

#endif
