/* What the files that check values share. Loop thread. Private to sipfront/directory. */
#ifndef SIPFRONT_DIRECTORY_CHECK_H
#define SIPFRONT_DIRECTORY_CHECK_H

#include "sipfront/directory/change.h"

/* Sets e to ERR_INVALID and why; the first refusal counts. */
void check_refuse(struct change *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* A text that people give and phones or pages show: not blank, of bounded length, without control characters. */
void check_text(struct change *c, const char *what, const char *text);

/* The value of that option of flowctl is one of those, which are written with commas. */
void check_one_of(struct change *c, const char *option, const char *value, const char *possible);

void check_trunk(struct change *c);
void check_dial_rule(struct change *c);

#endif
