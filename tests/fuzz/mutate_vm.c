/* libFuzzer's mutator for images: changes the code and tables of an image that is accepted, instruction by instruction,
 * and writes it anew, so that the verifier is what judges, not the frame. What it cannot read it leaves to libFuzzer.
 */
#include "tests/fuzz/image_input.h"
#include "vm/isa/opcode.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

static uint32_t state;
static uint32_t any(uint32_t below)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % (below ? below : 1);
}

/* Where a random instruction of the code begins. */
static uint32_t any_instruction(const uint8_t *code, uint32_t len)
{
    uint32_t at = 0, found = 0, seen = 0;
    while (at < len) {
        uint32_t size = opcode_size(code + at, len - at);
        if (any(++seen) == 0)
            found = at;
        at += size ? size : len;
    }
    return found;
}

static void change_operand(uint8_t *code, uint32_t size, const struct image_func *f)
{
    static const uint8_t numbers[] = { 0, 1, 2, 127, 128, 249, 250, 255 };
    uint8_t *at = code + 1 + any(size - 1);
    if (size < 2)
        return;
    switch (any(4)) {
    case 0: *at = numbers[any(sizeof numbers)]; break;
    case 1: *at = (uint8_t)(*at + 1); break;
    case 2: *at = (uint8_t)(*at - 1); break;
    default: *at = (uint8_t)any(f->nslots + 1u); break; /* mostly a slot */
    }
}

/* Another instruction of the same size. */
static void change_opcode(uint8_t *code, uint32_t size)
{
    uint8_t old = *code;
    for (int turns = 0; turns < 100; turns++) {
        *code = (uint8_t)any(OP_COUNT);
        if (opcode_size(code, size) == size)
            return;
    }
    *code = old;
}

static void swap(uint8_t *code, uint32_t len, uint32_t a)
{
    uint8_t first[64];
    uint32_t size = opcode_size(code + a, len - a), b = a + size, next = b < len ? opcode_size(code + b, len - b) : 0;
    if (!next || size > sizeof first)
        return;
    memcpy(first, code + a, size);
    memmove(code + a, code + b, next);
    memcpy(code + a + next, first, size);
}

/* Code is edited in place: images are immutable once loaded, but this one is nobody else's. */
static void edit_code(struct image_func *f)
{
    uint8_t *code = (uint8_t *)(uintptr_t)f->code;
    uint32_t at = any_instruction(code, f->code_len), size = opcode_size(code + at, f->code_len - at);
    uint32_t from = any_instruction(code, f->code_len), other = opcode_size(code + from, f->code_len - from);
    switch (any(6)) {
    case 0: change_opcode(code + at, size); break;
    case 1: swap(code, f->code_len, at); break;
    case 2:
        if (other == size)
            memmove(code + at, code + from, size);
        break;
    default: change_operand(code + at, size, f); break;
    }
}

static void edit_function(struct image_func *f)
{
    uint8_t *slots = (uint8_t *)(uintptr_t)f->slots;
    switch (any(16)) {
    case 0:
        if (f->nslots)
            slots[any(f->nslots)] = (uint8_t)(1 + any(TYPE_COUNT - 1));
        break;
    case 1: f->nparams = (uint8_t)any(f->nslots + 1u); break;
    case 2: f->nresults = (uint8_t)any(f->nslots + 1u); break;
    case 3: f->on_hangup = any_instruction(f->code, f->code_len); break;
    default: edit_code(f); break;
    }
}

static void edit(struct image *im)
{
    struct image_const *k = (struct image_const *)(uintptr_t)im->consts;
    struct image_func *funcs = (struct image_func *)(uintptr_t)im->funcs;
    if (im->nconsts && any(12) == 0)
        k[any(im->nconsts)] = k[any(im->nconsts)];
    else if (any(40) == 0)
        im->entry = any(im->nfuncs);
    else
        edit_function(&funcs[any(im->nfuncs)]);
}

/* 0: not an image that could be changed so. */
static size_t mutate(uint8_t *data, size_t size, size_t max)
{
    uint64_t seed;
    size_t made = 0;
    struct sbuf bytes = { 0 };
    struct image *im = image_input_load(data, size, &seed);
    if (!im)
        return 0;
    for (uint32_t n = 1 + any(3); n; n--)
        edit(im);
    if (image_encode(im, IMAGE_STRIP_NOTHING, &bytes) == ERR_OK && bytes.len <= max) {
        made = bytes.len;
        memcpy(data, bytes.p, made);
        seed += any(8) == 0 ? any(UINT32_MAX) : 0;
        memcpy(data + IMAGE_ID_AT, &seed, sizeof seed);
    }
    image_unref(&im);
    sbuf_free(&bytes);
    return made;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    state = seed;
    size_t made = any(8) ? mutate(data, size, max) : 0;
    return made ? made : LLVMFuzzerMutate(data, size, max);
}
