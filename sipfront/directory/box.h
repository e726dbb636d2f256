/* Voicemail boxes: their settings, and reading their messages. Part of directory.h, with its rules on threads and
 * texts. A box is one of a Connection (its user is the name) or a shared one (any other name). One without a row takes
 * messages too and has the settings of BOX_DEFAULTS. */
#ifndef SIPFRONT_DIRECTORY_BOX_H
#define SIPFRONT_DIRECTORY_BOX_H

#include "sipfront/directory/directory.h"

struct box {
    const char *name;
    const char *mail, *webhook;                         /* where each new message is told, "" nowhere */
    const char *pin;                                    /* its hash (sipfront/call/pin.h), "" none */
    const char *greeting, *busy_greeting, *spoken_name; /* WAV files, "" the default by name */
    bool pin_always;                                    /* its own phones are asked for the PIN too */
    bool delete_mailed;                                 /* a message goes once the mail server has it */
    bool transcribe;
    const char *transcribe_by;                  /* the engine's name, "" the server's */
    int64_t most_messages, most_ms, most_bytes; /* 0: as BOX_DEFAULTS */
    int64_t message_ms;                         /* the longest message, 0: the flow's */
    int64_t wrong_pins, locked_until_wall_ms;   /* wrong PINs in a row; not set by directory_put_box() */
};

enum { BOX_MOST_MESSAGES = 100, BOX_MOST_MINUTES = 200 }; /* the default quota; bytes are without one */

/* NULL when it has no row. */
const struct box *directory_box(const struct directory *d, const char *name);
/* The row, or the defaults under that name, which is borrowed. */
struct box directory_box_settings(const struct directory *d, const char *name);
void directory_each_box(const struct directory *d, void (*each)(const struct box *b, void *arg), void *arg);

/* What a box holds; kept up to date with every change, so asking costs nothing. */
struct box_holds {
    unsigned unheard, heard, urgent; /* urgent: of the unheard */
    int64_t ms, bytes;
};
struct box_holds directory_box_holds(const struct directory *d, const char *name);
bool directory_box_full(const struct directory *d, const char *name);
/* The box's messages with that flag, urgent before others, then oldest first: the n-th (from 0), or NULL. */
const struct message *directory_box_message(const struct directory *d, const char *name, bool heard, unsigned n);

/* Makes the row or replaces its settings. ERR_INVALID. */
void directory_put_box(struct directory *d, const struct box *b, struct directory_done done);
/* ERR_NOT_FOUND: the box has no row. */
void directory_lock_box(struct directory *d, const char *name, int64_t wrong_pins, int64_t until_wall_ms,
                        struct directory_done done);
/* Settings go, messages stay. */
void directory_remove_box(struct directory *d, const char *name, struct directory_done done);

#endif
