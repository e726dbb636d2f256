/* Any bytes as an image: refused with a reason, or listed, written and read back as the same. */
#include "tests/fuzz/image_input.h"
#include "vm/isa/disasm.h"

/* Packing changes nothing but the bytes. */
static void pack(const struct image *im, struct str plain)
{
    struct sbuf packed = { 0 }, again = { 0 };
    struct image *copy = NULL;
    struct image_refusal why = { "" };
    FUZZ_HOLDS(image_encode(im, IMAGE_PACK, &packed) == ERR_OK, "what was read can be packed");
    FUZZ_HOLDS(packed.len <= plain.len, "packing makes nothing larger");
    fuzz_holds(image_load(&copy, packed.p, packed.len, &why) == ERR_OK, "what was packed can be read", why.text);
    FUZZ_HOLDS(image_encode(copy, IMAGE_STRIP_NOTHING, &again) == ERR_OK, "what was unpacked can be written");
    FUZZ_HOLDS(str_eq(sbuf_view(&again), plain), "packing and unpacking gives the same bytes");
    image_unref(&copy);
    sbuf_free(&packed);
    sbuf_free(&again);
}

/* Bytes may say a thing in a longer way than the encoder does; what the encoder wrote it writes again. */
static void write_again(const struct image *im)
{
    struct sbuf once = { 0 }, twice = { 0 };
    struct image *copy = NULL;
    struct image_refusal why = { "" };
    FUZZ_HOLDS(image_encode(im, IMAGE_STRIP_NOTHING, &once) == ERR_OK, "what was read can be written");
    fuzz_holds(image_load(&copy, once.p, once.len, &why) == ERR_OK, "what was written can be read", why.text);
    FUZZ_HOLDS(image_encode(copy, IMAGE_STRIP_NOTHING, &twice) == ERR_OK, "what was read again can be written");
    FUZZ_HOLDS(str_eq(sbuf_view(&once), sbuf_view(&twice)), "writing twice gives the same bytes");
    pack(im, sbuf_view(&once));
    image_unref(&copy);
    sbuf_free(&once);
    sbuf_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t seed;
    struct sbuf listing = { 0 };
    struct image_refusal why;
    struct image *im;
    if (image_load(&im, data, size, &why) == ERR_OK)
        image_unref(&im);
    im = image_input_load(data, size, &seed);
    if (im) {
        image_disasm(im, &listing);
        write_again(im);
    }
    image_unref(&im);
    sbuf_free(&listing);
    return 0;
}
