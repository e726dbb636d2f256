/* flowctl outbox …: mails and web hooks that are on their way out. */
#include "sipfront/flowctl.h"

int ctl_outbox_list(struct ctl *c)
{
    static const struct ctl_column columns[] = {
        { "ID", "id", NULL },           { "KIND", "kind", NULL },   { "TO", "to", NULL },
        { "STATE", "state", NULL },     { "TRIES", "tries", NULL }, { "NEXT", "next_at", ctl_show_time },
        { "SUBJECT", "subject", NULL }, { "WHY", "why", NULL },     { NULL, NULL, NULL },
    };
    return ctl_list(c, "/v1/outbox", "outbox", columns, "nothing waits to be sent");
}

static int say(struct ctl *c, const char *method, char *path, const char *done)
{
    struct sbuf text = { 0 };
    sbuf_fmt(&text, "%s %s", done, c->args[0]);
    int status = ctl_say_done(c, method, path, NULL, text.p);
    sbuf_free(&text);
    return status;
}

int ctl_outbox_retry(struct ctl *c) { return say(c, "POST", ctl_path("/v1/outbox/", c->args[0], "/retry"), "trying"); }

int ctl_outbox_remove(struct ctl *c) { return say(c, "DELETE", ctl_path("/v1/outbox/", c->args[0], ""), "removed"); }
