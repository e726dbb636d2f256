/* Random programs give the same in the machine and in the evaluator: the same ones each time, then new ones. A failure
 * prints the seed and a smaller program that fails alike. Usage: test_differential [COUNT [SEED] | show SEED] */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/fuzz/differential/compare.h"

enum { FIXED = 2000, NEW = 1000, CHOICES_LEAST = 20, CHOICES_MOST = 1500 };

static uint64_t next(uint64_t *seed)
{
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static void choices_of(struct sbuf *out, uint64_t seed)
{
    sbuf_clear(out);
    for (uint64_t n = CHOICES_LEAST + next(&seed) % CHOICES_MOST; n; n--)
        sbuf_char(out, (char)next(&seed));
}

/* The verdict of one seed; what is wrong is printed. */
static enum verdict try(uint64_t seed, struct sbuf *choices, struct sbuf *report)
{
    choices_of(choices, seed);
    sbuf_clear(report);
    enum verdict v = compare_choices(sbuf_view(choices), report);
    if (v < VERDICT_REFUSED)
        return v;
    compare_shrink(choices, v);
    sbuf_clear(report);
    (void)compare_choices(sbuf_view(choices), report);
    printf("seed %" PRIu64 ": %s\n%s\n", seed, v == VERDICT_REFUSED ? "refused" : "differs", report->p);
    return v;
}

static int run(uint64_t first, uint64_t count)
{
    struct sbuf choices = { 0 }, report = { 0 };
    uint64_t seen[VERDICT_DIFFERS + 1] = { 0 }, wrong;
    for (uint64_t i = 0; i < count && seen[VERDICT_REFUSED] + seen[VERDICT_DIFFERS] < 5; i++)
        seen[try(first + i, &choices, &report)]++;
    wrong = seen[VERDICT_REFUSED] + seen[VERDICT_DIFFERS];
    printf("seeds from %" PRIu64 ": %" PRIu64 " the same, %" PRIu64 " at a limit, %" PRIu64 " refused, %" PRIu64
           " differ\n",
           first, seen[VERDICT_SAME], seen[VERDICT_LIMIT], seen[VERDICT_REFUSED], seen[VERDICT_DIFFERS]);
    sbuf_free(&choices);
    sbuf_free(&report);
    return wrong || seen[VERDICT_LIMIT] > count / 20; /* a test of nothing is no test */
}

static int show(uint64_t seed)
{
    struct sbuf choices = { 0 }, report = { 0 };
    choices_of(&choices, seed);
    enum verdict v = compare_choices(sbuf_view(&choices), &report);
    printf("%s", report.p);
    sbuf_free(&choices);
    sbuf_free(&report);
    return v == VERDICT_SAME ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "show") == 0)
        return show(strtoull(argv[2], NULL, 10));
    uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    if (count)
        return run(argc > 2 ? strtoull(argv[2], NULL, 10) : 1, count);
    return run(1, FIXED) | run((uint64_t)time(NULL) * 1000003, NEW);
}
