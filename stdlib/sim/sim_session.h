/* One simulated call from its first moment to its end: clock, pretend call and flow run together. One thread.
 * Owns all three; holds the image; borrows facts and world, which outlive it. */
#ifndef STDLIB_SIM_SIM_SESSION_H
#define STDLIB_SIM_SIM_SESSION_H

#include "stdlib/sim/sim_call.h"
#include "stdlib/sim/sim_clock.h"

struct sim_header {
    struct str name, value;
};

/* What the flow can read of its call. */
struct sim_facts {
    struct str from, from_name, to;
    struct str dialed, dialed_name; /* the Connection */
    int64_t ring_ms;
    bool has_voicemail;
    int64_t wall_ms; /* when the call comes */
    const struct sim_header *headers;
    unsigned nheaders;
};

#define SIM_CALL_ID STR("simulated")

struct sim_session;

/* The flow runs from the first sim_clock_step() on. Errors of vm_new(). */
enum err sim_session_new(struct sim_session **out, struct image *im, const struct sim_facts *facts,
                         const struct sim_world *world) MUST_USE;
/* Before the first step: flow_run_mark(). */
void sim_session_mark(struct sim_session *s, struct vm_marks *marks);
void sim_session_free(struct sim_session **s); /* accepts NULL and a pointer to NULL */

struct sim_clock *sim_session_clock(struct sim_session *s);
struct sim_call *sim_session_call(struct sim_session *s);
struct flow_run *sim_session_run(struct sim_session *s);

/* Whether the flow is over, and then how. */
bool sim_session_over(const struct sim_session *s);
enum flow_end sim_session_end(const struct sim_session *s);
/* Goes on until the flow is over; false when it waits for something that will never come. */
bool sim_session_finish(struct sim_session *s);

#endif
