/* What the tests of an image came by, and what not. */
#include <stdlib.h>
#include <string.h>

#include "compiler/flowc_test.h"
#include "vm/isa/opcode.h"

/* An outcome of an action at a line. */
struct met {
    uint16_t file;
    uint32_t line;
    const char *action, *outcome; /* of the catalogue: static */
    unsigned times;
};

struct coverage {
    struct image *im;
    VEC(struct met) rows;
};

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

static void add_function(struct coverage *c, const struct image_func *f)
{
    for (uint32_t pc = 0, size; pc < f->code_len; pc += size) {
        size = opcode_size(f->code + pc, f->code_len - pc);
        if (!size)
            return; /* no verified code has such */
        if (f->code[pc] == OP_ACT)
            add_site(c, &c->im->imports[code_u16(f->code + pc + 1)], image_line_at(f, pc));
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
    image_unref(&(*c)->im);
    vec_free(&(*c)->rows);
    free(*c);
    *c = NULL;
}

void coverage_acted(struct image_line at, const char *action, const char *outcome, void *owner)
{
    struct met m = { at.file, at.line, action, outcome, 0 };
    struct met *row = find(owner, &m);
    if (row)
        row->times++;
}

/* ---- the report ---- */

static void print_missed(const struct coverage *c, const struct met *m, FILE *out)
{
    struct str path = m->file < c->im->nsources ? c->im->sources[m->file].path : STR("?");
    fprintf(out, "  %.*s:%-5u %-12s %s\n", STR_ARG(path), m->line, m->action, m->outcome);
}

void report_coverage(const struct coverage *c, FILE *out, bool color)
{
    size_t met = 0;
    for (size_t i = 0; i < c->rows.len; i++)
        met += c->rows.items[i].times > 0;
    fprintf(out, "\n%s%.*s: %zu of %zu outcomes met%s\n", color ? "\033[1m" : "", STR_ARG(c->im->flow), met,
            c->rows.len, color ? "\033[0m" : "");
    if (met < c->rows.len)
        fputs("No test comes by:\n", out);
    for (size_t i = 0; i < c->rows.len; i++)
        if (!c->rows.items[i].times)
            print_missed(c, &c->rows.items[i], out);
}
