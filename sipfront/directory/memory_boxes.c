#include "sipfront/directory/memory_boxes.h"

#include <stdlib.h>
#include <string.h>

static struct box_index *index_of(const struct table *boxes, const char *box)
{
    return (struct box_index *)table_find(boxes, str_of(box));
}

static struct box_index *index_made(struct table *boxes, const char *box)
{
    struct box_index *x = index_of(boxes, box);
    if (x)
        return x;
    size_t len = strlen(box), exactly = sizeof *x + len + 1;
    void *p = NULL;
    vec_grow(&p, &exactly, 1, exactly);
    x = p;
    memset(x, 0, sizeof *x);
    memcpy(x + 1, box, len + 1);
    x->row.key = (struct str){ (const char *)(x + 1), len };
    x->row.hash = str_hash(x->row.key);
    table_put(boxes, &x->row);
    return x;
}

/* Whether a is heard before b. Equal times: by id, so that the order is one. */
static bool is_before(const struct message *a, const struct message *b)
{
    if (a->urgent != b->urgent)
        return a->urgent;
    if (a->left_wall_ms != b->left_wall_ms)
        return a->left_wall_ms < b->left_wall_ms;
    return strcmp(a->id, b->id) < 0;
}

/* The place of the first that is not heard before m. */
static size_t place_of(const struct box_index *x, const struct message *m)
{
    size_t low = 0, high = x->lists[m->heard].len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (is_before(&x->lists[m->heard].items[middle]->m, m))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void sum_up(struct box_index *x, const struct message *m, int sign)
{
    x->ms += sign * m->length_ms;
    x->bytes += sign * m->bytes;
    if (m->urgent && !m->heard)
        x->urgent += (unsigned)sign;
}

void boxes_add(struct table *boxes, struct message_row *row)
{
    struct box_index *x = index_made(boxes, row->m.box);
    size_t at = place_of(x, &row->m), behind = x->lists[row->m.heard].len - at;
    vec_push(&x->lists[row->m.heard], row);
    struct message_row **items = x->lists[row->m.heard].items;
    memmove(&items[at + 1], &items[at], behind * sizeof *items);
    items[at] = row;
    sum_up(x, &row->m, 1);
}

void boxes_remove(struct table *boxes, const struct message_row *row)
{
    struct box_index *x = index_of(boxes, row->m.box);
    size_t at = place_of(x, &row->m);
    struct message_row **items = x->lists[row->m.heard].items;
    size_t behind = --x->lists[row->m.heard].len - at;
    memmove(&items[at], &items[at + 1], behind * sizeof *items);
    sum_up(x, &row->m, -1);
}

const struct box_index *boxes_find(const struct table *boxes, const char *box) { return index_of(boxes, box); }

void boxes_free(struct table *boxes)
{
    struct row **rows = table_rows(boxes, false);
    for (size_t i = 0, n = boxes->len; i < n; i++) {
        struct box_index *x = (struct box_index *)rows[i];
        vec_free(&x->lists[0]);
        vec_free(&x->lists[1]);
    }
    free(rows);
    table_free(boxes);
}
