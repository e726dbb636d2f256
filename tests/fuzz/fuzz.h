/* What the fuzz targets share: each fuzz_*.c is one target, fed by libFuzzer, or by replay.c from files.
 * A broken promise ends the process, so that the fuzzer keeps the input. One thread. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* promise: a sentence that must be true here. */
#define FUZZ_HOLDS(condition, promise) fuzz_holds((condition), (promise), "")
static inline void fuzz_holds(int holds, const char *promise, const char *more)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s %s\n", promise, more);
    abort();
}

/* The bytes as a C text; the caller frees it. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        abort();
    memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

#endif
