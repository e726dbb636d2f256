/* flowctl conference …: the rooms in which callers talk together now. */
#include "sipfront/flowctl.h"

static void show_recorded(const json_t *value, struct sbuf *out) { sbuf_cstr(out, json_is_true(value) ? "yes" : "no"); }

int ctl_conference_list(struct ctl *c)
{
    static const struct ctl_column columns[] = {
        { "NAME", "name", NULL },
        { "MEMBERS", "members", NULL },
        { "MUTED", "muted", NULL },
        { "RECORDED", "recorded", show_recorded },
        { "SINCE", "started_at", ctl_show_time },
        { NULL, NULL, NULL },
    };
    return ctl_list(c, "/v1/conferences", "conferences", columns, "nobody is in a conference");
}

int ctl_conference_end(struct ctl *c)
{
    struct sbuf text = { 0 };
    sbuf_fmt(&text, "conference %s is ended; its callers' flows go on", c->args[0]);
    int status = ctl_say_done(c, "DELETE", ctl_path("/v1/conferences/", c->args[0], ""), NULL, text.p);
    sbuf_free(&text);
    return status;
}
