/* Bytes as the choices of a random program: the machine and the evaluator must agree on it. */
#include "tests/fuzz/differential/compare.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sbuf report = { 0 };
    enum verdict v = compare_choices((struct str){ (const char *)data, size }, &report);
    fuzz_holds(v != VERDICT_REFUSED, "the compiler accepts the program", report.p);
    fuzz_holds(v != VERDICT_DIFFERS, "both do the same", report.p);
    sbuf_free(&report);
    return 0;
}
