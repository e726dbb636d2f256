/* The image's tables, one function a rule; code is verify_code.c's. Nothing here knows what the compiler writes. */
#include "vm/isa/verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "vm/isa/verify_code.h"

enum { ROWS_MAX = UINT16_MAX + 1, MINUTES_A_DAY = 24 * 60 };

bool verify_refuse(struct image_refusal *why, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(why->text, sizeof why->text, fmt, ap);
    va_end(ap);
    return false;
}

static bool is_type(unsigned t) { return t != TYPE_NONE && t <= TYPE_COUNT; }

static bool counts_ok(const struct image *im, struct image_refusal *why)
{
    if (im->nfuncs > ROWS_MAX || im->nconsts > ROWS_MAX || im->nimports > ROWS_MAX || im->nhours > ROWS_MAX ||
        im->nexterns > ROWS_MAX || im->nnames > IMAGE_NAMES_MAX)
        return verify_refuse(why, "a table has more rows than an instruction can name");
    return true;
}

/* Elements of a list of texts are earlier constants, so lists cannot hold themselves. */
static bool list_text_ok(const struct image *im, uint32_t index, struct image_refusal *why)
{
    const struct image_const *c = &im->consts[index];
    for (uint32_t i = 0; i < c->count; i++)
        if (c->items[i] < 0 || c->items[i] >= (int64_t)index || im->consts[c->items[i]].type != TYPE_TEXT)
            return verify_refuse(why, "constant %u: element %u is no earlier text", index, i);
    return true;
}

static bool const_ok(const struct image *im, uint32_t index, struct image_refusal *why)
{
    const struct image_const *c = &im->consts[index];
    if (!is_type(c->type) || c->type == TYPE_SOUND || c->type == TYPE_JSON || c->type == TYPE_LIST_SOUND)
        return verify_refuse(why, "constant %u: no constant can have its type", index);
    if ((c->type == TYPE_LIST_TEXT || c->type == TYPE_LIST_NUM) && c->count && !c->items)
        return verify_refuse(why, "constant %u: its elements are missing", index);
    return c->type != TYPE_LIST_TEXT || list_text_ok(im, index, why);
}

static bool slots_ok(const struct image *im, uint32_t index, struct image_refusal *why)
{
    const struct image_func *f = &im->funcs[index];
    if (f->nslots > IMAGE_SLOTS_MAX || f->nresults + f->nparams > f->nslots || (f->nslots && !f->slots))
        return verify_refuse(why, "function %u: its %u slots do not hold its results and parameters", index, f->nslots);
    for (unsigned i = 0; i < f->nslots; i++)
        if (!is_type(f->slots[i]))
            return verify_refuse(why, "function %u: slot %u has no type", index, i);
    return true;
}

static bool lines_ok(const struct image *im, uint32_t index, struct image_refusal *why)
{
    const struct image_func *f = &im->funcs[index];
    for (uint32_t i = 0; i < f->nlines; i++)
        if (f->lines[i].pc >= f->code_len || f->lines[i].file >= im->nsources ||
            (i && f->lines[i].pc < f->lines[i - 1].pc))
            return verify_refuse(why, "function %u: line row %u is out of order", index, i);
    return true;
}

static bool entry_ok(const struct image *im, struct image_refusal *why)
{
    if (im->entry >= im->nfuncs)
        return verify_refuse(why, "there is no function %u to begin with", im->entry);
    if (im->funcs[im->entry].nparams || im->funcs[im->entry].nresults)
        return verify_refuse(why, "function %u begins the flow and has parameters or results", im->entry);
    for (uint32_t i = 0; i < im->nfuncs; i++)
        if (im->funcs[i].on_hangup && i != im->entry)
            return verify_refuse(why, "function %u has an 'on hangup' and does not begin the flow", i);
    return true;
}

static bool outcome_ok(const struct image_import *m, unsigned number)
{
    const struct image_outcome *o = &m->outcomes[number];
    for (unsigned i = 0; i < o->npayload; i++) {
        unsigned slot = o->payload_slot[i];
        if (!is_type(o->payload[i]) || slot == 0 || slot >= m->nresults)
            return false;
        /* Numbers may share a slot whatever they count; a reference needs a slot of its own type. */
        if (m->results[slot] != o->payload[i] &&
            (type_is_ref(o->payload[i]) || type_is_ref((enum type)m->results[slot])))
            return false;
    }
    return true;
}

static bool import_ok(const struct image *im, uint32_t index, struct image_refusal *why)
{
    const struct image_import *m = &im->imports[index];
    if (m->nresults && m->results[0] != TYPE_INT)
        return verify_refuse(why, "action %u: its outcome does not go to an int", index);
    for (unsigned i = 0; i < m->nresults; i++)
        if (!is_type(m->results[i]))
            return verify_refuse(why, "action %u: result %u has no type", index, i);
    for (unsigned i = 0; i < m->nparams; i++)
        if (!is_type(m->params[i].type))
            return verify_refuse(why, "action %u: parameter %u has no type", index, i);
    for (unsigned i = 0; i < m->noutcomes; i++)
        if (!outcome_ok(m, i))
            return verify_refuse(why, "action %u: the payload of outcome %u does not fit its slots", index, i);
    return true;
}

static bool lua_file_ok(const struct image *im, uint32_t index, struct image_refusal *why)
{
    struct str text = im->lua[index].text;
    if (text.len > IMAGE_LUA_SIZE)
        return verify_refuse(why, "Lua file %u is longer than such a file may be", index);
    return !str_starts(text, "\x1b") || verify_refuse(why, "Lua file %u is bytecode, not Lua", index);
}

