/* What is on its way out: mails and web hooks, until the other side has taken them. Part of directory.h, with its rules
 * on threads and texts. sipfront/notify sends them; flows and boxes add them there, not here. */
#ifndef SIPFRONT_DIRECTORY_LETTER_H
#define SIPFRONT_DIRECTORY_LETTER_H

#include "sipfront/directory/directory.h"

enum letter_kind { LETTER_MAIL, LETTER_WEBHOOK };

struct letter {
    const char *id; /* unique text */
    enum letter_kind kind;
    const char *to; /* address or URL */
    const char *subject, *text;
    const char *attachment; /* a WAV file, "" none */
    const char *about;      /* the message it tells of, "" none */
    const char *why;        /* why the last try failed, "" */
    bool given_up;          /* not tried any more until somebody asks for it */
    int64_t tries, made_wall_ms, next_wall_ms;
};

const char *letter_kind_name(enum letter_kind k);
/* What is neither is a mail: the schema lets no third in. */
enum letter_kind letter_kind_of(const char *name);

const struct letter *directory_letter(const struct directory *d, const char *id);
/* Oldest first. */
void directory_each_letter(const struct directory *d, void (*each)(const struct letter *l, void *arg), void *arg);

/* Adds it, or stores why, given_up, tries and next of one that is there. */
void directory_put_letter(struct directory *d, const struct letter *l, struct directory_done done);
void directory_drop_letter(struct directory *d, const char *id, struct directory_done done);

#endif
