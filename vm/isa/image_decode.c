/* Reads an image's bytes back. Nothing here trusts them: every count is bounded by the bytes that are left. Whether the
 * code keeps the machine's rules is verify.c's question. */
#include "vm/isa/image_read.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

#include "vm/isa/image_format.h"
#include "vm/isa/image_seal.h"
#include "vm/isa/image_pack.h"
#include "vm/isa/verify.h"

enum { OPERAND_MAX = UINT16_MAX + 1, TEXTS_MAX = 1 << 20 };

static void decode_texts(struct reader *r)
{
    uint32_t n = read_count(r, TEXTS_MAX, 1);
    struct str *texts = ARENA_ARRAY(r->arena, struct str, n);
    for (uint32_t i = 0; i < n; i++)
        texts[i].len = read_u32(r, IMAGE_MAX_SIZE);
    for (uint32_t i = 0; i < n && !r->mistake; i++)
        texts[i].p = (const char *)read_bytes(r, texts[i].len);
    r->texts = texts;
    r->ntexts = r->mistake ? 0 : n;
}

static void decode_shape(struct reader *r, struct image *im)
{
    im->flow = read_text(r);
    im->entry = read_u32(r, UINT16_MAX);
    im->ncontinues = read_count(r, UINT32_MAX, 1);
    struct str *names = ARENA_ARRAY(r->arena, struct str, im->ncontinues);
    for (uint32_t i = 0; i < im->ncontinues; i++)
        names[i] = read_text(r);
    im->continues = names;
}

static void decode_const(struct reader *r, struct image_const *c)
{
    c->type = read_type(r);
    if (c->type == TYPE_TEXT) {
        c->text = read_text(r);
    } else if (c->type == TYPE_LIST_TEXT || c->type == TYPE_LIST_NUM) {
        c->count = read_count(r, UINT32_MAX, 1);
        int64_t *items = ARENA_ARRAY(r->arena, int64_t, c->count);
        for (uint32_t i = 0; i < c->count; i++)
            items[i] = read_signed(r);
        c->items = items;
    } else {
        c->num = read_signed(r);
    }
}

static void decode_consts(struct reader *r, struct image *im)
{
    im->nconsts = read_count(r, OPERAND_MAX, 2);
    struct image_const *consts = ARENA_ARRAY(r->arena, struct image_const, im->nconsts);
    for (uint32_t i = 0; i < im->nconsts; i++)
        decode_const(r, &consts[i]);
    im->consts = consts;
}

static void decode_funcs(struct reader *r, struct image *im)
{
    im->nfuncs = read_count(r, OPERAND_MAX, 5);
    struct image_func *funcs = ARENA_ARRAY(r->arena, struct image_func, im->nfuncs);
    for (uint32_t i = 0; i < im->nfuncs; i++) {
        struct image_func *f = &funcs[i];
        f->nresults = read_byte(r);
        f->nparams = read_byte(r);
        f->nslots = read_byte(r);
        f->slots = read_types(r, f->nslots);
        f->on_hangup = read_u32(r, IMAGE_CODE_MAX);
        f->code_len = read_count(r, IMAGE_CODE_MAX, 1);
        f->code = read_bytes(r, f->code_len);
    }
    im->funcs = funcs;
}

static void decode_outcome(struct reader *r, struct image_outcome *o)
{
    o->name = read_text(r);
    o->npayload = (uint8_t)read_count(r, UINT8_MAX, 2);
    enum type *types = ARENA_ARRAY(r->arena, enum type, o->npayload);
    uint8_t *slots = arena_alloc(r->arena, o->npayload);
    for (unsigned i = 0; i < o->npayload; i++) {
        types[i] = read_type(r);
        slots[i] = read_byte(r);
    }
    o->payload = types;
    o->payload_slot = slots;
}

static void decode_import(struct reader *r, struct image_import *m)
{
    m->name = read_text(r);
    m->nresults = read_byte(r);
    m->results = read_types(r, m->nresults);
    m->nparams = (uint8_t)read_count(r, UINT8_MAX, 2);
    struct image_param *params = ARENA_ARRAY(r->arena, struct image_param, m->nparams);
    for (unsigned i = 0; i < m->nparams; i++) {
        params[i].label = read_text(r);
        params[i].type = read_type(r);
    }
    m->params = params;
    m->noutcomes = (uint8_t)read_count(r, UINT8_MAX, 2);
    struct image_outcome *outcomes = ARENA_ARRAY(r->arena, struct image_outcome, m->noutcomes);
    for (unsigned i = 0; i < m->noutcomes; i++)
        decode_outcome(r, &outcomes[i]);
    m->outcomes = outcomes;
}

