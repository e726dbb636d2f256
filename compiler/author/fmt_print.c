/* Columns that neighbouring lines share, and the page. */
#include "compiler/author/fmt_line.h"

static size_t width(const struct sbuf *b) { return utf8_length(sbuf_view(b)); }

static void pad(struct sbuf *b, size_t n)
{
    while (n-- > 0)
        sbuf_char(b, ' ');
}

/* May b, the line after a, share a column with it? */
static bool neighbours(const struct fmt_line *a, const struct fmt_line *b)
{
    return a->align == b->align && a->indent == b->indent && !b->empty_before;
}

/* The end of the run that begins at `from`: same kind, widths that lie close together; *widest is the widest head. */
static size_t run_end(const struct fmt_lines *lines, size_t from, size_t *widest)
{
    size_t least = width(&lines->items[from].head), i;
    *widest = least;
    for (i = from + 1; i < lines->len && neighbours(&lines->items[i - 1], &lines->items[i]); i++) {
        size_t w = width(&lines->items[i].head);
        size_t low = w < least ? w : least, high = w > *widest ? w : *widest;
        if (high - low > FMT_RUN_SPREAD)
            break;
        least = low;
        *widest = high;
    }
    return i;
}

/* Clauses whose blocks the author put under each other stay so, however far their widths lie apart. The end of such a
 * run; `from` itself when there is none. */
static size_t kept_end(const struct fmt_lines *lines, size_t from, size_t *column)
{
    size_t widest = width(&lines->items[from].head), i;
    *column = lines->items[from].written;
    for (i = from + 1; i < lines->len && neighbours(&lines->items[i - 1], &lines->items[i]); i++) {
        size_t w = width(&lines->items[i].head);
        if (lines->items[i].written != *column)
            break;
        widest = w > widest ? w : widest;
    }
    bool fits = *column > widest && *column <= widest + 1 + FMT_KEPT_GAP;
    return fits && i > from + 1 ? i : from;
}

/* A short clause above one too long to share a column with: did the author bring its block above the long one's? */
static bool reaches_next(const struct fmt_lines *lines, size_t at)
{
    const struct fmt_line *line = &lines->items[at], *next = line + 1;
    if (at + 1 >= lines->len || !neighbours(line, next))
        return false;
    size_t wanted = width(&next->head) + 1;
    return line->written + FMT_KEPT_SLIP >= wanted && line->written <= wanted + FMT_KEPT_SLIP &&
           line->written > width(&line->head);
}

/* The end of the run of lines that begins at `from`, and the column that they share. */
static size_t find_column(const struct fmt_lines *lines, size_t from, size_t *column)
{
    size_t end = kept_end(lines, from, column);
    if (end > from)
        return end;
    end = run_end(lines, from, column);
    ++*column;
    if (end == from + 1 && reaches_next(lines, from))
        *column = lines->items[from].written;
    return end;
}

static void align_heads(struct fmt_lines *lines)
{
    for (size_t i = 0; i < lines->len;) {
        size_t column = 0, end = i + 1;
        if (lines->items[i].align != FMT_ALIGN_NONE)
            end = find_column(lines, i, &column);
        for (; i < end; i++) {
            struct fmt_line *line = &lines->items[i];
            if (line->align == FMT_ALIGN_NONE)
                continue;
            pad(&line->head, column - width(&line->head));
        }
    }
}

static size_t line_width(const struct fmt_line *l) { return l->indent + width(&l->head) + width(&l->rest); }

/* A comment behind a line; one that stands alone has nothing before it. */
static bool has_comment(const struct fmt_line *l) { return l->comment.len && (l->head.len || l->rest.len); }

static void align_comments(struct fmt_lines *lines)
{
    for (size_t i = 0, end; i < lines->len; i = end) {
        size_t widest = 0;
        end = i + 1;
        if (!has_comment(&lines->items[i]))
            continue;
        for (end = i;
             end < lines->len && has_comment(&lines->items[end]) && (end == i || !lines->items[end].empty_before);
             end++) {
            size_t w = line_width(&lines->items[end]);
            widest = w > widest ? w : widest;
        }
        for (size_t k = i; k < end; k++) {
            struct fmt_line *line = &lines->items[k];
            pad(&line->rest, widest - line_width(line) + FMT_COMMENT_GAP);
        }
    }
}

void fmt_print(struct fmt_lines *lines, struct sbuf *out)
{
    align_heads(lines);
    align_comments(lines);
    for (size_t i = 0; i < lines->len; i++) {
        const struct fmt_line *line = &lines->items[i];
        if (line->empty_before)
            sbuf_char(out, '\n');
        pad(out, line->indent);
        sbuf_str(out, sbuf_view(&line->head));
        sbuf_str(out, sbuf_view(&line->rest));
        sbuf_str(out, sbuf_view(&line->comment));
        sbuf_char(out, '\n');
    }
}
