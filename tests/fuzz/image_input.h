/* Fuzz inputs that are image files. The id in them need not be right: it seeds the host that runs the image, and the
 * right one is put in its place, since no fuzzer would guess a check sum. */
#ifndef TESTS_FUZZ_IMAGE_INPUT_H
#define TESTS_FUZZ_IMAGE_INPUT_H

#include <openssl/sha.h>

#include "tests/fuzz/fuzz.h"
#include "vm/isa/image.h"
#include "vm/isa/image_format.h"

static inline void image_input_sign(uint8_t *bytes, size_t size)
{
    memcpy(bytes, IMAGE_MAGIC, IMAGE_MAGIC_SIZE);
    SHA256(bytes + IMAGE_BODY_AT, size - IMAGE_BODY_AT, bytes + IMAGE_ID_AT);
}

/* NULL when it is refused. *seed gets what stood in the id. */
static inline struct image *image_input_load(const uint8_t *data, size_t size, uint64_t *seed)
{
    struct image *im = NULL;
    struct image_refusal why = { "" };
    if (size <= IMAGE_BODY_AT)
        return NULL;
    uint8_t *bytes = (uint8_t *)fuzz_text(data, size);
    memcpy(seed, data + IMAGE_ID_AT, sizeof *seed);
    image_input_sign(bytes, size);
    enum err e = image_load(&im, bytes, size, &why);
    FUZZ_HOLDS(!e == !!im, "an image is loaded or refused");
    FUZZ_HOLDS(!e || why.text[0], "a refusal has a reason");
    free(bytes);
    return im;
}

#endif
