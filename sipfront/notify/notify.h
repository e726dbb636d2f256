/* What flows and boxes send out: mails (SMTP) and web hooks (HTTP POST, signed), by libcurl on threads of its own. What
 * is to be sent is a row of the directory (letter.h) before anybody is told that it is queued, and stays there until
 * the other side has taken it: a crash, a dead mail server or a full day without a network lose none. Tries come at
 * growing distances; after NOTIFY_TRIES, or when the mail server refuses for good (RFC 5321, section 4.2.1: 5yz), it is
 * given up: it stays listed with the reason until an operator retries or removes it. Loop thread. Borrows loop and
 * directory. */
#ifndef SIPFRONT_NOTIFY_NOTIFY_H
#define SIPFRONT_NOTIFY_NOTIFY_H

#include "sipfront/directory/letter.h"
#include "sipfront/loop/loop.h"

struct notify;
struct address_range;

enum {
    NOTIFY_TRIES = 14,       /* about two days with the distances of retry_ms 30 s */
    NOTIFY_MOST = 10000,     /* letters; more are refused (ERR_LIMIT) */
    NOTIFY_MOST_TEXT = 65536 /* bytes of a text */
};

struct notify_params {
    struct loop *loop;
    struct directory *directory;
    const char *smtp;      /* smtp://HOST:PORT or smtps://HOST:PORT, with ?tls=require|try|none; NULL: mails wait */
    const char *mail_from; /* needed with smtp */
    const char *smtp_user; /* NULL: no login */
    const char *smtp_password;
    const char *ca_file;                   /* NULL: the system's */
    const char *hook_secret;               /* signs web hooks; NULL: unsigned */
    const struct address_range *reachable; /* private networks that web hooks may go to (sipfront/web/address.h) */
    unsigned nreachable;
    int64_t retry_ms; /* distance of the first retry; 0: 30 s */
    /* The other side has taken it; the row is gone after this. May be NULL. */
    void (*sent)(const struct letter *l, void *owner);
    void *owner;
};

/* Copies the texts. ERR_INVALID with the reason in why. */
enum err notify_new(struct notify **out, const struct notify_params *p, struct sbuf *why) MUST_USE;
/* Waits for what is being sent (at most the time of one try); the rest stays queued for the next start. Items may still
 * be added, until notify_free(). */
void notify_stop(struct notify *n);
/* After the directory is closed and the loop drained. Accepts a pointer to NULL. */
void notify_free(struct notify **n);

/* The id and the times are made here. about: the id of a voicemail message, whose audio then goes with it (a mail
 * waits for its transcript a while), NULL for none. done (its done may be NULL) comes when it is safely queued, or with
 * ERR_LIMIT, ERR_INVALID or ERR_DB. */
struct notify_item {
    enum letter_kind kind;
    const char *to, *subject, *text;
    const char *attachment; /* a file that stays until it is sent, NULL for none */
    const char *about;
};
void notify_add(struct notify *n, const struct notify_item *it, struct directory_done done);

/* For operators: tries it now, with all tries ahead again. ERR_NOT_FOUND. */
void notify_retry(struct notify *n, const char *id, struct directory_done done);
void notify_remove(struct notify *n, const char *id, struct directory_done done);
/* Whether it is being sent at this moment. */
bool notify_sending(const struct notify *n, const char *id);
/* Something that a letter waits for has changed. */
void notify_look(struct notify *n);

struct notify_counts {
    unsigned waiting, given_up;
    uint64_t sent, failed, refused; /* failed: tries; refused: for want of room */
};
void notify_counts(const struct notify *n, struct notify_counts *out);

#endif
