/* Bytes of images: there and back, stripped, damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/sha.h>
#include <unistd.h>

#include "tests/unit/isa/sample.h"
#include "vm/isa/disasm.h"
#include "vm/isa/image_format.h"
#include "vm/isa/verify.h"

struct loaded {
    struct sbuf bytes;
    struct image *im;
};

static void load(struct loaded *l, unsigned strip)
{
    struct asm_image *a = sample_new();
    struct image_refusal why = { "" };
    *l = (struct loaded){ 0 };
    assert_int_equal(image_encode(asm_image(a), strip, &l->bytes), ERR_OK);
    enum err e = image_load(&l->im, l->bytes.p, l->bytes.len, &why);
    asm_free(a);
    if (e)
        fail_msg("%s: %s", err_text(e), why.text);
}

static void unload(struct loaded *l)
{
    sbuf_free(&l->bytes);
    image_unref(&l->im);
}

static void comes_back_the_same(void **state)
{
    struct loaded l;
    struct sbuf again = { 0 }, listing = { 0 }, first_listing = { 0 };
    struct asm_image *a = sample_new();
    (void)state;
    load(&l, IMAGE_STRIP_NOTHING);
    assert_int_equal(image_encode(l.im, IMAGE_STRIP_NOTHING, &again), ERR_OK);
    assert_int_equal(again.len, l.bytes.len);
    assert_memory_equal(again.p, l.bytes.p, again.len);
    assert_memory_equal(l.im->id, l.bytes.p + IMAGE_ID_AT, IMAGE_ID_SIZE);
    image_disasm(asm_image(a), &first_listing); /* the listing shows all of code, slots and actions */
    image_disasm(l.im, &listing);
    assert_string_equal(listing.p, first_listing.p);
    asm_free(a);
    sbuf_free(&again);
    sbuf_free(&listing);
    sbuf_free(&first_listing);
    unload(&l);
}

static void tables_come_back(void **state)
{
    struct loaded l;
    (void)state;
    load(&l, IMAGE_STRIP_NOTHING);
    const struct image *im = l.im;
    assert_true(str_is(im->flow, "demo") && str_is(im->continues[0], "support"));
    assert_int_equal(im->hours[0].nrules, 3);
    assert_memory_equal(im->hours[0].rules, sample_rules, sizeof sample_rules);
    assert_true(str_is(im->hours[0].zone, "Europe/Warsaw"));
    assert_int_equal(im->permits[0].at_most, 2);
    assert_true(str_is(im->permits[0].patterns[1], "+44*"));
    assert_int_equal(im->permits[1].kind, PERMIT_DIAL_CONNECTIONS);
    assert_true(str_is(im->prompts[1].text, "a.wav") && im->prompts[1].kind == PROMPT_FILE);
    assert_int_equal(im->nnames, 2);
    assert_true(str_is(im->names[1].word, "2nd") && str_is(im->names[1].said, "second"));
    assert_int_equal(im->nspoken, 1);
    assert_true(str_is(im->spoken[0].text, "Slowly.") && str_is(im->spoken[0].voice, "rms") &&
                im->spoken[0].rate == 80);
    assert_true(str_eq(im->sources[0].text, sample_sources[0].text));
    assert_true(str_is(im->tests, "tests, opaque"));
    assert_true(str_is(im->lua[0].path, "p.lua") && str_eq(im->lua[0].text, sample_lua[0].text));
    assert_true(str_is(im->externs[0].shape.name, "quote") && im->externs[0].shape.noutcomes == 0);
    assert_true(str_is(im->externs[1].shape.outcomes[0].name, "found"));
    assert_int_equal(im->imports[0].outcomes[0].payload_slot[0], 1);
    assert_int_equal(im->funcs[im->entry].lines[1].line, 3);
    unload(&l);
}

static void strips(void **state)
{
    struct loaded whole, bare;
    (void)state;
    load(&whole, IMAGE_STRIP_NOTHING);
    load(&bare, IMAGE_STRIP_DEBUG | IMAGE_STRIP_SOURCE | IMAGE_STRIP_TESTS);
    assert_true(bare.bytes.len < whole.bytes.len - 60);
    assert_int_equal(bare.im->funcs[0].nlines + bare.im->nsources + bare.im->tests.len, 0);
    assert_int_equal(image_line_at(&bare.im->funcs[0], 0).line, 0);
    assert_null(memmem(bare.bytes.p, bare.bytes.len, "demo.flow", 9));
    assert_memory_not_equal(bare.im->id, whole.im->id, IMAGE_ID_SIZE);
    unload(&whole);
    load(&whole, IMAGE_STRIP_SOURCE);
    assert_true(str_is(whole.im->sources[0].path, "demo.flow") && whole.im->sources[0].text.len == 0);
    unload(&whole);
    unload(&bare);
}

static void finds_lines(void **state)
{
    static const struct image_line rows[] = { { 2, 0, 5 }, { 2, 0, 6 }, { 10, 0, 7 } };
    const struct image_func f = { .lines = rows, .nlines = 3 };
    (void)state;
    assert_int_equal(image_line_at(&f, 1).line, 0);
    assert_int_equal(image_line_at(&f, 2).line, 6);
    assert_int_equal(image_line_at(&f, 9).line, 6);
    assert_int_equal(image_line_at(&f, 4000).line, 7);
}

