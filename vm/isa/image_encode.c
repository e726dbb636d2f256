/* Writes an image's bytes. Sections are built one by one while their texts are collected; the texts' own section, which
 * stands before its users, is written last into its place. */
#include "vm/isa/image.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "vm/base/vec.h"
#include "vm/isa/image_format.h"
#include "vm/isa/image_pack.h"

struct encoder {
    const struct image *im;
    unsigned strip;
    struct sbuf section[SECTION_END];
    VEC(struct str) texts;
    uint32_t *buckets; /* hash table over texts: number + 1, 0 is free */
    size_t nbuckets;   /* a power of two */
};

static void put_num(struct sbuf *b, uint64_t n)
{
    for (; n >= 0x80; n >>= 7)
        sbuf_char(b, (char)(n | 0x80));
    sbuf_char(b, (char)n);
}

/* Small numbers of either sign are short: 0, -1, 1, -2 … become 0, 1, 2, 3 … */
static void put_signed(struct sbuf *b, int64_t n) { put_num(b, (uint64_t)n << 1 ^ (uint64_t)(n >> 63)); }

static void rehash(struct encoder *e)
{
    size_t n = e->nbuckets ? e->nbuckets * 2 : 64;
    free(e->buckets);
    e->buckets = NULL;
    e->nbuckets = 0;
    vec_grow((void **)&e->buckets, &e->nbuckets, sizeof *e->buckets, n);
    e->nbuckets = n;
    memset(e->buckets, 0, n * sizeof *e->buckets);
    for (uint32_t i = 0; i < e->texts.len; i++) {
        size_t at = str_hash(e->texts.items[i]) & (n - 1);
        while (e->buckets[at])
            at = (at + 1) & (n - 1);
        e->buckets[at] = i + 1;
    }
}

static void put_text(struct encoder *e, struct sbuf *b, struct str s)
{
    if (e->texts.len * 2 >= e->nbuckets)
        rehash(e);
    size_t at = str_hash(s) & (e->nbuckets - 1);
    while (e->buckets[at] && !str_eq(e->texts.items[e->buckets[at] - 1], s))
        at = (at + 1) & (e->nbuckets - 1);
    if (!e->buckets[at]) {
        vec_push(&e->texts, s);
        e->buckets[at] = (uint32_t)e->texts.len;
    }
    put_num(b, e->buckets[at] - 1);
}

/* n types, two in a byte, the first one low. */
static void put_types(struct sbuf *b, const uint8_t *types, size_t n)
{
    for (size_t i = 0; i < n; i += 2)
        sbuf_char(b, (char)(types[i] | (i + 1 < n ? types[i + 1] << 4 : 0)));
}

static void encode_shape(struct encoder *e)
{
    struct sbuf *b = &e->section[SECTION_SHAPE];
    put_text(e, b, e->im->flow);
    put_num(b, e->im->entry);
    put_num(b, e->im->ncontinues);
    for (uint32_t i = 0; i < e->im->ncontinues; i++)
        put_text(e, b, e->im->continues[i]);
}

static void encode_const(struct encoder *e, struct sbuf *b, const struct image_const *c)
{
    sbuf_char(b, (char)c->type);
    if (c->type == TYPE_TEXT) {
        put_text(e, b, c->text);
    } else if (c->type == TYPE_LIST_TEXT || c->type == TYPE_LIST_NUM) {
        put_num(b, c->count);
        for (uint32_t i = 0; i < c->count; i++)
            put_signed(b, c->items[i]);
    } else {
        put_signed(b, c->num);
    }
}

static void encode_consts(struct encoder *e)
{
    struct sbuf *b = &e->section[SECTION_CONSTS];
    if (!e->im->nconsts)
        return;
    put_num(b, e->im->nconsts);
    for (uint32_t i = 0; i < e->im->nconsts; i++)
        encode_const(e, b, &e->im->consts[i]);
}

static void encode_funcs(struct encoder *e)
{
    struct sbuf *b = &e->section[SECTION_FUNCS];
    put_num(b, e->im->nfuncs);
    for (uint32_t i = 0; i < e->im->nfuncs; i++) {
        const struct image_func *f = &e->im->funcs[i];
        sbuf_char(b, (char)f->nresults);
        sbuf_char(b, (char)f->nparams);
        sbuf_char(b, (char)f->nslots);
        put_types(b, f->slots, f->nslots);
        put_num(b, f->on_hangup);
        put_num(b, f->code_len);
        sbuf_add(b, f->code, f->code_len);
    }
}

static void encode_outcome(struct encoder *e, struct sbuf *b, const struct image_outcome *o)
{
    put_text(e, b, o->name);
    sbuf_char(b, (char)o->npayload);
    for (unsigned i = 0; i < o->npayload; i++) {
        sbuf_char(b, (char)o->payload[i]);
        sbuf_char(b, (char)o->payload_slot[i]);
    }
}

