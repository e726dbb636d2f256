/* Signed images: who signed them is told, and nothing of them can be changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "tests/unit/isa/sample.h"
#include "vm/isa/image_format.h"
#include "vm/isa/image_seal.h"

static const struct image_signing_key ann = { "ann's secret key, 32 bytes long." },
                                      bob = { "bob's secret key, 32 bytes long." };

static void sample(struct sbuf *bytes)
{
    struct asm_image *a = sample_new();
    sbuf_clear(bytes);
    assert_int_equal(image_encode(asm_image(a), IMAGE_STRIP_NOTHING, bytes), ERR_OK);
    asm_free(a);
}

static void signer_of(const struct sbuf *bytes, uint8_t signer[IMAGE_KEY_SIZE])
{
    struct image *im;
    struct image_refusal why = { "" };
    if (image_load(&im, bytes->p, bytes->len, &why))
        fail_msg("%s", why.text);
    assert_true(im->is_signed);
    memcpy(signer, im->signer, IMAGE_KEY_SIZE);
    image_unref(&im);
}

static void a_signature_tells_who(void **state)
{
    struct sbuf bytes = { 0 }, again = { 0 };
    uint8_t first[IMAGE_KEY_SIZE], second[IMAGE_KEY_SIZE];
    (void)state;
    sample(&bytes);
    size_t plain = bytes.len;
    assert_int_equal(image_sign(&bytes, &ann), ERR_OK);
    assert_int_equal(bytes.len, plain + IMAGE_SEAL_SIZE);
    signer_of(&bytes, first);
    sample(&again);
    assert_memory_equal(again.p, bytes.p, plain); /* the image and its id are what they were */
    assert_int_equal(image_sign(&again, &ann), ERR_OK);
    assert_memory_equal(again.p, bytes.p, bytes.len); /* and the same input gives the same bytes */
    assert_int_equal(image_sign(&bytes, &bob), ERR_OK);
    assert_int_equal(bytes.len, plain + IMAGE_SEAL_SIZE); /* in place of the first */
    signer_of(&bytes, second);
    assert_memory_not_equal(first, second, IMAGE_KEY_SIZE);
    sbuf_free(&bytes);
    sbuf_free(&again);
}

static void an_unsigned_image_has_no_signer(void **state)
{
    struct sbuf bytes = { 0 };
    struct image *im;
    (void)state;
    sample(&bytes);
    assert_int_equal(image_load(&im, bytes.p, bytes.len, NULL), ERR_OK);
    assert_false(im->is_signed);
    image_unref(&im);
    assert_int_equal(image_sign(&(struct sbuf){ 0 }, &ann), ERR_INVALID);
    sbuf_free(&bytes);
}

/* Each byte of the whole file, changed; and each cut of its end, but for the one that takes just the seal. */
static void nothing_can_be_changed(void **state)
{
    struct sbuf bytes = { 0 };
    struct image *im;
    (void)state;
    sample(&bytes);
    size_t plain = bytes.len;
    assert_int_equal(image_sign(&bytes, &ann), ERR_OK);
    for (size_t i = 0; i < bytes.len; i++) {
        bytes.p[i] ^= 4;
        if (image_load(&im, bytes.p, bytes.len, NULL) == ERR_OK)
            fail_msg("byte %zu of %zu may be changed", i, bytes.len);
        bytes.p[i] ^= 4;
    }
    for (size_t len = 0; len < bytes.len; len++)
        if (len != plain && image_load(&im, bytes.p, len, NULL) == ERR_OK)
            fail_msg("it may be cut off at %zu of %zu", len, bytes.len);
    sbuf_free(&bytes);
}

/* A seal of another image, with a key that is right. */
static void a_seal_cannot_be_moved(void **state)
{
    struct sbuf bytes = { 0 }, other = { 0 };
    struct image_refusal why = { "" };
    struct image *im;
    struct asm_image *a = sample_new();
    (void)state;
    sample(&bytes);
    assert_int_equal(image_sign(&bytes, &ann), ERR_OK);
    assert_int_equal(image_encode(asm_image(a), IMAGE_STRIP_DEBUG, &other), ERR_OK);
    sbuf_add(&other, bytes.p + bytes.len - IMAGE_SEAL_SIZE, IMAGE_SEAL_SIZE);
    assert_int_equal(image_load(&im, other.p, other.len, &why), ERR_BAD_IMAGE);
    assert_string_equal(why.text, "its signature is wrong");
    asm_free(a);
    sbuf_free(&bytes);
    sbuf_free(&other);
}

static void keys_stand_in_files(void **state)
{
    char folder[] = "/tmp/test-seal-XXXXXX", secret[64], public[64];
    uint8_t keys[4][IMAGE_KEY_SIZE], signer[IMAGE_KEY_SIZE];
    struct image_signing_key key;
    struct sbuf bytes = { 0 }, two = { 0 };
    unsigned n;
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(secret, sizeof secret, "%s/a.key", folder);
    snprintf(public, sizeof public, "%s/a.pub", folder);
    assert_int_equal(image_keys_make(secret, public), ERR_OK);
    assert_int_equal(image_keys_make(secret, public), ERR_EXISTS);
    assert_int_equal(image_key_read_secret(secret, &key), ERR_OK);
    assert_int_equal(image_key_read_secret(public, &key), ERR_INVALID);
    assert_int_equal(image_keys_read(public, keys, 4, &n), ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(image_keys_read(secret, keys, 4, &n), ERR_INVALID);
    assert_int_equal(image_keys_read("/nowhere", keys, 4, &n), ERR_NOT_FOUND);
    sample(&bytes);
    assert_int_equal(image_key_read_secret(secret, &key), ERR_OK);
    assert_int_equal(image_sign(&bytes, &key), ERR_OK);
    signer_of(&bytes, signer);
    assert_memory_equal(signer, keys[0], IMAGE_KEY_SIZE);
    assert_int_equal(sbuf_read_file(&two, public, 4096), ERR_OK);
    assert_int_equal(sbuf_read_file(&two, public, 4096), ERR_OK); /* behind the first */
    assert_int_equal(file_write(public, two.p, two.len), ERR_OK);
    assert_int_equal(image_keys_read(public, keys, 4, &n), ERR_OK);
    assert_int_equal(n, 2);
    assert_int_equal(image_keys_read(public, keys, 1, &n), ERR_INVALID);
    unlink(secret);
    unlink(public);
    rmdir(folder);
    sbuf_free(&bytes);
    sbuf_free(&two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signature_tells_who),  cmocka_unit_test(an_unsigned_image_has_no_signer),
        cmocka_unit_test(nothing_can_be_changed), cmocka_unit_test(a_seal_cannot_be_moved),
        cmocka_unit_test(keys_stand_in_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
