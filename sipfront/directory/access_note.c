/* What flows remember: reading, changing, forgetting. */
#include "sipfront/directory/note.h"

#include <stdlib.h>
#include <string.h>

#include "sipfront/directory/inside.h"
#include "sipfront/directory/notes.h"

enum { FORGET_EVERY_MS = 3600 * 1000 };

static const struct note *note_of(const struct row *r) { return &((const struct note_row *)r)->n; }

/* ---- counting ---- */

static struct note_count *count_of(const struct note_counts *c, const char *flow)
{
    for (size_t i = 0; i < c->flows.len; i++)
        if (strcmp(c->flows.items[i].flow, flow) == 0)
            return &c->flows.items[i];
    return NULL;
}

void notes_add(struct note_counts *c, const struct row *r)
{
    const struct note *n = note_of(r);
    struct note_count *of = count_of(c, n->flow);
    if (!of) {
        vec_push(&c->flows, (struct note_count){ .flow = strdup(n->flow) });
        of = &vec_last(&c->flows);
        if (!of->flow)
            abort(); /* as in vm/base/vec.h */
    }
    of->n++;
    c->n++;
    c->bytes += r->key.len + strlen(n->value);
}

void notes_remove(struct note_counts *c, const struct row *r)
{
    const struct note *n = note_of(r);
    struct note_count *of = count_of(c, n->flow);
    of->n--;
    c->n--;
    c->bytes -= r->key.len + strlen(n->value);
    if (of->n)
        return;
    free(of->flow);
    *of = vec_pop(&c->flows);
}

size_t notes_of(const struct note_counts *c, const char *flow)
{
    const struct note_count *of = count_of(c, flow);
    return of ? of->n : 0;
}

void notes_free(struct note_counts *c)
{
    for (size_t i = 0; i < c->flows.len; i++)
        free(c->flows.items[i].flow);
    vec_free(&c->flows);
}

/* ---- reading ---- */

static bool is_over(const struct directory *d, const struct note *n)
{
    return n->until_wall_ms <= clock_wall(loop_clock(d->loop));
}

static const struct row *find(const struct directory *d, const char *flow, const char *key)
{
    struct sbuf both = { 0 };
    row_note_key(&both, flow, key);
    const struct row *r = table_find(&d->memory.tables[ROW_NOTE], sbuf_view(&both));
    sbuf_free(&both);
    return r;
}

const struct note *directory_note(const struct directory *d, const char *flow, const char *key)
{
    const struct row *r = find(d, flow, key);
    return r && !is_over(d, note_of(r)) ? note_of(r) : NULL;
}

void directory_each_note(const struct directory *d, const char *flow, void (*each)(const struct note *n, void *arg),
                         void *arg)
{
    const struct table *t = &d->memory.tables[ROW_NOTE];
    struct row **rows = table_rows(t, true);
    for (size_t i = 0, n = t->len; i < n; i++) {
        const struct note *at = note_of(rows[i]);
        if (!is_over(d, at) && (!flow || strcmp(at->flow, flow) == 0))
            each(at, arg);
    }
    free(rows);
}

/* ---- changing ---- */

static void forget(struct directory *d)
{
    const struct note over = { .flow = "", .key = "", .value = "", .until_wall_ms = clock_wall(loop_clock(d->loop)) };
    struct change *c = change_new(CHANGE_FORGET_NOTES, (struct directory_done){ 0 });
    c->row = &row_note(&over)->row;
    directory_change(d, c);
}

static void on_hour(void *arg)
{
    struct directory *d = arg;
    d->forget = clock_start(loop_clock(d->loop), FORGET_EVERY_MS, on_hour, d);
    forget(d);
}

void notes_begin(struct directory *d) { d->forget = clock_start(loop_clock(d->loop), FORGET_EVERY_MS, on_hour, d); }

static bool has_room(const struct directory *d, const struct note *n)
{
    const struct note_counts *c = &d->memory.notes;
    if (find(d, n->flow, n->key))
        return c->bytes + strlen(n->value) <= NOTE_MOST_BYTES;
    return notes_of(c, n->flow) < NOTE_MOST_A_FLOW && c->n < NOTE_MOST &&
           c->bytes + strlen(n->key) + strlen(n->value) <= NOTE_MOST_BYTES;
}

void directory_put_note(struct directory *d, const struct note *n, struct directory_done done)
{
    struct change *c = change_new(CHANGE_PUT_NOTE, done);
    c->row = &row_note(n)->row;
    if (!has_room(d, n)) {
        c->e = ERR_LIMIT;
        sbuf_fmt(&c->why, "the flow '%s' remembers as much as it may", n->flow);
        forget(d); /* perhaps there is room for the next */
    }
    directory_change(d, c);
}

void directory_drop_note(struct directory *d, const char *flow, const char *key, struct directory_done done)
{
    directory_change(d, change_by_key(CHANGE_DROP_NOTE, flow, key, done));
}