static void encode_import(struct encoder *e, struct sbuf *b, const struct image_import *m)
{
    put_text(e, b, m->name);
    sbuf_char(b, (char)m->nresults);
    put_types(b, m->results, m->nresults);
    sbuf_char(b, (char)m->nparams);
    for (unsigned k = 0; k < m->nparams; k++) {
        put_text(e, b, m->params[k].label);
        sbuf_char(b, (char)m->params[k].type);
    }
    sbuf_char(b, (char)m->noutcomes);
    for (unsigned k = 0; k < m->noutcomes; k++)
        encode_outcome(e, b, &m->outcomes[k]);
}

static void encode_imports(struct encoder *e)
{
    struct sbuf *b = &e->section[SECTION_IMPORTS];
    if (!e->im->nimports)
        return;
    put_num(b, e->im->nimports);
    for (uint32_t i = 0; i < e->im->nimports; i++)
        encode_import(e, b, &e->im->imports[i]);
}

static void encode_lua(struct encoder *e)
{
    struct sbuf *b = &e->section[SECTION_LUA];
    if (!e->im->nlua)
        return;
    put_num(b, e->im->nlua);
    for (uint32_t i = 0; i < e->im->nlua; i++) {
        put_text(e, b, e->im->lua[i].path);
        put_num(b, e->im->lua[i].text.len);
        sbuf_str(b, e->im->lua[i].text);
    }
    put_num(b, e->im->nexterns);
    for (uint32_t i = 0; i < e->im->nexterns; i++) {
        put_num(b, e->im->externs[i].file);
        encode_import(e, b, &e->im->externs[i].shape);
    }
}

static void encode_hours(struct encoder *e)
{
    struct sbuf *b = &e->section[SECTION_HOURS];
    if (!e->im->nhours)
        return;
    put_num(b, e->im->nhours);
    for (uint32_t i = 0; i < e->im->nhours; i++) {
        const struct image_hours *h = &e->im->hours[i];
        put_text(e, b, h->name);
        put_text(e, b, h->zone);
        put_num(b, h->nrules);
        for (uint32_t k = 0; k < h->nrules; k++) {
            const struct image_hours_rule *r = &h->rules[k];
            sbuf_char(b, (char)r->days);
            if (!r->days) {
                put_num(b, r->year);
                sbuf_char(b, (char)r->month);
                sbuf_char(b, (char)r->day);
            }
            put_num(b, r->from);
            put_num(b, r->to);
        }
    }
}

static void encode_permits(struct encoder *e)
{
    struct sbuf *b = &e->section[SECTION_PERMITS];
    if (!e->im->npermits)
        return;
    put_num(b, e->im->npermits);
    for (uint32_t i = 0; i < e->im->npermits; i++) {
        const struct image_permit *p = &e->im->permits[i];
        sbuf_char(b, (char)p->kind);
        put_num(b, p->at_most);
        put_num(b, p->npatterns);
        for (uint32_t k = 0; k < p->npatterns; k++)
            put_text(e, b, p->patterns[k]);
    }
}

static void encode_prompts(struct encoder *e)
{
    struct sbuf *b = &e->section[SECTION_PROMPTS];
    if (!e->im->nprompts)
        return;
    put_num(b, e->im->nprompts);
    for (uint32_t i = 0; i < e->im->nprompts; i++) {
        sbuf_char(b, (char)e->im->prompts[i].kind);
        put_text(e, b, e->im->prompts[i].text);
    }
}

static void encode_speech(struct encoder *e)
{
    struct sbuf *b = &e->section[SECTION_SPEECH];
    if (!e->im->nnames && !e->im->nspoken)
        return;
    put_num(b, e->im->nnames);
    for (uint32_t i = 0; i < e->im->nnames; i++) {
        put_text(e, b, e->im->names[i].word);
        put_text(e, b, e->im->names[i].said);
    }
    put_num(b, e->im->nspoken);
    for (uint32_t i = 0; i < e->im->nspoken; i++) {
        put_text(e, b, e->im->spoken[i].text);
        put_text(e, b, e->im->spoken[i].voice);
        put_num(b, e->im->spoken[i].rate);
    }
}

static void encode_lines(struct sbuf *b, const struct image_func *f)
{
    struct image_line last = { 0 };
    put_num(b, f->nlines);
    for (uint32_t i = 0; i < f->nlines; i++) {
        const struct image_line *l = &f->lines[i];
        put_num(b, l->pc - last.pc);
        put_signed(b, (int64_t)l->line - last.line);
        put_num(b, l->file);
        last = *l;
    }
}

