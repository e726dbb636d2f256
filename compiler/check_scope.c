#include "compiler/check_context.h"

enum { SUGGESTIONS_MAX = 20, NEAR_MAX = 2 };

struct symbol *scope_open(struct check *c)
{
    c->depth++;
    return c->newest;
}

static void warn_unused(struct check *c, const struct symbol *s)
{
    static const char *const what[] = { "variable", "variable", "parameter", "value" };
    if (s->used || s->poisoned || s->kind > SYMBOL_PARAM || diags_errors(c->diags))
        return;
    diag_warning(c->diags, s->word.span, "the %s '%.*s' is never used", what[s->kind], STR_ARG(s->word.name->text));
}

void scope_close(struct check *c, struct symbol *mark)
{
    for (; c->newest != mark; c->newest = c->newest->older) {
        scope_entry(c, c->newest->word.name)->value = c->newest->shadowed;
        warn_unused(c, c->newest);
    }
    c->depth--;
}

struct name_entry *scope_entry(struct check *c, const struct name *name) { return &c->entries[name->id]; }

static void note_older(struct check *c, struct symbol *s, const struct symbol *old)
{
    struct str name = s->word.name->text;
    struct diag *d;
    if (old->depth == s->depth) {
        d = diag_error(c->diags, s->word.span, "the name '%.*s' is taken", STR_ARG(name));
        s->poisoned = true;
    } else {
        d = diag_warning(c->diags, s->word.span, "'%.*s' hides another value of that name", STR_ARG(name));
    }
    diag_note(d, old->word.span, "it was named here");
}

struct symbol *symbol_new(struct check *c, enum symbol_kind kind, struct word word, const struct check_type *type)
{
    struct symbol *s = ARENA_NEW(c->arena, struct symbol);
    *s = (struct symbol){ .kind = kind, .word = word, .type = type, .slot = -1 };
    s->cell.name = word.name;
    s->poisoned = type_is_bad(type);
    return s;
}

struct symbol *scope_declare(struct check *c, enum symbol_kind kind, struct word word, const struct check_type *type)
{
    struct symbol *s = symbol_new(c, kind, word, type);
    scope_add(c, s);
    return s;
}

void scope_add(struct check *c, struct symbol *s)
{
    if (!s->word.name)
        return;
    struct name_entry *entry = scope_entry(c, s->word.name);
    s->depth = c->depth;
    s->top = c->depth == c->top_depth;
    entry->name = s->word.name;
    s->shadowed = entry->value;
    if (s->shadowed)
        note_older(c, s, s->shadowed);
    entry->value = s;
    s->older = c->newest;
    c->newest = s;
}

struct symbol *scope_find(struct check *c, const struct name *name)
{
    struct symbol *s = scope_entry(c, name)->value;
    if (s)
        s->used = true;
    return s;
}

static bool known_in(const struct name_entry *e, enum name_space space)
{
    switch (space) {
    case NAMES_VALUES: return e->value != NULL;
    case NAMES_FNS: return e->fn != NULL;
    case NAMES_HOURS: return e->hours != NULL;
    case NAMES_FLOWS: return e->flow != NULL;
    }
    return false;
}

const char *scope_nearest(struct check *c, enum name_space space, struct str word)
{
    const char *best = NULL;
    unsigned least = word.len < 4 ? 1 : NEAR_MAX;
    if (c->suggestions++ >= SUGGESTIONS_MAX)
        return NULL;
    for (uint32_t i = 0; i < c->nentries; i++) {
        const struct name_entry *e = &c->entries[i];
        if (!e->name || !known_in(e, space))
            continue;
        unsigned far = str_distance(e->name->text, word, NEAR_MAX);
        if (far > least || (best && far == least))
            continue;
        best = arena_dup(c->arena, e->name->text.p, e->name->text.len);
        least = far;
    }
    return best;
}

void check_help_near(struct check *c, struct diag *d, enum name_space space, struct str word)
{
    const char *near = scope_nearest(c, space, word);
    if (near)
        diag_help(d, "did you mean '%s'?", near);
}

bool check_is_near(struct str known, struct str word)
{
    unsigned least = word.len < 4 ? 1 : NEAR_MAX;
    return str_distance(known, word, NEAR_MAX) <= least;
}

const char *check_near_action(struct str word)
{
    const char *best = NULL;
    unsigned least = NEAR_MAX;
    for (unsigned i = 0; i < action_count(); i++) {
        unsigned far = str_distance(str_of(action_row(i)->name), word, NEAR_MAX);
        if (far > least || (best && far == least))
            continue;
        best = action_row(i)->name;
        least = far;
    }
    return best;
}
