/* Images with packed sections: the same image, in fewer bytes, and no way to make a loader fill more than it should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/sha.h>

#include "tests/unit/isa/sample.h"
#include "vm/isa/disasm.h"
#include "vm/isa/image_format.h"
#include "vm/isa/image_pack.h"

static struct sbuf encoded(unsigned how)
{
    struct sbuf bytes = { 0 };
    struct asm_image *a = sample_new();
    assert_int_equal(image_encode(asm_image(a), how, &bytes), ERR_OK);
    asm_free(a);
    return bytes;
}

static struct image *loaded(const struct sbuf *bytes)
{
    struct image *im;
    struct image_refusal why = { "" };
    enum err e = image_load(&im, bytes->p, bytes->len, &why);
    if (e)
        fail_msg("%s: %s", err_text(e), why.text);
    return im;
}

static void holds_the_same_image(void **state)
{
    struct sbuf plain = encoded(IMAGE_STRIP_NOTHING), packed = encoded(IMAGE_PACK), again = { 0 };
    (void)state;
    assert_int_equal(plain.p[IMAGE_BODY_AT], IMAGE_VERSION_PLAIN);
    assert_int_equal(packed.p[IMAGE_BODY_AT], IMAGE_VERSION_PACKED);
    assert_true(packed.len < plain.len);
    struct image *im = loaded(&packed);
    assert_memory_equal(im->id, packed.p + IMAGE_ID_AT, IMAGE_ID_SIZE);
    assert_int_equal(image_encode(im, IMAGE_STRIP_NOTHING, &again), ERR_OK);
    assert_true(str_eq(sbuf_view(&again), sbuf_view(&plain)));
    image_unref(&im);
    sbuf_free(&plain);
    sbuf_free(&packed);
    sbuf_free(&again);
}

static void packs_the_same_way_twice(void **state)
{
    struct sbuf once = encoded(IMAGE_PACK), twice = encoded(IMAGE_PACK);
    (void)state;
    assert_true(str_eq(sbuf_view(&once), sbuf_view(&twice)));
    sbuf_free(&once);
    sbuf_free(&twice);
}

/* Who changes a word makes all packed images unreadable: that needs another version of the format. */
static void knows_its_words(void **state)
{
    static const uint8_t want[] = { 0xdd, 0x63, 0xfa, 0xd5, 0x28, 0x9f, 0x5e, 0xbb, 0xba, 0xfc, 0x80,
                                    0xf8, 0x09, 0x9c, 0xd9, 0x3b, 0x10, 0x0f, 0x6d, 0x79, 0xf0, 0xb4,
                                    0x27, 0x42, 0x74, 0x98, 0xaa, 0x54, 0xc9, 0xd5, 0xae, 0x41 };
    uint8_t sum[SHA256_DIGEST_LENGTH];
    struct str words = image_pack_words();
    (void)state;
    SHA256((const uint8_t *)words.p, words.len, sum);
    assert_memory_equal(sum, want, sizeof want);
}

/* Gives the bytes a right check sum and loads them: whatever they hold, there is an image or a reason. */
static enum err load_signed(struct sbuf *bytes, struct image_refusal *why)
{
    struct image *im;
    SHA256((const uint8_t *)bytes->p + IMAGE_BODY_AT, bytes->len - IMAGE_BODY_AT, (uint8_t *)bytes->p + IMAGE_ID_AT);
    enum err e = image_load(&im, bytes->p, bytes->len, why);
    if (!e != !!im || (e && !why->text[0]))
        fail_msg("%s, '%s'", err_name(e), why->text);
    image_unref(&im);
    return e;
}