static void expect_refused(const void *bytes, size_t len, const char *what, size_t where)
{
    struct image *im;
    struct image_refusal why = { "" };
    enum err e = image_load(&im, bytes, len, &why);
    if (e == ERR_OK || im || !why.text[0])
        fail_msg("%s %zu: %s, '%s'", what, where, err_name(e), why.text);
}

static void refuses_every_cut_and_flip(void **state)
{
    struct loaded l;
    (void)state;
    load(&l, IMAGE_STRIP_NOTHING);
    for (size_t n = 0; n < l.bytes.len; n++) {
        char *exact = malloc(n ? n : 1); /* so that a read behind the end is seen */
        memcpy(exact, l.bytes.p, n);
        expect_refused(exact, n, "cut to", n);
        free(exact);
    }
    for (size_t bit = 0; bit < l.bytes.len * 8; bit++) {
        l.bytes.p[bit / 8] = (char)(l.bytes.p[bit / 8] ^ 1 << bit % 8);
        expect_refused(l.bytes.p, l.bytes.len, "flipped bit", bit);
        l.bytes.p[bit / 8] = (char)(l.bytes.p[bit / 8] ^ 1 << bit % 8);
    }
    sbuf_char(&l.bytes, 0);
    expect_refused(l.bytes.p, l.bytes.len, "longer by", 1);
    unload(&l);
}

/* Bodies behind a right check sum: what somebody would write by hand. */
#define BODY(bytes) sizeof(bytes) - 1, bytes
static const struct {
    const char *name;
    enum err want;
    size_t len;
    const char *body;
    const char *text; /* must be in the reason */
} bodies[] = {
    { "another version", ERR_BAD_VERSION, BODY("\x03"), "version 3" },
    { "nothing in it", ERR_BAD_IMAGE, BODY("\x01"), "missing" },
    { "unknown section", ERR_BAD_IMAGE, BODY("\x01\x30\x01\x00"), "unknown" },
    { "sections twice", ERR_BAD_IMAGE, BODY("\x01\x01\x01\x00\x01\x01\x00"), "order" },
    { "section too long", ERR_BAD_IMAGE, BODY("\x01\x01\x7f\x00"), "cut off" },
    { "endless number", ERR_BAD_IMAGE, BODY("\x01\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), "too long" },
    { "count of all texts in the world", ERR_BAD_IMAGE, BODY("\x01\x01\x03\0\0\0\x02\x03\xff\xff\x03\x04\x03\0\0\0"),
      "count" },
    { "text too long", ERR_BAD_IMAGE, BODY("\x01\x01\x03\0\0\0\x02\x02\x01\x7f\x04\x02\x01\x00"), "cut off" },
    { "count of functions", ERR_BAD_IMAGE, BODY("\x01\x01\x03\0\0\0\x02\x02\x01\x00\x04\x02\xff\x7f"), "count" },
    { "section longer than needed", ERR_BAD_IMAGE, BODY("\x01\x01\x04\0\0\0\0\x02\x02\x01\x00\x04\x01\x00"), "longer" },
    { "no function", ERR_BAD_CODE, BODY("\x01\x01\x03\0\0\0\x02\x02\x01\x00\x04\x01\x00"), "begin" },
};

static void refuses_bodies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        uint8_t bytes[IMAGE_BODY_AT + 64];
        struct image_refusal why = { "" };
        struct image *im;
        memcpy(bytes, IMAGE_MAGIC, IMAGE_MAGIC_SIZE);
        memcpy(bytes + IMAGE_BODY_AT, bodies[i].body, bodies[i].len);
        SHA256(bytes + IMAGE_BODY_AT, bodies[i].len, bytes + IMAGE_ID_AT);
        enum err e = image_load(&im, bytes, IMAGE_BODY_AT + bodies[i].len, &why);
        if (e != bodies[i].want || !strstr(why.text, bodies[i].text))
            fail_msg("%s: %s, '%s'", bodies[i].name, err_name(e), why.text);
    }
}

static void counts_holders(void **state)
{
    struct loaded l;
    (void)state;
    load(&l, IMAGE_STRIP_NOTHING);
    struct image *second = image_ref(l.im);
    image_unref(&second);
    assert_null(second);
    assert_true(str_is(l.im->flow, "demo"));
    unload(&l);
    image_unref(&l.im);
    image_unref(NULL);
}

static void loads_files(void **state)
{
    struct image *im;
    struct image_refusal why;
    struct loaded l;
    char path[64];
    (void)state;
    snprintf(path, sizeof path, "/tmp/callflow-image-%d.flowc", (int)getpid());
    load(&l, IMAGE_STRIP_NOTHING);
    assert_int_equal(image_load_file(&im, path, &why), ERR_NOT_FOUND);
    assert_int_equal(file_write(path, l.bytes.p, l.bytes.len), ERR_OK);
    assert_int_equal(image_load_file(&im, path, &why), ERR_OK);
    image_unref(&im);
    unlink(path);
    unload(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_the_same),
        cmocka_unit_test(tables_come_back),
        cmocka_unit_test(strips),
        cmocka_unit_test(finds_lines),
        cmocka_unit_test(refuses_every_cut_and_flip),
        cmocka_unit_test(refuses_bodies),
        cmocka_unit_test(counts_holders),
        cmocka_unit_test(loads_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
