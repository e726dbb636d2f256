/* What a flow will say next, made ready while it still does something else. Loop thread; private to stdlib. */
#ifndef STDLIB_AHEAD_H
#define STDLIB_AHEAD_H

#include "stdlib/run_state.h"

/* The flow is at an action that has begun. Where its end is known beforehand (`say`, `play`, `pause`, `log`: done) a
 * copy of the machine goes on from there, through the next few such actions, and the port is told what they will say. A
 * caller who cuts in makes it needless, never wrong: the copy has no effect, and no Lua. */
void ahead_look(const struct flow_run *run);

#endif