static void encode_debug(struct encoder *e)
{
    struct sbuf *b = &e->section[SECTION_DEBUG];
    if (e->strip & IMAGE_STRIP_DEBUG)
        return;
    put_num(b, e->im->nsources);
    for (uint32_t i = 0; i < e->im->nsources; i++)
        put_text(e, b, e->im->sources[i].path);
    for (uint32_t i = 0; i < e->im->nfuncs; i++) {
        put_text(e, b, e->im->funcs[i].name);
        encode_lines(b, &e->im->funcs[i]);
    }
}

/* The texts of sources stand in their own section, as they are: nothing else could share them. */
static void encode_source(struct encoder *e)
{
    struct sbuf *b = &e->section[SECTION_SOURCE];
    if (e->strip & (IMAGE_STRIP_SOURCE | IMAGE_STRIP_DEBUG))
        return;
    size_t room = 0;
    for (uint32_t i = 0; i < e->im->nsources; i++)
        room += e->im->sources[i].text.len + 10;
    sbuf_room(b, room);
    for (uint32_t i = 0; i < e->im->nsources; i++) {
        put_num(b, e->im->sources[i].text.len);
        sbuf_str(b, e->im->sources[i].text);
    }
}

/* All lengths, then all bytes: a reader finds every text without touching one. */
static void encode_texts(struct encoder *e)
{
    struct sbuf *b = &e->section[SECTION_TEXTS];
    put_num(b, e->texts.len);
    for (size_t i = 0; i < e->texts.len; i++)
        put_num(b, e->texts.items[i].len);
    for (size_t i = 0; i < e->texts.len; i++)
        sbuf_str(b, e->texts.items[i]);
}

/* Packs the body that begins at `at`, unless it is too large for that or becomes no smaller. */
static enum err pack_body(struct sbuf *out, size_t at)
{
    struct sbuf packed = { 0 };
    struct str sections = { out->p + at + 1, out->len - at - 1 }; /* behind the version */
    if (sections.len > IMAGE_UNPACKED_MAX)
        return ERR_OK;
    put_num(&packed, IMAGE_VERSION_PACKED);
    put_num(&packed, sections.len);
    enum err e = image_pack(sections, &packed);
    if (!e && packed.len < out->len - at) {
        out->len = at;
        sbuf_str(out, sbuf_view(&packed));
    }
    sbuf_free(&packed);
    return e;
}

static void put_sections(struct encoder *e, struct sbuf *out)
{
    size_t room = 1;
    for (int s = SECTION_SHAPE; s < SECTION_END; s++)
        room += e->section[s].len + 11;
    sbuf_room(out, room);
    put_num(out, IMAGE_VERSION_PLAIN);
    for (int s = SECTION_SHAPE; s < SECTION_END; s++) {
        if (!e->section[s].len)
            continue;
        put_num(out, (unsigned)s);
        put_num(out, e->section[s].len);
        sbuf_str(out, sbuf_view(&e->section[s]));
    }
}

static enum err join(struct encoder *e, struct sbuf *out)
{
    size_t start = out->len;
    uint8_t id[IMAGE_ID_SIZE] = { 0 };
    sbuf_add(out, IMAGE_MAGIC, IMAGE_MAGIC_SIZE);
    sbuf_add(out, id, sizeof id);
    put_sections(e, out);
    enum err result = e->strip & IMAGE_PACK ? pack_body(out, start + IMAGE_BODY_AT) : ERR_OK;
    if (!result && out->len - start > IMAGE_MAX_SIZE)
        result = ERR_TOO_BIG;
    if (result) {
        out->len = start;
        return result;
    }
    SHA256((const uint8_t *)out->p + start + IMAGE_BODY_AT, out->len - start - IMAGE_BODY_AT, id);
    memcpy(out->p + start + IMAGE_ID_AT, id, sizeof id);
    return ERR_OK;
}

enum err image_encode(const struct image *im, unsigned strip, struct sbuf *out)
{
    struct encoder e = { .im = im, .strip = strip };
    encode_shape(&e);
    encode_consts(&e);
    encode_funcs(&e);
    encode_imports(&e);
    encode_hours(&e);
    encode_permits(&e);
    encode_prompts(&e);
    encode_debug(&e);
    encode_source(&e);
    if (!(strip & IMAGE_STRIP_TESTS))
        sbuf_str(&e.section[SECTION_TESTS], im->tests);
    encode_lua(&e);
    encode_speech(&e);
    encode_texts(&e);
    enum err result = join(&e, out);
    for (int s = 0; s < SECTION_END; s++)
        sbuf_free(&e.section[s]);
    vec_free(&e.texts);
    free(e.buckets);
    return result;
}
