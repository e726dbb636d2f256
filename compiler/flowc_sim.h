/* The parts of `flowc sim`: the call, and the terminal beside it. For flowc_*.c only. One thread. */
#ifndef COMPILER_FLOWC_SIM_H
#define COMPILER_FLOWC_SIM_H

#include <argp.h>
#include <stdio.h>

#include "compiler/flowc_speak.h"
#include "stdlib/running.h"
#include "stdlib/sim/sim_session.h"

extern const struct argp flowc_sim_argp;
int flowc_sim(int argc, char **argv);

struct sim_terminal {
    struct sim_session *session;
    FILE *in, *out;
    bool echo;  /* what is read is not on the screen yet: it comes from a pipe */
    bool trace; /* each action as it begins and ends, as the server logs it */
    bool color;
    bool over;  /* nothing more can be read: the caller hangs up */
    char *line; /* the last one read */
    size_t room;
    int64_t hang_up_at;  /* by the call's clock; INT64_MAX: not planned */
    bool told;           /* something was said since the action in progress began */
    struct speak *speak; /* NULL: nobody listens */
    bool silent;         /* the caller lets the action in progress pass */
};

/* Asks and reads a line without its end; an empty one at the input's end. Borrowed until the next. */
struct str sim_ask_line(struct sim_terminal *t, const char *question);
/* "30s", "1m30s", "500ms", "10" (seconds); false when it is none. */
bool sim_read_duration(struct str s, int64_t *ms);
/* A line of the call's story, with its second. */
void sim_print(struct sim_terminal *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Far ends, web services and the like: the person at the terminal says what they do. */
struct sim_world sim_terminal_world(struct sim_terminal *t);
int64_t sim_now(const struct sim_terminal *t);

#endif