static void decode_imports(struct reader *r, struct image *im)
{
    im->nimports = read_count(r, OPERAND_MAX, 4);
    struct image_import *imports = ARENA_ARRAY(r->arena, struct image_import, im->nimports);
    for (uint32_t i = 0; i < im->nimports; i++)
        decode_import(r, &imports[i]);
    im->imports = imports;
}

static void decode_lua_files(struct reader *r, struct image *im)
{
    im->nlua = read_count(r, OPERAND_MAX, 2);
    struct image_lua *files = ARENA_ARRAY(r->arena, struct image_lua, im->nlua);
    for (uint32_t i = 0; i < im->nlua; i++) {
        files[i].path = read_text(r);
        files[i].text.len = read_u32(r, IMAGE_LUA_SIZE);
        files[i].text.p = (const char *)read_bytes(r, files[i].text.len);
    }
    im->lua = files;
}

static void decode_lua(struct reader *r, struct image *im)
{
    decode_lua_files(r, im);
    im->nexterns = read_count(r, OPERAND_MAX, 5);
    struct image_extern *externs = ARENA_ARRAY(r->arena, struct image_extern, im->nexterns);
    for (uint32_t i = 0; i < im->nexterns; i++) {
        externs[i].file = read_u32(r, UINT16_MAX);
        decode_import(r, &externs[i].shape);
    }
    im->externs = externs;
}

static void decode_rule(struct reader *r, struct image_hours_rule *rule)
{
    rule->days = read_byte(r);
    if (!rule->days) {
        rule->year = (uint16_t)read_u32(r, UINT16_MAX);
        rule->month = read_byte(r);
        rule->day = read_byte(r);
    }
    rule->from = (uint16_t)read_u32(r, UINT16_MAX);
    rule->to = (uint16_t)read_u32(r, UINT16_MAX);
}

static void decode_hours(struct reader *r, struct image *im)
{
    im->nhours = read_count(r, OPERAND_MAX, 3);
    struct image_hours *hours = ARENA_ARRAY(r->arena, struct image_hours, im->nhours);
    for (uint32_t i = 0; i < im->nhours; i++) {
        hours[i].name = read_text(r);
        hours[i].zone = read_text(r);
        hours[i].nrules = read_count(r, UINT32_MAX, 3);
        struct image_hours_rule *rules = ARENA_ARRAY(r->arena, struct image_hours_rule, hours[i].nrules);
        for (uint32_t k = 0; k < hours[i].nrules; k++)
            decode_rule(r, &rules[k]);
        hours[i].rules = rules;
    }
    im->hours = hours;
}

static void decode_permits(struct reader *r, struct image *im)
{
    im->npermits = read_count(r, OPERAND_MAX, 3);
    struct image_permit *permits = ARENA_ARRAY(r->arena, struct image_permit, im->npermits);
    for (uint32_t i = 0; i < im->npermits; i++) {
        permits[i].kind = (enum permit_kind)read_byte(r);
        permits[i].at_most = read_u32(r, UINT32_MAX);
        permits[i].npatterns = read_count(r, UINT32_MAX, 1);
        struct str *patterns = ARENA_ARRAY(r->arena, struct str, permits[i].npatterns);
        for (uint32_t k = 0; k < permits[i].npatterns; k++)
            patterns[k] = read_text(r);
        permits[i].patterns = patterns;
    }
    im->permits = permits;
}

static void decode_prompts(struct reader *r, struct image *im)
{
    im->nprompts = read_count(r, UINT32_MAX, 2);
    struct image_prompt *prompts = ARENA_ARRAY(r->arena, struct image_prompt, im->nprompts);
    for (uint32_t i = 0; i < im->nprompts; i++) {
        prompts[i].kind = (enum prompt_kind)read_byte(r);
        prompts[i].text = read_text(r);
    }
    im->prompts = prompts;
}

static void decode_speech(struct reader *r, struct image *im)
{
    im->nnames = read_count(r, IMAGE_NAMES_MAX, 2);
    struct word_said *names = ARENA_ARRAY(r->arena, struct word_said, im->nnames);
    for (uint32_t i = 0; i < im->nnames; i++) {
        names[i].word = read_text(r);
        names[i].said = read_text(r);
    }
    im->names = names;
    im->nspoken = read_count(r, UINT32_MAX, 3);
    struct image_spoken *spoken = ARENA_ARRAY(r->arena, struct image_spoken, im->nspoken);
    for (uint32_t i = 0; i < im->nspoken; i++) {
        spoken[i].text = read_text(r);
        spoken[i].voice = read_text(r);
        spoken[i].rate = read_u32(r, IMAGE_RATE_MAX);
    }
    im->spoken = spoken;
}

