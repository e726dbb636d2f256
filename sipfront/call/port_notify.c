/* call_port: what a flow sends out. It is queued in the outbox, which sends it; nobody waits for it. */
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/server_parts.h"
#include "vm/base/log.h"

static char *copy(struct str s)
{
    char *p = strndup(s.p ? s.p : "", s.len);
    if (!p)
        abort();
    return p;
}

/* The flow has gone on: what could not be queued is told to the operator. */
static void on_queued(enum err e, const char *why, void *arg)
{
    char *call = arg;
    if (e)
        log_error("notify", "call=%s: what the flow sends is lost: %s", call, why);
    else
        log_info("notify", "call=%s: queued", call);
    free(call);
}

static void add(struct call *c, enum letter_kind kind, struct str to, const struct notify_request *rq)
{
    char *address = copy(to), *subject = copy(rq->subject), *text = copy(rq->text);
    struct notify_item it = {
        .kind = kind, .to = address, .subject = *subject ? subject : c->facts.flow, .text = text
    };
    notify_add(c->server->notify, &it, (struct directory_done){ on_queued, copy(str_of(c->facts.id)) });
    free(address);
    free(subject);
    free(text);
}

void call_notify(void *self, const struct notify_request *rq)
{
    struct call *c = self;
    if (rq->email.len)
        add(c, LETTER_MAIL, rq->email, rq);
    if (rq->webhook.len)
        add(c, LETTER_WEBHOOK, rq->webhook, rq);
}
