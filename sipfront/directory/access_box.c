/* The directory's boxes and what is on its way out: reading, and the functions that make changes. */
#include <stdlib.h>
#include <string.h>

#include "sipfront/directory/inside.h"

static const char *const transcript_names[] = { [TRANSCRIPT_NONE] = "none",
                                                [TRANSCRIPT_WAITING] = "waiting",
                                                [TRANSCRIPT_DONE] = "done",
                                                [TRANSCRIPT_FAILED] = "failed" };

const char *transcript_state_name(enum transcript_state s) { return transcript_names[s]; }

enum transcript_state transcript_state_of(const char *name)
{
    for (int s = TRANSCRIPT_WAITING; s <= TRANSCRIPT_FAILED; s++)
        if (strcmp(transcript_names[s], name) == 0)
            return (enum transcript_state)s;
    return TRANSCRIPT_NONE;
}

const char *letter_kind_name(enum letter_kind k) { return k == LETTER_WEBHOOK ? "webhook" : "mail"; }

enum letter_kind letter_kind_of(const char *name)
{
    return strcmp(name, "webhook") == 0 ? LETTER_WEBHOOK : LETTER_MAIL;
}

/* ---- reading ---- */

const struct box *directory_box(const struct directory *d, const char *name)
{
    const struct row *r = table_find(&d->memory.tables[ROW_BOX], str_of(name));
    return r ? &((const struct box_row *)r)->b : NULL;
}

struct box directory_box_settings(const struct directory *d, const char *name)
{
    const struct box *b = directory_box(d, name);
    if (b)
        return *b;
    return (struct box){ .name = name,
                         .mail = "",
                         .webhook = "",
                         .pin = "",
                         .greeting = "",
                         .busy_greeting = "",
                         .spoken_name = "",
                         .transcribe_by = "",
                         .transcribe = true };
}

void directory_each_box(const struct directory *d, void (*each)(const struct box *b, void *arg), void *arg)
{
    const struct table *t = &d->memory.tables[ROW_BOX];
    struct row **rows = table_rows(t, true);
    for (size_t i = 0, n = t->len; i < n; i++)
        each(&((const struct box_row *)rows[i])->b, arg);
    free(rows);
}

struct box_holds directory_box_holds(const struct directory *d, const char *name)
{
    const struct box_index *x = boxes_find(&d->memory.boxes, name);
    if (!x)
        return (struct box_holds){ 0 };
    return (struct box_holds){ .unheard = (unsigned)x->lists[0].len,
                               .heard = (unsigned)x->lists[1].len,
                               .urgent = x->urgent,
                               .ms = x->ms,
                               .bytes = x->bytes };
}

bool directory_box_full(const struct directory *d, const char *name)
{
    struct box b = directory_box_settings(d, name);
    struct box_holds h = directory_box_holds(d, name);
    int64_t messages = b.most_messages ? b.most_messages : BOX_MOST_MESSAGES;
    int64_t ms = b.most_ms ? b.most_ms : (int64_t)BOX_MOST_MINUTES * 60 * 1000;
    return h.unheard + h.heard >= messages || h.ms >= ms || (b.most_bytes && h.bytes >= b.most_bytes);
}

const struct message *directory_box_message(const struct directory *d, const char *name, bool heard, unsigned n)
{
    const struct box_index *x = boxes_find(&d->memory.boxes, name);
    return x && n < x->lists[heard].len ? &x->lists[heard].items[n]->m : NULL;
}

const struct letter *directory_letter(const struct directory *d, const char *id)
{
    const struct row *r = table_find(&d->memory.tables[ROW_LETTER], str_of(id));
    return r ? &((const struct letter_row *)r)->l : NULL;
}

static int by_age(const void *a, const void *b)
{
    const struct letter *x = &(*(const struct letter_row *const *)a)->l,
                        *y = &(*(const struct letter_row *const *)b)->l;
    if (x->made_wall_ms != y->made_wall_ms)
        return x->made_wall_ms < y->made_wall_ms ? -1 : 1;
    return strcmp(x->id, y->id);
}

void directory_each_letter(const struct directory *d, void (*each)(const struct letter *l, void *arg), void *arg)
{
    const struct table *t = &d->memory.tables[ROW_LETTER];
    struct row **rows = table_rows(t, false);
    size_t n = t->len;
    if (n)
        qsort(rows, n, sizeof *rows, by_age);
    for (size_t i = 0; i < n; i++)
        each(&((const struct letter_row *)rows[i])->l, arg);
    free(rows);
}

/* ---- changes ---- */

static void change_row(struct directory *d, enum change_kind kind, struct row *row, struct directory_done done)
{
    struct change *c = change_new(kind, done);
    c->row = row;
    directory_change(d, c);
}

void directory_set_transcript(struct directory *d, const struct message *said, struct directory_done done)
{
    change_row(d, CHANGE_SET_TRANSCRIPT, &row_message(said)->row, done);
}

void directory_put_box(struct directory *d, const struct box *b, struct directory_done done)
{
    change_row(d, CHANGE_PUT_BOX, &row_box(b)->row, done);
}

void directory_lock_box(struct directory *d, const char *name, int64_t wrong_pins, int64_t until_wall_ms,
                        struct directory_done done)
{
    struct box b = { .name = name, .wrong_pins = wrong_pins, .locked_until_wall_ms = until_wall_ms };
    change_row(d, CHANGE_LOCK_BOX, &row_box(&b)->row, done);
}

void directory_remove_box(struct directory *d, const char *name, struct directory_done done)
{
    directory_change(d, change_by_key(CHANGE_REMOVE_BOX, name, NULL, done));
}

void directory_put_letter(struct directory *d, const struct letter *l, struct directory_done done)
{
    change_row(d, CHANGE_PUT_LETTER, &row_letter(l)->row, done);
}

void directory_drop_letter(struct directory *d, const char *id, struct directory_done done)
{
    directory_change(d, change_by_key(CHANGE_DROP_LETTER, id, NULL, done));
}
