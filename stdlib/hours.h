/* Opening hours: whether a moment lies in an hours table of an image. The live and the simulated call share it. Any
 * thread. */
#ifndef STDLIB_HOURS_H
#define STDLIB_HOURS_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/run/action.h"

/* moment in milliseconds since 1970. A rule for the date beats rules for the day of the week. False in a zone that the
 * system does not know: flow_bind_check() has refused such an image. */
bool hours_open(const struct image_hours *h, int64_t moment_ms);

#endif
