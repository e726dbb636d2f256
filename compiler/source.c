/* The source set and the way from a byte to its line and column. */
#include "compiler/source.h"

#include <string.h>

#include "vm/base/vec.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

struct sources {
    struct arena *arena;
    struct source **items;
    uint32_t count, cap;
};

struct sources *sources_new(struct arena *arena)
{
    struct sources *set = ARENA_NEW(arena, struct sources);
    set->arena = arena;
    return set;
}

/* How many bytes follow the first one of a sequence; -1: it starts none. */
static int utf8_tail(unsigned char first)
{
    if (first < 0x80)
        return 0;
    if (first >= 0xC2 && first <= 0xDF)
        return 1;
    if (first >= 0xE0 && first <= 0xEF)
        return 2;
    return first >= 0xF0 && first <= 0xF4 ? 3 : -1;
}

/* RFC 3629, section 4: the second byte decides on overlong forms, surrogates and the range's end. */
static bool second_fits(unsigned char first, unsigned char second)
{
    unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    return second >= low && second <= high;
}

static bool sequence_valid(const unsigned char *p, size_t left, int tail)
{
    if (tail < 0 || (size_t)tail >= left)
        return false;
    if (tail > 0 && !second_fits(p[0], p[1]))
        return false;
    for (int i = 2; i <= tail; i++)
        if ((p[i] & 0xC0) != 0x80)
            return false;
    return true;
}

static bool ascii8(const unsigned char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return !(word & 0x8080808080808080u);
}

bool utf8_valid(struct str text, size_t *bad)
{
    const unsigned char *p = (const unsigned char *)text.p;
    for (size_t i = 0; i < text.len;) {
        if (text.len - i >= 8 && ascii8(p + i)) {
            i += 8;
            continue;
        }
        if (p[i] < 0x80) {
            i++;
            continue;
        }
        int tail = utf8_tail(p[i]);
        if (!sequence_valid(p + i, text.len - i, tail)) {
            *bad = i;
            return false;
        }
        i += (size_t)tail + 1;
    }
    return true;
}

size_t utf8_length(struct str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += ((unsigned char)text.p[i] & 0xC0) != 0x80;
    return n;
}

static uint32_t append(struct sources *set, struct source *s)
{
    if (set->count == set->cap) {
        uint32_t cap = set->cap ? set->cap * 2 : 8;
        struct source **items = ARENA_ARRAY(set->arena, struct source *, cap);
        if (set->count)
            memcpy(items, set->items, set->count * sizeof *items);
        set->items = items;
        set->cap = cap;
    }
    set->items[set->count] = s;
    return set->count++;
}

enum err source_add(struct sources *set, const char *path, struct str text, uint32_t *file, uint32_t *bad)
{
    size_t wrong = 0;
    struct source *s;
    *bad = 0;
    if (text.len > SOURCE_MAX_BYTES)
        return ERR_TOO_BIG;
    if (str_starts(text, BYTE_ORDER_MARK))
        text = (struct str){ text.p + 3, text.len - 3 };
    s = ARENA_NEW(set->arena, struct source);
    s->path = (struct str){ arena_dup(set->arena, path, strlen(path)), strlen(path) };
    s->text = (struct str){ arena_dup(set->arena, text.len ? text.p : "", text.len), text.len };
    *file = append(set, s);
    if (utf8_valid(s->text, &wrong))
        return ERR_OK;
    *bad = (uint32_t)wrong;
    return ERR_INVALID;
}

enum err source_load(struct sources *set, const char *path, uint32_t *file, uint32_t *bad)
{
    struct sbuf b = { 0 };
    enum err e = sbuf_read_file(&b, path, SOURCE_MAX_BYTES);
    *bad = 0;
    if (!e)
        e = source_add(set, path, sbuf_view(&b), file, bad);
    sbuf_free(&b);
    return e;
}

uint32_t source_count(const struct sources *set) { return set->count; }

const struct source *source_at(const struct sources *set, uint32_t file) { return set->items[file]; }

/* Lines are asked for only when something is to be said, so the table waits until then. */
static struct source *with_lines(const struct sources *set, uint32_t file)
{
    struct source *s = set->items[file];
    const char *end = s->text.p + s->text.len;
    uint32_t n = 1, *starts;
    if (s->line_starts)
        return s;
    for (const char *p = s->text.p; (p = memchr(p, '\n', (size_t)(end - p))); p++)
        n++;
    starts = ARENA_ARRAY(set->arena, uint32_t, n);
    n = 1;
    for (const char *p = s->text.p; (p = memchr(p, '\n', (size_t)(end - p))); p++)
        starts[n++] = (uint32_t)(p + 1 - s->text.p);
    s->line_starts = starts;
    s->line_count = n;
    return s;
}

/* The line that holds the offset, from 0. */
static uint32_t line_index(const struct source *s, uint32_t offset)
{
    uint32_t low = 0, high = s->line_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (s->line_starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

uint32_t source_line_at(const struct sources *set, uint32_t file, uint32_t offset)
{
    return line_index(with_lines(set, file), offset) + 1;
}

struct place source_place(const struct sources *set, uint32_t file, uint32_t offset)
{
    const struct source *s = with_lines(set, file);
    if (offset > s->text.len)
        offset = (uint32_t)s->text.len;
    uint32_t low = line_index(s, offset);
    struct str before = { s->text.p + s->line_starts[low], offset - s->line_starts[low] };
    return (struct place){ low + 1, (uint32_t)utf8_length(before) + 1 };
}

struct str source_line(const struct sources *set, uint32_t file, uint32_t line)
{
    const struct source *s = with_lines(set, file);
    size_t end;
    if (line < 1 || line > s->line_count)
        return (struct str){ 0 };
    size_t start = s->line_starts[line - 1];
    end = line < s->line_count ? s->line_starts[line] - 1u : s->text.len;
    if (end > start && s->text.p[end - 1] == '\r')
        end--;
    return (struct str){ s->text.p + start, end - start };
}

struct str source_text(const struct sources *set, struct span span)
{
    return (struct str){ set->items[span.file]->text.p + span.start, span.len };
}

struct span span_join(struct span a, struct span b)
{
    uint32_t start = a.start < b.start ? a.start : b.start;
    uint32_t end_a = a.start + a.len, end_b = b.start + b.len;
    return (struct span){ a.file, start, (end_a > end_b ? end_a : end_b) - start };
}

const char *source_join_path(struct arena *arena, struct str from, struct str path)
{
    size_t folder = from.len;
    char *joined;
    while (folder > 0 && from.p[folder - 1] != '/')
        folder--;
    if (str_starts(path, "/"))
        folder = 0;
    joined = arena_alloc(arena, folder + path.len + 1);
    if (folder)
        memcpy(joined, from.p, folder);
    if (path.len)
        memcpy(joined + folder, path.p, path.len);
    return joined;
}
