/* Values, actions and ends of the pretend call as a person reads them. One thread; all texts are added to `out`. */
#ifndef STDLIB_SIM_SIM_SHOW_H
#define STDLIB_SIM_SIM_SHOW_H

#include "stdlib/running.h"
#include "stdlib/sim/sim_session.h"

/* In quotes, control characters escaped or left out. */
void sim_show_text(struct str s, struct sbuf *out);
/* As the language writes a number of that type: 1m30s, yes, 42. */
void sim_show_number(enum arg_type type, int64_t n, struct sbuf *out);
/* The action with what it is given by place, and with the labelled arguments whose bits are set. What may be secret is
 * left out. */
void sim_show_action(const struct running *r, uint32_t labels, struct sbuf *out);
/* How a call that is over came to its end. */
void sim_show_end(struct sim_session *s, struct sbuf *out);

#endif
