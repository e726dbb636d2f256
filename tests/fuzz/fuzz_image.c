/* Any bytes as an image: refused, or run with a host that answers at random. The first eight bytes seed the host; the
 * check sum is set right, since no fuzzer would guess one. */
#include <openssl/sha.h>
#include <string.h>

#include "tests/unit/run/random_host.h"
#include "vm/isa/disasm.h"
#include "vm/isa/image_format.h"
#include "vm/run/heap.h"

enum { SEED = 8, ACTIONS = 100 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run(struct image *im, uint64_t seed)
{
    struct sbuf listing = { 0 };
    heap_stress = seed & 1;
    random_run(im, seed, ACTIONS);
    image_disasm(im, &listing);
    sbuf_free(&listing);
}

/* data: seed, then the image's bytes from the version on. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t seed;
    struct image *im;
    struct image_refusal why;
    if (size <= SEED)
        return 0;
    size_t body = size - SEED;
    uint8_t *bytes = malloc(IMAGE_BODY_AT + body);
    if (!bytes)
        return 0;
    memcpy(&seed, data, SEED);
    memcpy(bytes, IMAGE_MAGIC, IMAGE_MAGIC_SIZE);
    memcpy(bytes + IMAGE_BODY_AT, data + SEED, body);
    SHA256(bytes + IMAGE_BODY_AT, body, bytes + IMAGE_ID_AT);
    if (image_load(&im, bytes, IMAGE_BODY_AT + body, &why) == ERR_OK)
        run(im, seed);
    image_unref(&im);
    free(bytes);
    return 0;
}
