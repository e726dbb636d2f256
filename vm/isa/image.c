/* An image's life after it was read. */
#include "vm/isa/image.h"

#include <stdio.h>

enum err image_load_file(struct image **out, const char *path, struct image_refusal *why)
{
    struct sbuf bytes = { 0 };
    *out = NULL;
    enum err e = sbuf_read_file(&bytes, path, IMAGE_MAX_SIZE);
    if (!e)
        e = image_load(out, bytes.p, bytes.len, why);
    else if (why)
        snprintf(why->text, sizeof why->text, "%s", err_text(e));
    sbuf_free(&bytes);
    return e;
}

struct image *image_ref(struct image *im)
{
    __atomic_fetch_add(&im->refs, 1, __ATOMIC_RELAXED);
    return im;
}

void image_unref(struct image **im)
{
    if (!im || !*im)
        return;
    if (__atomic_fetch_sub(&(*im)->refs, 1, __ATOMIC_ACQ_REL) == 1) {
        struct arena *arena = (*im)->arena; /* the image itself lies in it */
        arena_free(&arena);
    }
    *im = NULL;
}

struct image_line image_line_at(const struct image_func *f, uint32_t pc)
{
    uint32_t low = 0, high = f->nlines; /* the last row with lines[low - 1].pc <= pc */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (f->lines[middle].pc <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? f->lines[low - 1] : (struct image_line){ 0 };
}
