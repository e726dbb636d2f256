/* A record's line of the log as a JSON object: {"type":"call","call":"…","version":3,"answered":null,…}. Pure. Private
 * to sipfront/call. */
#ifndef SIPFRONT_CALL_CDR_JSON_H
#define SIPFRONT_CALL_CDR_JSON_H

#include "vm/base/str.h"

/* Adds " key=value" to a line of the log: blanks, control characters and % of the value as %20 and so on, so that what
 * a caller chose is one word. NULL: "-"; a value that is "-" itself: "%2D". */
void cdr_put(struct sbuf *line, const char *key, const char *value);
/* Appends the object and a line's end; type: "call" or "leg". What is "-" in the line is null, figures are numbers. */
void cdr_json(struct sbuf *out, const char *type, struct str line);

#endif
