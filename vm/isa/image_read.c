#include "vm/isa/image_read.h"

void reader_fail(struct reader *r, const char *mistake)
{
    if (!r->mistake)
        r->mistake = mistake;
    r->p = r->end;
}

uint8_t read_byte(struct reader *r)
{
    if (r->p == r->end) {
        reader_fail(r, "it is cut off");
        return 0;
    }
    return *r->p++;
}

uint64_t read_num(struct reader *r)
{
    uint64_t n = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t b = read_byte(r);
        n |= (uint64_t)(b & 0x7f) << shift;
        if (!(b & 0x80))
            return n;
        if (shift == 63) {
            reader_fail(r, "a number is too long");
            return 0;
        }
    }
}

int64_t read_signed(struct reader *r)
{
    uint64_t n = read_num(r);
    return (int64_t)(n >> 1 ^ (0 - (n & 1)));
}

uint32_t read_u32(struct reader *r, uint32_t max)
{
    uint64_t n = read_num(r);
    if (n > max) {
        reader_fail(r, "a number is out of range");
        return 0;
    }
    return (uint32_t)n;
}

uint32_t read_count(struct reader *r, uint32_t max, size_t size)
{
    uint64_t n = read_num(r);
    if (n > max || n > (size_t)(r->end - r->p) / size) {
        reader_fail(r, "a count is larger than what follows");
        return 0;
    }
    return (uint32_t)n;
}

const uint8_t *read_bytes(struct reader *r, size_t len)
{
    if (len > (size_t)(r->end - r->p)) {
        reader_fail(r, "it is cut off");
        return NULL;
    }
    const uint8_t *p = r->p;
    r->p += len;
    return p;
}

struct str read_text(struct reader *r)
{
    uint64_t n = read_num(r);
    if (n >= r->ntexts) {
        reader_fail(r, "there is no text of that number");
        return (struct str){ 0 };
    }
    return r->texts[n];
}

enum type read_type(struct reader *r)
{
    uint8_t t = read_byte(r);
    if (t == TYPE_NONE || t > TYPE_COUNT)
        reader_fail(r, "there is no type of that number");
    return (enum type)t;
}

const uint8_t *read_types(struct reader *r, unsigned n)
{
    const uint8_t *packed = read_bytes(r, (n + 1) / 2);
    if (!packed || !n)
        return NULL;
    uint8_t *types = arena_alloc(r->arena, n);
    for (unsigned i = 0; i < n; i++) {
        types[i] = i % 2 ? packed[i / 2] >> 4 : packed[i / 2] & 15;
        if (types[i] == TYPE_NONE || types[i] > TYPE_COUNT)
            reader_fail(r, "there is no type of that number");
    }
    return types;
}
