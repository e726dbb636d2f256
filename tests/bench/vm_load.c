/* How long an image takes to load, check sum and verifier together, by its size: the time a MiB must not grow.
 * Usage: vm_load [TURNS] */
#include <time.h>

#include "tests/unit/isa/asm.h"

enum { FUNCTION_SIZE = 4096 };

static double milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* A function of calls, jumps, texts and loops, repeated. */
static void make(struct asm_image *a)
{
    asm_text(a, "text");
    asm_func(a, "main", 0, 0, "ititj");
    while (a->code.len < FUNCTION_SIZE - 32) {
        asm_op(a, OP_ADDI, 0, 0, 1);
        asm_op(a, OP_TEXTK, 1, 0);
        asm_op(a, OP_CONCAT, 3, 1, 1);
        asm_op(a, OP_CALL, 0, 2);
        asm_op(a, OP_LOOP);
        sbuf_add(&a->code, "\7", 2); /* back to the call */
    }
    asm_op(a, OP_RET);
    asm_close(a);
}

static struct sbuf image_of(const struct asm_image *a, size_t bytes, unsigned how)
{
    struct sbuf out = { 0 };
    struct image im = a->im;
    struct image_func *funcs = calloc(bytes / FUNCTION_SIZE, sizeof *funcs);
    if (!funcs)
        abort();
    for (im.nfuncs = 0; im.nfuncs < bytes / FUNCTION_SIZE; im.nfuncs++)
        funcs[im.nfuncs] = a->funcs[0];
    im.funcs = funcs;
    if (image_encode(&im, how, &out))
        abort();
    free(funcs);
    return out;
}

static double load_once(const struct sbuf *bytes)
{
    struct image *im;
    struct image_refusal why;
    double start = milliseconds();
    if (image_load(&im, bytes->p, bytes->len, &why)) {
        fprintf(stderr, "%s\n", why.text);
        abort();
    }
    double took = milliseconds() - start;
    image_unref(&im);
    return took;
}

static void load(const struct asm_image *a, size_t kib, unsigned how, int turns)
{
    struct sbuf bytes = image_of(a, kib << 10, how);
    double best = 1e9;
    for (int i = 0; i < turns; i++) {
        double took = load_once(&bytes);
        best = took < best ? took : best;
    }
    printf("%6zu KiB %8.2f ms %6.2f ms a MiB, %zu bytes of file\n", kib, best, best * 1024 / (double)kib, bytes.len);
    sbuf_free(&bytes);
}

int main(int argc, char **argv)
{
    int turns = argc > 1 ? atoi(argv[1]) : 5;
    struct asm_image *a = asm_new("load");
    make(a);
    for (size_t kib = 64; kib <= 16 << 10; kib *= 4)
        load(a, kib, IMAGE_STRIP_NOTHING, turns);
    load(a, 1016, IMAGE_PACK, turns); /* all that a packed image may hold */
    asm_free(a);
    return 0;
}
