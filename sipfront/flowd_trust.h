/* flowd's options about what images may do. For flowd.c alone. */
#ifndef SIPFRONT_FLOWD_TRUST_H
#define SIPFRONT_FLOWD_TRUST_H

#include <argp.h>

struct trust;

extern const struct argp flowd_trust_argp; /* a child of flowd's own */
const struct trust *flowd_trust(void);     /* whose images the options say; static */

#endif
