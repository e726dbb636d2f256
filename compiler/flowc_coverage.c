/* What the tests of an image came by, and what not: outcomes of actions, branches, lines. */
#include <stdlib.h>
#include <string.h>

#include "compiler/flowc_coverage.h"
#include "vm/isa/opcode.h"

static struct met *find(struct coverage *c, const struct met *m)
{
    for (size_t i = 0; i < c->rows.len; i++) {
        struct met *row = &c->rows.items[i];
        if (row->line == m->line && row->file == m->file && row->outcome == m->outcome && row->action == m->action)
            return row;
    }
    return NULL;
}

/* Quiet outcomes are nothing that an author has to care for. */
static void add_site(struct coverage *c, const struct image_import *import, struct image_line at)
{
    const struct action_row *row = action_find(import->name);
    for (unsigned i = 0; row && i < row->noutcomes; i++) {
        struct met m = { at.file, at.line, row->name, row->outcomes[i].name, 0 };
        bool menu = action_id_of(row) == ACTION_ID_menu;
        bool counts = menu ? strcmp(m.outcome, "gave_up") != 0 : row->outcomes[i].flags & OUTCOME_LOUD;
        if (counts && !find(c, &m))
            vec_push(&c->rows, m);
    }
}

bool coverage_is_own(const struct coverage *c, uint16_t file)
{
    return file < c->im->nsources && c->im->sources[file].text.len > 0;
}

static void add_function(struct coverage *c, const struct image_func *f)
{
    for (uint32_t pc = 0, size; pc < f->code_len; pc += size) {
        struct image_line at = image_line_at(f, pc);
        size = opcode_size(f->code + pc, f->code_len - pc);
        if (!size)
            return; /* no verified code has such */
        if (f->code[pc] == OP_ACT && coverage_is_own(c, at.file))
            add_site(c, &c->im->imports[code_u16(f->code + pc + 1)], at);
    }
}

static int by_place(const void *a, const void *b)
{
    const struct met *x = a, *y = b;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

struct coverage *coverage_new(struct image *im)
{
    struct coverage *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    c->im = image_ref(im);
    c->marks = vm_marks_new(im);
    for (uint32_t i = 0; i < im->nfuncs; i++)
        add_function(c, &im->funcs[i]);
    if (c->rows.len)
        qsort(c->rows.items, c->rows.len, sizeof *c->rows.items, by_place);
    return c;
}

void coverage_free(struct coverage **c)
{
    if (!c || !*c)
        return;
    vm_marks_free(&(*c)->marks);
    image_unref(&(*c)->im);
    vec_free(&(*c)->rows);
    free(*c);
    *c = NULL;
}

static void on_acted(struct image_line at, const char *action, const char *outcome, void *owner)
{
    struct met m = { at.file, at.line, action, outcome, 0 };
    struct met *row = find(owner, &m);
    if (row)
        row->times++;
}

struct test_watch coverage_watch(struct coverage *c)
{
    return (struct test_watch){ .acted = on_acted, .owner = c, .marks = c->marks };
}

/* ---- lines ---- */

static uint32_t count_lines(struct str text)
{
    uint32_t n = 1;
    for (size_t i = 0; i + 1 < text.len; i++)
        n += text.p[i] == '\n';
    return n;
}

/* Behind an action stand the branches over its outcomes, which are counted as outcomes. */
struct dispatch {
    bool on;
    uint8_t slot;
};

static bool is_dispatch(struct dispatch *d, const uint8_t *pc, unsigned ways)
{
    if (*pc == OP_ACT)
        *d = (struct dispatch){ true, pc[3] };
    else if (ways == 1 || pc[1] != d->slot)
        d->on = d->on && *pc == OP_JUMP;
    return d->on;
}

static void add_lines(const struct coverage *c, uint32_t func, uint16_t file, struct covered *lines)
{
    const struct image_func *f = &c->im->funcs[func];
    struct dispatch dispatch = { 0 };
    uint8_t last = OP_HALT;
    for (uint32_t pc = 0, size; pc < f->code_len; pc += size) {
        struct image_line at = image_line_at(f, pc);
        unsigned ways = vm_marks_ways(c->marks, func, pc);
        size = opcode_size(f->code + pc, f->code_len - pc);
        if (!size)
            return; /* no verified code has such */
        bool came = vm_marks_came(c->marks, func, pc);
        bool idle = !came && f->code[pc] == OP_JUMP && last == OP_SWITCH; /* behind a table that leaves nothing out */
        last = f->code[pc];
        bool counts = !is_dispatch(&dispatch, f->code + pc, ways) && ways > 1 && came;
        if (at.file != file || !at.line || idle)
            continue;
        struct covered *line = &lines[at.line];
        line->has_code = true;
        line->came = line->came || came;
        line->missed = line->missed || !came;
        line->ways += counts ? ways : 0;
        line->taken += counts ? vm_marks_taken(c->marks, func, pc) : 0;
    }
}

/* A line table may name lines that the source does not have: the image may come from anywhere. */
static uint32_t last_line(const struct coverage *c, uint16_t file)
{
    uint32_t last = count_lines(c->im->sources[file].text);
    for (uint32_t i = 0; i < c->im->nfuncs; i++)
        for (uint32_t k = 0; k < c->im->funcs[i].nlines; k++) {
            const struct image_line *l = &c->im->funcs[i].lines[k];
            last = l->file == file && l->line > last ? l->line : last;
        }
    return last;
}

struct covered *coverage_lines(const struct coverage *c, uint16_t file, uint32_t *count)
{
    *count = count_lines(c->im->sources[file].text);
    struct covered *lines = calloc((size_t)last_line(c, file) + 1, sizeof *lines);
    if (!lines)
        abort();
    for (uint32_t i = 0; i < c->im->nfuncs; i++)
        add_lines(c, i, file, lines);
    for (size_t i = 0; i < c->rows.len; i++)
        if (c->rows.items[i].file == file)
            lines[c->rows.items[i].line].unmet += c->rows.items[i].times == 0;
    return lines;
}
