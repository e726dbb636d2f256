/* Source texts of one compilation and the places in them. One thread at a time.
 * The set owns paths, texts and line tables. A place is a span of bytes; lines and columns count from 1, columns in
 * UTF-8 characters. Texts are valid UTF-8 (RFC 3629) without NUL; a byte order mark at the start is dropped. */
#ifndef COMPILER_SOURCE_H
#define COMPILER_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/base/arena.h"
#include "vm/base/err.h"
#include "vm/base/str.h"

#define SOURCE_MAX_BYTES (64u << 20) /* one file */

/* file: index into the set. start, len: bytes of its text. len may be 0 (a place between two characters). */
struct span {
    uint32_t file;
    uint32_t start;
    uint32_t len;
};

struct source {
    struct str path; /* as the user wrote it, or joined to the folder of the file that uses it */
    struct str text;
    const uint32_t *line_starts; /* made at the first question for a line */
    uint32_t line_count;
};

struct sources;

struct place {
    uint32_t line;
    uint32_t column;
};

/* An empty set whose memory comes from arena; it lives as long as the arena. Never NULL. */
struct sources *sources_new(struct arena *arena);

/* Reads a file. *file becomes its index. ERR_NOT_FOUND, ERR_IO, ERR_TOO_BIG; ERR_INVALID when it is not UTF-8,
 * *file is set then too and *bad is the offset of the first wrong byte, so that the place can be shown. */
enum err source_load(struct sources *set, const char *path, uint32_t *file, uint32_t *bad) MUST_USE;

/* The same for a text in memory (editor, tests); the text is copied. */
enum err source_add(struct sources *set, const char *path, struct str text, uint32_t *file, uint32_t *bad) MUST_USE;

uint32_t source_count(const struct sources *set);
const struct source *source_at(const struct sources *set, uint32_t file);

/* Where byte `offset` of a file stands. An offset beyond the end counts as the end. */
uint32_t source_line_at(const struct sources *set, uint32_t file, uint32_t offset); /* the place's line alone */
struct place source_place(const struct sources *set, uint32_t file, uint32_t offset);

/* Line `line` of a file without its line end. Empty when there is no such line. */
struct str source_line(const struct sources *set, uint32_t file, uint32_t line);

/* The bytes of a span. */
struct str source_text(const struct sources *set, struct span span);

/* The smallest span that holds both; both lie in one file. */
struct span span_join(struct span a, struct span b);

/* `path` as seen from the folder of `from`: "flows/a.flow" and "b.flow" give "flows/b.flow". In the arena. */
const char *source_join_path(struct arena *arena, struct str from, struct str path);

/* True when every byte belongs to a well-formed UTF-8 sequence; *bad is the offset of the first that does not. */
bool utf8_valid(struct str text, size_t *bad);

/* How many UTF-8 characters a valid text holds. */
size_t utf8_length(struct str text);

#endif
