/* Images with a right check sum and wrong contents: each is refused, or it runs without harm (the sanitizers watch). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/sha.h>

#include "tests/unit/isa/sample.h"
#include "tests/unit/run/random_host.h"
#include "vm/isa/disasm.h"
#include "vm/isa/image_format.h"

static void sign(struct sbuf *bytes)
{
    SHA256((const uint8_t *)bytes->p + IMAGE_BODY_AT, bytes->len - IMAGE_BODY_AT, (uint8_t *)bytes->p + IMAGE_ID_AT);
}

/* Whether it was accepted; it has run and was listed then. */
static bool try(const struct sbuf *bytes, uint64_t seed)
{
    struct image *im;
    struct image_refusal why = { "" };
    struct sbuf listing = { 0 };
    enum err e = image_load(&im, bytes->p, bytes->len, &why);
    if (e) {
        assert_null(im);
        assert_true(why.text[0]);
        return false;
    }
    random_run(im, seed, 200);
    image_disasm(im, &listing);
    sbuf_free(&listing);
    image_unref(&im);
    return true;
}

static struct sbuf sample(void)
{
    struct asm_image *a = sample_new();
    struct sbuf bytes = { 0 };
    assert_int_equal(image_encode(asm_image(a), IMAGE_STRIP_NOTHING, &bytes), ERR_OK);
    asm_free(a);
    return bytes;
}

static void every_byte_changed(void **state)
{
    static const uint8_t changes[] = { 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff };
    struct sbuf bytes = sample();
    unsigned accepted = 0;
    (void)state;
    for (size_t i = IMAGE_BODY_AT; i < bytes.len; i++)
        for (size_t k = 0; k < sizeof changes; k++) {
            bytes.p[i] = (char)(bytes.p[i] ^ changes[k]);
            sign(&bytes);
            accepted += try(&bytes, i);
            bytes.p[i] = (char)(bytes.p[i] ^ changes[k]);
        }
    assert_true(accepted > 100); /* texts may change freely, so this reached the machine */
    sbuf_free(&bytes);
}

static void every_cut(void **state)
{
    struct sbuf bytes = sample();
    (void)state;
    while (bytes.len > IMAGE_BODY_AT + 1) {
        bytes.len--;
        sign(&bytes);
        char *exact = malloc(bytes.len); /* a read behind the end is seen */
        memcpy(exact, bytes.p, bytes.len);
        try(&(struct sbuf){ exact, bytes.len, bytes.len }, 1);
        free(exact);
    }
    sbuf_free(&bytes);
}

static void many_changes(void **state)
{
    struct sbuf bytes = sample(), copy = { 0 };
    uint64_t seed = 1;
    (void)state;
    for (int turn = 0; turn < 20000; turn++) {
        sbuf_clear(&copy);
        sbuf_str(&copy, sbuf_view(&bytes));
        for (uint64_t n = random_next(&seed) % 4 + 1; n; n--) {
            size_t at = IMAGE_BODY_AT + random_next(&seed) % (copy.len - IMAGE_BODY_AT);
            copy.p[at] = (char)random_next(&seed);
        }
        sign(&copy);
        try(&copy, seed);
    }
    sbuf_free(&bytes);
    sbuf_free(&copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_changed),
        cmocka_unit_test(every_cut),
        cmocka_unit_test(many_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