static void decode_lines(struct reader *r, struct image_func *f)
{
    uint64_t pc = 0, line = 0;
    f->nlines = read_count(r, UINT32_MAX, 3);
    struct image_line *lines = ARENA_ARRAY(r->arena, struct image_line, f->nlines);
    for (uint32_t i = 0; i < f->nlines; i++) {
        pc += read_u32(r, IMAGE_CODE_MAX);
        line += (uint64_t)read_signed(r);
        lines[i].file = (uint16_t)read_u32(r, UINT16_MAX);
        if (pc > IMAGE_CODE_MAX || line > UINT32_MAX)
            reader_fail(r, "a line is out of range");
        lines[i].pc = (uint32_t)pc;
        lines[i].line = (uint32_t)line;
    }
    f->lines = lines;
}

static void decode_debug(struct reader *r, struct image *im)
{
    im->nsources = read_count(r, UINT16_MAX, 1);
    struct image_source *sources = ARENA_ARRAY(r->arena, struct image_source, im->nsources);
    for (uint32_t i = 0; i < im->nsources; i++)
        sources[i].path = read_text(r);
    im->sources = sources;
    for (uint32_t i = 0; i < im->nfuncs; i++) {
        struct image_func *f = (struct image_func *)&im->funcs[i]; /* made by decode_funcs(), still ours */
        f->name = read_text(r);
        decode_lines(r, f);
    }
}

static void decode_source(struct reader *r, struct image *im)
{
    for (uint32_t i = 0; i < im->nsources; i++) {
        struct image_source *s = (struct image_source *)&im->sources[i];
        s->text.len = read_u32(r, IMAGE_MAX_SIZE);
        s->text.p = (const char *)read_bytes(r, s->text.len);
    }
}

static void decode_tests(struct reader *r, struct image *im)
{
    im->tests.len = (size_t)(r->end - r->p);
    im->tests.p = (const char *)read_bytes(r, im->tests.len);
}

/* SHAPE names texts that stand behind it, so the sections are found first and read afterwards. */
struct sections {
    const uint8_t *at[SECTION_END];
    size_t len[SECTION_END];
};

static void find_sections(struct reader *r, struct sections *found)
{
    unsigned last = 0;
    while (r->p < r->end && !r->mistake) {
        unsigned number = read_byte(r);
        size_t len = read_u32(r, IMAGE_MAX_SIZE);
        if (number <= last || number >= SECTION_END || len == 0) {
            reader_fail(r, "a section is unknown, empty or out of order");
            return;
        }
        last = number;
        found->at[number] = read_bytes(r, len);
        found->len[number] = len;
    }
}

static void decode_section(struct reader *r, struct image *im, enum image_section s)
{
    switch (s) {
    case SECTION_SHAPE: decode_shape(r, im); break;
    case SECTION_TEXTS: decode_texts(r); break;
    case SECTION_CONSTS: decode_consts(r, im); break;
    case SECTION_FUNCS: decode_funcs(r, im); break;
    case SECTION_IMPORTS: decode_imports(r, im); break;
    case SECTION_HOURS: decode_hours(r, im); break;
    case SECTION_PERMITS: decode_permits(r, im); break;
    case SECTION_PROMPTS: decode_prompts(r, im); break;
    case SECTION_DEBUG: decode_debug(r, im); break;
    case SECTION_SOURCE: decode_source(r, im); break;
    case SECTION_TESTS: decode_tests(r, im); break;
    case SECTION_LUA: decode_lua(r, im); break;
    case SECTION_SPEECH: decode_speech(r, im); break;
    case SECTION_END: break;
    }
}

static void decode_sections(struct reader *r, struct image *im)
{
    static const uint8_t order[] = { SECTION_TEXTS, SECTION_SHAPE,   SECTION_CONSTS,  SECTION_FUNCS, SECTION_IMPORTS,
                                     SECTION_HOURS, SECTION_PERMITS, SECTION_PROMPTS, SECTION_DEBUG, SECTION_SOURCE,
                                     SECTION_TESTS, SECTION_LUA,     SECTION_SPEECH };
    struct sections found = { 0 };
    find_sections(r, &found);
    if (!found.at[SECTION_SHAPE] || !found.at[SECTION_TEXTS] || !found.at[SECTION_FUNCS])
        reader_fail(r, "a section is missing");
    for (size_t i = 0; i < sizeof order && !r->mistake; i++) {
        if (!found.at[order[i]])
            continue;
        r->p = found.at[order[i]];
        r->end = r->p + found.len[order[i]];
        decode_section(r, im, order[i]);
        if (r->p != r->end)
            reader_fail(r, "a section is longer than what it holds");
    }
}

