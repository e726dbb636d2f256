/* What the files of notify share. Private to sipfront/notify. */
#ifndef SIPFRONT_NOTIFY_INSIDE_H
#define SIPFRONT_NOTIFY_INSIDE_H

#include "sipfront/loop/workers.h"
#include "sipfront/notify/notify.h"
#include "sipfront/web/address.h"

enum { SENDING_AT_ONCE = 4 };

/* Constant from notify_new() to notify_free(): the workers read it. */
struct notify_config {
    char *smtp, *mail_from, *smtp_user, *smtp_password, *ca_file, *hook_secret; /* NULL: none */
    long smtp_tls;                                                              /* CURLUSESSL_ */
    struct address_range *reachable; /* private networks that web hooks may go to */
    unsigned nreachable;
    int64_t retry_ms;
};

struct notify {
    struct loop *loop;
    struct directory *directory;
    struct workers *workers;
    struct notify_config config;
    struct clock_timer *next;
    struct sending *sending[SENDING_AT_ONCE];
    void (*sent)(const struct letter *l, void *owner);
    void *owner;
    unsigned made; /* for ids */
    bool closing;
    struct notify_counts counts;
};

enum sent_how { SENT, SENT_NOT, SENT_NEVER /* refused for good */ };

/* One try: made on the loop, run on a worker, back on the loop. Owns its texts. */
struct sending {
    struct notify *notify;
    const struct notify_config *config;
    enum letter_kind kind;
    char *id, *to, *subject, *attachment; /* attachment "": none */
    struct sbuf body;                     /* mail: text; web hook: JSON */
    enum sent_how how;
    char why[320]; /* room for what libcurl says, CURL_ERROR_SIZE */
};

/* Worker thread: blocks for at most a minute. Set how and why. */
void send_mail(struct sending *s);
void send_hook(struct sending *s);

/* The body of that letter: loop thread, reads the directory. */
void letter_body(const struct notify *n, const struct letter *l, struct sbuf *out);

#endif
