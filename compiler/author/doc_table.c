/* Text in columns, each of which is wrapped on its own. */
#include "compiler/author/doc_table.h"

#include "compiler/source.h"

enum { LAST_COLUMN_LEAST = 20 };

void doc_table_widen(struct doc_table *t, unsigned column, struct str cell, unsigned max)
{
    size_t w = utf8_length(cell);
    unsigned wanted = w > max ? max : (unsigned)w;
    if (wanted > t->widths[column])
        t->widths[column] = wanted;
}

static unsigned width_of(const struct doc_table *t, unsigned column)
{
    unsigned used = DOC_INDENT;
    if (column + 1 < t->count)
        return t->widths[column];
    for (unsigned i = 0; i < column; i++)
        used += t->widths[i] + DOC_GAP;
    return t->width > used + LAST_COLUMN_LEAST ? t->width - used : LAST_COLUMN_LEAST;
}

/* Takes the words that fit a line off the cell; a word wider than the line stands alone on one. */
static struct str take_line(struct str *cell, unsigned width)
{
    size_t columns = 0, end = 0;
    for (size_t i = 0; i <= cell->len; i++) {
        bool word_ends = i == cell->len || cell->p[i] == ' ';
        if (word_ends && (columns <= width || !end))
            end = i;
        if (word_ends && columns >= width)
            break;
        columns += i < cell->len && ((unsigned char)cell->p[i] & 0xC0) != 0x80;
    }
    struct str line = { cell->p, end };
    end += end < cell->len;
    *cell = (struct str){ cell->p + end, cell->len - end };
    return line;
}

static bool is_empty(const struct str *cells, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (cells[i].len)
            return false;
    return true;
}

void doc_table_row(const struct doc_table *t, const struct str cells[DOC_COLUMNS_MAX], struct sbuf *out)
{
    struct str left[DOC_COLUMNS_MAX] = { 0 };
    for (unsigned i = 0; i < t->count; i++)
        left[i] = cells[i];
    do {
        size_t gap = DOC_INDENT;
        for (unsigned i = 0; i < t->count; i++) {
            struct str line = left[i].len ? take_line(&left[i], width_of(t, i)) : left[i];
            size_t w = utf8_length(line);
            if (w)
                sbuf_fmt(out, "%*s%.*s", (int)gap, "", STR_ARG(line));
            gap = w ? width_of(t, i) - (w < width_of(t, i) ? w : width_of(t, i)) + DOC_GAP
                    : gap + width_of(t, i) + DOC_GAP;
        }
        sbuf_char(out, '\n');
    } while (!is_empty(left, t->count));
}
