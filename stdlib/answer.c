#include "stdlib/actions.h"

/* The run has answered the call before it comes here (ANSWERS). */
static void start(struct running *r) { action_complete(r, OUT_answer_done, NULL); }

const struct action_ops answer_ops = { .size = sizeof(struct running), .start = start };
