/* Telephone numbers: what people dial and carriers write, to E.164 ("+48221234567") and back. Pure; any thread. */
#ifndef SIPFRONT_CALL_NUMBERING_H
#define SIPFRONT_CALL_NUMBERING_H

#include "sipfront/directory/outside.h"

enum { NUMBER_TEXT = 32 };

/* The server's country. Borrowed. */
struct numbering {
    const char *country;       /* "48"; "" none: only numbers with + or the international prefix are known */
    const char *national;      /* prefix of national numbers, "0"; "" where there is none */
    const char *international; /* prefix of all others, "00" */
    const char *emergency;     /* "112, 911, 999" */
};

bool numbering_is_emergency(const struct numbering *n, const char *dialled);
/* What somebody dialled: an emergency number as it is, else E.164. false: no telephone number. */
bool numbering_dialled(const struct numbering *n, const char *dialled, char out[NUMBER_TEXT]);
/* A number as this carrier writes it: the called one, with the trunk's strip and prepend, or the caller's. */
bool numbering_called(const struct numbering *n, const struct trunk_settings *t, const char *text,
                      char out[NUMBER_TEXT]);
bool numbering_caller(const struct numbering *n, const struct trunk_settings *t, const char *text,
                      char out[NUMBER_TEXT]);
/* E.164, or an emergency number, as this carrier wants it. */
void numbering_to_carrier(const struct numbering *n, const struct trunk_settings *t, const char *number,
                          char out[NUMBER_TEXT]);

#endif
