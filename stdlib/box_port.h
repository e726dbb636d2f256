/* What the box actions ask of a call: the part of call_port.h that knows mailboxes. A call visits one box at a time.
 * Loop thread; rules as in call_port.h. */
#ifndef STDLIB_BOX_PORT_H
#define STDLIB_BOX_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/run/action.h"

struct call_op;

/* One of the catalogue's box rows (but box_record, which is record with draft set). */
struct box_request {
    unsigned action; /* ACTION_ID_box_… */
    struct str text; /* its text argument: box, digits, to, kind; empty when left off */
    bool flag;       /* its yes or no */
    struct vm_sound sound;
};
enum { BOX_PAYLOAD_MAX = 6 };
struct box_answer {
    unsigned outcome; /* its number in the row */
    struct vm_value payload[BOX_PAYLOAD_MAX];
};
typedef void box_done_cb(const struct box_answer *a, void *owner);

/* What `voicemail` and `mailbox` begin a visit with; texts are copied. */
struct box_visit {
    struct str box;
    int64_t max_ms, silence_ms; /* of the message; 0: whatever box_record says */
    bool greeted;               /* the caller has heard a greeting already */
    bool transcribe;
};
/* What came of it: the facts, whatever the flow that ran has made of them. */
enum box_result { BOX_NOTHING, BOX_LEFT, BOX_FULL, BOX_FAILED, BOX_ENTERED };
struct box_end {
    enum box_result how;
    struct str id; /* BOX_LEFT: the message's */
    int64_t length_ms;
};
typedef void box_end_cb(const struct box_end *end, void *owner);

struct box_port {
    struct call_op *(*ask)(void *self, const struct box_request *rq, box_done_cb *done, void *owner);
    /* The rest may be NULL: the host has no flows behind `voicemail` and `mailbox`.
     * The flow of that name, borrowed until the loop's next event; NULL when there is none. */
    struct image *(*flow)(void *self, const char *name);
    void (*begin)(void *self, const struct box_visit *v);
    /* Keeps what is undecided, deletes what is to go. done may be NULL: all the same it is done. */
    struct call_op *(*end)(void *self, box_end_cb *done, void *owner);
};

#endif
