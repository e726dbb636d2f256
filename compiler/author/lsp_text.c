#include "compiler/author/lsp_text.h"

void lsp_lines_read(struct lsp_lines *lines, struct str text)
{
    lines->len = 0;
    vec_push(lines, 0);
    for (size_t i = 0; i < text.len; i++) {
        bool pair = text.p[i] == '\r' && i + 1 < text.len && text.p[i + 1] == '\n';
        if ((text.p[i] == '\n' || text.p[i] == '\r') && !pair)
            vec_push(lines, (uint32_t)i + 1);
    }
}

/* Bytes of the UTF-8 character that begins with this byte. */
static uint32_t bytes_of(char first)
{
    unsigned char c = (unsigned char)first;
    return c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

/* A character of four bytes lies beyond the basic plane: UTF-16 needs a pair for it. */
static uint32_t units_of(char first) { return bytes_of(first) == 4 ? 2 : 1; }

/* The end of a line, before its line end. */
static uint32_t line_end(const struct lsp_lines *lines, struct str text, size_t line)
{
    uint32_t start = lines->items[line];
    uint32_t end = line + 1 < lines->len ? lines->items[line + 1] : (uint32_t)text.len;
    if (end > start && line + 1 < lines->len && text.p[end - 1] == '\n')
        end--;
    if (end > start && text.p[end - 1] == '\r')
        end--;
    return end;
}

uint32_t lsp_offset(const struct lsp_lines *lines, struct str text, struct lsp_position at)
{
    if (at.line >= lines->len)
        return (uint32_t)text.len;
    uint32_t offset = lines->items[at.line], end = line_end(lines, text, at.line), left = at.character;
    while (offset < end && left >= units_of(text.p[offset])) {
        left -= units_of(text.p[offset]);
        offset += bytes_of(text.p[offset]);
    }
    return offset > end ? end : offset;
}

struct lsp_position lsp_position(const struct lsp_lines *lines, struct str text, uint32_t offset)
{
    size_t low = 0, high = lines->len;
    struct lsp_position at = { 0, 0 };
    if (offset > text.len)
        offset = (uint32_t)text.len;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (lines->items[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    at.line = (uint32_t)low;
    for (uint32_t i = lines->items[low]; i < offset; i += bytes_of(text.p[i]))
        at.character += units_of(text.p[i]);
    return at;
}
