/* flowctl memory …: what flows remember. */
#include <stdlib.h>

#include "sipfront/flowctl.h"

int ctl_memory_list(struct ctl *c)
{
    static const struct ctl_column columns[] = {
        { "FLOW", "flow", NULL },   { "KEY", "key", NULL },
        { "VALUE", "value", NULL }, { "UNTIL", "until", ctl_show_time },
        { NULL, NULL, NULL },
    };
    char *path = c->args[0] ? ctl_path("/v1/memory?flow=", c->args[0], "") : ctl_path("/v1/memory", "", "");
    int status = ctl_list(c, path, "memory", columns, "nothing is remembered");
    free(path);
    return status;
}

int ctl_memory_remove(struct ctl *c)
{
    struct sbuf text = { 0 };
    sbuf_fmt(&text, "%s has forgotten %s", c->args[0], c->args[1]);
    char *before = ctl_path("/v1/memory/", c->args[0], "?key=");
    char *path = ctl_path(before, c->args[1], "");
    int status = ctl_say_done(c, "DELETE", path, NULL, text.p);
    free(before);
    sbuf_free(&text);
    return status;
}
