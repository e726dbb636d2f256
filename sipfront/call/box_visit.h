/* A call's visit to a mailbox: which box is open, what was recorded and not yet decided about, which messages were
 * gone through. Private to sipfront/call. Loop thread. Owned by its call; what is to outlive the call is the server's
 * (message_keep.h). */
#ifndef SIPFRONT_CALL_BOX_VISIT_H
#define SIPFRONT_CALL_BOX_VISIT_H

#include "sipfront/call/call.h"
#include "sipfront/call/message_keep.h"
#include "sipfront/directory/box.h"
#include "vm/base/vec.h"

struct visit {
    char *box;                  /* "" until one is opened */
    int64_t max_ms, silence_ms; /* of a message, 0: not said */
    bool greeted, transcribe;
    bool entered, wants_pin, own;
    bool full, failed;
    struct message_file draft; /* path NULL: none */
    char left_id[40];          /* the message kept last, "" none */
    int64_t left_ms;
    /* listening */
    VEC(char *) list; /* ids, as they were when the list was begun */
    size_t at;
    bool saved, listed;
    char *current; /* id, NULL none */
    VEC(char *) deleted;
};

/* The call's visit; made when it has none. */
struct visit *visit_of(struct call *c);
void visit_open_box(struct visit *v, struct str box);
/* What is undecided is kept, what was deleted goes; the call has no visit after it. kept (may be NULL) comes when the
 * draft is listed or could not be; NULL: there was none, and it does not come. */
struct keeping *visit_close(struct call *c, message_kept_cb *kept, void *arg);
void visit_drop_draft(struct call *c); /* and its file */

/* Which of the two paths a draft's or message's sound stands for (server_sound_path()): '@' and the file's name. */
void visit_sound(const char *path, struct sbuf *out);

/* call_port.box */
extern const struct box_port call_box_port;

#endif
