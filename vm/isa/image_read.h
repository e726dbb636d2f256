/* A reader of an image's bytes that cannot be led outside of them: after the first mistake it gives zeroes and keeps
 * the mistake. Private to vm/isa. It borrows the bytes. */
#ifndef VM_ISA_IMAGE_READ_H
#define VM_ISA_IMAGE_READ_H

#include "vm/isa/image.h"

struct reader {
    const uint8_t *p, *end;
    const char *mistake; /* NULL as long as all went well; static */
    struct arena *arena; /* what is read goes there */
    const struct str *texts;
    uint32_t ntexts;
};

void reader_fail(struct reader *r, const char *mistake); /* the first one counts */
uint8_t read_byte(struct reader *r);
uint64_t read_num(struct reader *r);
int64_t read_signed(struct reader *r);
/* A number of at most max. */
uint32_t read_u32(struct reader *r, uint32_t max);
/* A count of things that take at least size bytes each, so that no more is allocated than the bytes can fill. */
uint32_t read_count(struct reader *r, uint32_t max, size_t size);
/* len bytes in place. */
const uint8_t *read_bytes(struct reader *r, size_t len);
struct str read_text(struct reader *r);
/* n types of four bits; only real types pass. */
const uint8_t *read_types(struct reader *r, unsigned n);
enum type read_type(struct reader *r);

#endif
