/* flowd's options about transcription: a part of its command line. */
#ifndef SIPFRONT_FLOWD_SCRIBE_H
#define SIPFRONT_FLOWD_SCRIBE_H

#include <argp.h>

/* For argp_child; its input is a struct scribe_params. */
extern const struct argp flowd_scribe_argp;

/* The first line of a file: a secret has no place on a command line, which others can see. Never freed: it lives as
 * long as the options. */
const char *flowd_read_secret(struct argp_state *st, const char *option, const char *file);

#endif
