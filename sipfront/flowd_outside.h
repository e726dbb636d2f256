/* flowd's options about the telephone network: a part of its command line. */
#ifndef SIPFRONT_FLOWD_OUTSIDE_H
#define SIPFRONT_FLOWD_OUTSIDE_H

#include <argp.h>

/* For argp_child; its input is a struct outside_params (server.h). */
extern const struct argp flowd_outside_argp;

#endif
