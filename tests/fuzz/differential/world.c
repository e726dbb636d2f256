#include "tests/fuzz/differential/world.h"

#include <inttypes.h>

enum { ACTIONS_MOST = 2000 };

unsigned world_answer(struct world *w, struct str action, struct str argument, unsigned noutcomes)
{
    sbuf_fmt(&w->trace, "%.*s %.*s\n", STR_ARG(action), STR_ARG(argument));
    if (w->asked++ > ACTIONS_MOST)
        w->ending = ENDING_LIMIT;
    return noutcomes ? w->asked * 7 / 3 % noutcomes : 0;
}

struct str world_payload(const struct world *w)
{
    static const char *const texts[] = { "12", "", "abc", "-7", "yes", "Zażółć gęślą", "\n", "12" };
    return str_of(texts[w->asked % (sizeof texts / sizeof *texts)]);
}

void world_end(struct world *w, enum ending ending, int64_t code)
{
    static const char *const texts[] = {
        [ENDING_NONE] = "still runs",
        [ENDING_END] = "ended",
        [ENDING_REFUSED] = "refused",
        [ENDING_OVERFLOW] = "a number too large",
        [ENDING_DIVISION] = "divided by zero",
        [ENDING_INDEX] = "no such element",
        [ENDING_LIMIT] = "a limit",
    };
    w->ending = ending;
    sbuf_fmt(&w->trace, "%s %" PRId64 "\n", texts[ending], code);
}

void world_free(struct world *w) { sbuf_free(&w->trace); }