static bool extern_types_ok(const struct image_import *m)
{
    for (unsigned i = 0; i < m->nparams; i++)
        if (!type_crosses(m->params[i].type))
            return false;
    for (unsigned i = 0; i < m->nresults; i++)
        if (!type_crosses((enum type)m->results[i]))
            return false;
    return true;
}

/* The first result is the outcome's number, or the value itself. */
static bool extern_shape_ok(const struct image_import *m)
{
    if (m->nparams > IMAGE_LUA_VALUES || m->nresults == 0)
        return false;
    if (m->noutcomes == 0)
        return m->nresults == 1;
    for (unsigned i = 0; i < m->noutcomes; i++)
        if (m->outcomes[i].npayload > IMAGE_LUA_VALUES || !outcome_ok(m, i))
            return false;
    return m->results[0] == TYPE_INT;
}

static bool extern_ok(const struct image *im, uint32_t index, struct image_refusal *why)
{
    const struct image_extern *x = &im->externs[index];
    if (x->file >= im->nlua)
        return verify_refuse(why, "Lua function %u: there is no Lua file %u", index, x->file);
    if (!extern_types_ok(&x->shape))
        return verify_refuse(why, "Lua function %u: a type of its values cannot cross", index);
    return extern_shape_ok(&x->shape) || verify_refuse(why, "Lua function %u: its results do not fit", index);
}

bool verify_zone(struct str zone)
{
    for (size_t i = 0; i < zone.len; i++) {
        char c = zone.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '_' && c != '+' && c != '-' && (c != '/' || i == 0))
            return false;
    }
    return zone.len < 64;
}

static bool date_ok(const struct image_hours_rule *r)
{
    static const uint8_t days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = r->year % 4 == 0 && (r->year % 100 != 0 || r->year % 400 == 0); /* year 0, every year, may have one */
    if (r->month < 1 || r->month > 12 || r->day < 1 || r->day > days[r->month - 1])
        return false;
    return r->month != 2 || r->day < 29 || leap;
}

static bool rule_ok(const struct image_hours_rule *r)
{
    bool closed = r->from == 0 && r->to == 0;
    bool day = r->days ? r->days < 128 : date_ok(r);
    return day && (closed || (r->from < r->to && r->to <= MINUTES_A_DAY));
}

static bool hours_ok(const struct image *im, uint32_t index, struct image_refusal *why)
{
    const struct image_hours *h = &im->hours[index];
    if (!verify_zone(h->zone))
        return verify_refuse(why, "hours %u: their zone is no time zone", index);
    for (uint32_t i = 0; i < h->nrules; i++)
        if (!rule_ok(&h->rules[i]))
            return verify_refuse(why, "hours %u: rule %u names no day or no time of it", index, i);
    return true;
}

static bool permit_ok(const struct image *im, uint32_t index, struct image_refusal *why)
{
    const struct image_permit *p = &im->permits[index];
    if (p->kind > PERMIT_DIAL_CONNECTIONS)
        return verify_refuse(why, "permit %u: there is no such kind", index);
    return p->npatterns || p->kind == PERMIT_DIAL_CONNECTIONS || verify_refuse(why, "permit %u permits nothing", index);
}

static bool prompt_ok(const struct image *im, uint32_t index, struct image_refusal *why)
{
    return im->prompts[index].kind <= PROMPT_TONE || verify_refuse(why, "prompt %u: there is no such kind", index);
}

static bool name_ok(const struct image *im, uint32_t index, struct image_refusal *why)
{
    const struct word_said *n = &im->names[index];
    return (word_is_whole(n->word) && n->said.len) || verify_refuse(why, "name %u is no word, or is not said", index);
}

static bool spoken_ok(const struct image *im, uint32_t index, struct image_refusal *why)
{
    uint32_t rate = im->spoken[index].rate;
    return (rate >= IMAGE_RATE_MIN && rate <= IMAGE_RATE_MAX) ||
           verify_refuse(why, "spoken text %u: nobody speaks at its rate", index);
}

static bool tables_ok(const struct image *im, struct image_refusal *why)
{
    bool ok = counts_ok(im, why) && entry_ok(im, why);
    for (uint32_t i = 0; ok && i < im->nconsts; i++)
        ok = const_ok(im, i, why);
    for (uint32_t i = 0; ok && i < im->nfuncs; i++)
        ok = slots_ok(im, i, why) && lines_ok(im, i, why);
    for (uint32_t i = 0; ok && i < im->nimports; i++)
        ok = import_ok(im, i, why);
    for (uint32_t i = 0; ok && i < im->nlua; i++)
        ok = lua_file_ok(im, i, why);
    for (uint32_t i = 0; ok && i < im->nexterns; i++)
        ok = extern_ok(im, i, why);
    for (uint32_t i = 0; ok && i < im->nhours; i++)
        ok = hours_ok(im, i, why);
    for (uint32_t i = 0; ok && i < im->npermits; i++)
        ok = permit_ok(im, i, why);
    for (uint32_t i = 0; ok && i < im->nprompts; i++)
        ok = prompt_ok(im, i, why);
    for (uint32_t i = 0; ok && i < im->nnames; i++)
        ok = name_ok(im, i, why);
    for (uint32_t i = 0; ok && i < im->nspoken; i++)
        ok = spoken_ok(im, i, why);
    return ok;
}

enum err image_verify(const struct image *im, struct image_refusal *why)
{
    bool ok = tables_ok(im, why); /* first: the walk over code relies on them */
    for (uint32_t i = 0; ok && i < im->nfuncs; i++)
        ok = verify_code(im, i, why);
    return ok ? ERR_OK : ERR_BAD_CODE;
}