static void stands_every_cut_and_flip(void **state)
{
    struct sbuf bytes = encoded(IMAGE_PACK);
    size_t len = bytes.len;
    (void)state;
    for (size_t bit = IMAGE_BODY_AT * 8; bit < len * 8; bit++) {
        struct image_refusal why = { "" };
        bytes.p[bit / 8] = (char)(bytes.p[bit / 8] ^ 1 << bit % 8);
        (void)load_signed(&bytes, &why);
        bytes.p[bit / 8] = (char)(bytes.p[bit / 8] ^ 1 << bit % 8);
    }
    while (--bytes.len > IMAGE_BODY_AT) {
        struct image_refusal why = { "" };
        assert_int_not_equal(load_signed(&bytes, &why), ERR_OK);
    }
    sbuf_free(&bytes);
}

static void put_size(struct sbuf *b, uint64_t n)
{
    for (; n >= 0x80; n >>= 7)
        sbuf_char(b, (char)(n | 0x80));
    sbuf_char(b, (char)n);
}

/* A body that says it holds `claimed` bytes and holds the sections of the sample, with a tail behind. */
static enum err load_claimed(uint64_t claimed, const char *tail, struct image_refusal *why)
{
    struct sbuf plain = encoded(IMAGE_STRIP_NOTHING), bytes = { 0 };
    struct str sections = { plain.p + IMAGE_BODY_AT + 1, plain.len - IMAGE_BODY_AT - 1 };
    sbuf_add(&bytes, plain.p, IMAGE_BODY_AT);
    sbuf_char(&bytes, IMAGE_VERSION_PACKED);
    put_size(&bytes, sections.len + claimed);
    assert_int_equal(image_pack(sections, &bytes), ERR_OK);
    sbuf_cstr(&bytes, tail);
    enum err e = load_signed(&bytes, why);
    sbuf_free(&plain);
    sbuf_free(&bytes);
    return e;
}

static const struct {
    const char *name;
    uint64_t claimed; /* beyond what is there */
    const char *tail, *text;
} lies[] = {
    { "fewer bytes than there are", UINT64_MAX, "", "cannot be unpacked" },
    { "more bytes than there are", 1, "", "cannot be unpacked" },
    { "as many as may be", IMAGE_UNPACKED_MAX / 2, "", "cannot be unpacked" },
    { "more than may be", IMAGE_UNPACKED_MAX, "", "out of range" },
    { "all memory", UINT64_MAX / 2, "", "out of range" },
    { "something behind the end", 0, "x", "cannot be unpacked" },
};

static void refuses_wrong_sizes(void **state)
{
    struct image_refusal why = { "" };
    (void)state;
    assert_int_equal(load_claimed(0, "", &why), ERR_OK);
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        enum err e = load_claimed(lies[i].claimed, lies[i].tail, &why);
        if (e != ERR_BAD_IMAGE || !strstr(why.text, lies[i].text))
            fail_msg("%s: %s, '%s'", lies[i].name, err_name(e), why.text);
    }
}

/* The sample with so many bytes of tests behind it, which no packing makes larger than they are. */
static struct sbuf with_tests(size_t len)
{
    struct sbuf bytes = { 0 };
    struct asm_image *a = sample_new();
    a->im.tests = (struct str){ arena_alloc(a->arena, len), len };
    assert_int_equal(image_encode(asm_image(a), IMAGE_PACK, &bytes), ERR_OK);
    asm_free(a);
    return bytes;
}

static void leaves_large_ones_plain(void **state)
{
    static const struct {
        size_t len;
        enum image_version version;
    } rows[] = { { IMAGE_UNPACKED_MAX - 2000, IMAGE_VERSION_PACKED }, { IMAGE_UNPACKED_MAX, IMAGE_VERSION_PLAIN } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sbuf bytes = with_tests(rows[i].len);
        struct image *im = loaded(&bytes);
        assert_int_equal(bytes.p[IMAGE_BODY_AT], rows[i].version);
        assert_int_equal(im->tests.len, rows[i].len);
        image_unref(&im);
        sbuf_free(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_the_same_image), cmocka_unit_test(packs_the_same_way_twice),
        cmocka_unit_test(knows_its_words),      cmocka_unit_test(stands_every_cut_and_flip),
        cmocka_unit_test(refuses_wrong_sizes),  cmocka_unit_test(leaves_large_ones_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