static enum err refuse(struct image_refusal *why, enum err e, const char *text)
{
    snprintf(why->text, sizeof why->text, "%s", text);
    return e;
}

static enum err check_frame(struct image *im, const uint8_t *bytes, size_t len, struct image_refusal *why)
{
    if (len > IMAGE_MAX_SIZE)
        return refuse(why, ERR_TOO_BIG, "it is larger than any image may be");
    if (len < IMAGE_MAGIC_SIZE || memcmp(bytes, IMAGE_MAGIC, IMAGE_MAGIC_SIZE) != 0)
        return refuse(why, ERR_BAD_IMAGE, "it does not begin as an image does");
    if (len <= IMAGE_BODY_AT)
        return refuse(why, ERR_BAD_IMAGE, "it is cut off");
    SHA256(bytes + IMAGE_BODY_AT, len - IMAGE_BODY_AT, im->id);
    if (memcmp(im->id, bytes + IMAGE_ID_AT, IMAGE_ID_SIZE) != 0)
        return refuse(why, ERR_BAD_IMAGE, "its check sum is wrong: it is cut off or damaged");
    return ERR_OK;
}

/* The reader goes on in the image's own copy of the sections, which stand at r->p as they are. */
static void open_plain(struct reader *r)
{
    size_t len = (size_t)(r->end - r->p);
    r->p = (const uint8_t *)arena_dup(r->arena, (const char *)r->p, len);
    r->end = r->p + len;
}

/* The same for packed ones. Their size is bounded before there is room for them. */
static enum err open_packed(struct reader *r)
{
    uint32_t size = read_u32(r, IMAGE_UNPACKED_MAX);
    if (r->mistake)
        return ERR_OK; /* is told below */
    uint8_t *sections = arena_alloc(r->arena, size);
    enum err e = image_unpack((struct str){ (const char *)r->p, (size_t)(r->end - r->p) }, sections, size);
    r->p = sections;
    r->end = sections + size;
    return e;
}

static enum err open_sections(struct reader *r, struct image_refusal *why)
{
    uint64_t version = read_num(r);
    enum err e = ERR_OK;
    if (version == IMAGE_VERSION_PLAIN) {
        open_plain(r);
    } else if (version == IMAGE_VERSION_PACKED) {
        e = open_packed(r);
        return e ? refuse(why, e, e == ERR_NOMEM ? err_text(e) : "it cannot be unpacked") : ERR_OK;
    } else if (!r->mistake) {
        snprintf(why->text, sizeof why->text, "its format has version %llu, %d is the newest known here",
                 (unsigned long long)version, IMAGE_VERSION_PACKED);
        e = ERR_BAD_VERSION;
    }
    return e;
}

/* A wrong signature is refused everywhere; none, or an unknown signer's, is for those to judge who demand one. */
static enum err check_seal(struct image *im, const uint8_t *seal, size_t len, struct image_refusal *why)
{
    im->is_signed = len && image_seal_right(im->id, seal, im->signer);
    return len && !im->is_signed ? refuse(why, ERR_BAD_IMAGE, "its signature is wrong") : ERR_OK;
}

static enum err decode(struct image *im, const uint8_t *bytes, size_t whole, struct image_refusal *why)
{
    size_t len = image_unsealed(bytes, whole);
    enum err e = check_frame(im, bytes, len, why);
    if (!e)
        e = check_seal(im, bytes + len, whole - len, why);
    if (e)
        return e;
    struct reader r = { .p = bytes + IMAGE_BODY_AT, .end = bytes + len, .arena = im->arena };
    e = open_sections(&r, why);
    if (e)
        return e;
    decode_sections(&r, im);
    return r.mistake ? refuse(why, ERR_BAD_IMAGE, r.mistake) : ERR_OK;
}

enum err image_load(struct image **out, const void *bytes, size_t len, struct image_refusal *why)
{
    struct arena *arena = arena_new();
    struct image *im = ARENA_NEW(arena, struct image);
    struct image_refusal unread;
    *out = NULL;
    why = why ? why : &unread;
    im->arena = arena;
    im->refs = 1;
    enum err e = decode(im, bytes, len, why);
    if (!e)
        e = image_verify(im, why);
    if (e)
        image_unref(&im);
    *out = im;
    return e;
}
