/* Which outcome several refused targets come to: no_answer when any rang to the end, else busy, declined, limited,
 * failed, offline. Used by one dial to several (the port) and by several dials (a hunt). Pure: any thread. */
#ifndef STDLIB_DIAL_RANK_H
#define STDLIB_DIAL_RANK_H

#include "stdlib/call_port.h"

/* Whether a says more than b; DIAL_ENDED says most. */
bool dial_outranks(enum dial_outcome a, enum dial_outcome b);
/* Who ended a talk, in the flow's words. */
struct str dial_by_text(enum dial_by by);

#endif
