/* What the files of the live box port share: port_box.c (what needs no waiting), box_work.c (what a worker or the
 * directory does). Private to sipfront/call. Loop thread. */
#ifndef SIPFRONT_CALL_PORT_BOX_H
#define SIPFRONT_CALL_PORT_BOX_H

#include "sipfront/call/box_visit.h"
#include "sipfront/call/call_op.h"
#include "sipfront/call/server_parts.h"
#include "stdlib/catalog/catalog.h"
#include "stdlib/catalog/number.h"

struct box_work;

/* One question of a box action. */
struct box_asked {
    struct call_op op;
    box_done_cb *done;
    void *owner;
    struct box_answer answer;
    struct sbuf texts[BOX_PAYLOAD_MAX]; /* what the answer's texts point to */
    struct box_work *work;              /* under way; it goes on without the question */
    struct keeping *keeping;            /* box_keep's */
};

/* The answer, given from the loop. */
void asked_answer(struct box_asked *a, unsigned outcome);
void asked_put_text(struct box_asked *a, unsigned i, enum type type, const char *text);
void asked_put_num(struct box_asked *a, unsigned i, enum type type, int64_t n);
/* The visit has entered its box: the counts that both ways in tell. */
void asked_enter(struct box_asked *a, unsigned outcome);

/* How long the box is still locked, 0: not. */
int64_t box_locked_ms(const struct call *c, const struct box *b);

/* box_work.c: each ends in asked_answer(), unless the question was stopped meanwhile. */
void work_try_pin(struct box_asked *a, struct str digits);
void work_new_pin(struct box_asked *a, struct str digits);
void work_forward(struct box_asked *a, struct str to);
void work_greeting(struct box_asked *a, struct str kind, const struct vm_sound *recording);
void work_forget(struct box_asked *a); /* the question is stopped */

#endif
