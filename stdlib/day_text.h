/* A moment as the machine's DAYTEXT gives it to the language (action_host.day_text). The live and the simulated call
 * share it. Any thread. */
#ifndef STDLIB_DAY_TEXT_H
#define STDLIB_DAY_TEXT_H

#include "vm/run/action.h"

/* "YYYY-MM-DD HH:MM W" (W: 1 Monday … 7) of the moment, in milliseconds since 1970, by the clocks of that zone; by UTC
 * when the system does not know it. Empty for a year beyond 9999. */
void day_text(int64_t moment_ms, struct str zone, char out[ACTION_DAY_TEXT]);

#endif
