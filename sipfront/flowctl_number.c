/* flowctl number …: what the telephone network dials. */
#include "sipfront/flowctl.h"

int ctl_number_add(struct ctl *c)
{
    struct sbuf text = { 0 };
    if (!c->option[CTL_TO]) {
        ctl_complain("--to USER is missing: the Connection that the Number reaches", NULL);
        return CTL_USAGE;
    }
    sbuf_fmt(&text, "added %s, it reaches %s", c->args[0], c->option[CTL_TO]);
    json_t *body = json_pack("{s: s, s: s}", "number", c->args[0], "user", c->option[CTL_TO]);
    int status = ctl_say_done(c, "POST", ctl_path("/v1/numbers", "", ""), body, text.p);
    sbuf_free(&text);
    return status;
}

int ctl_number_list(struct ctl *c)
{
    static const struct ctl_column columns[] = { { "NUMBER", "number", NULL },
                                                 { "REACHES", "user", NULL },
                                                 { NULL, NULL, NULL } };
    return ctl_list(c, "/v1/numbers", "numbers", columns, "no Numbers; flowctl number add +… --to USER");
}

int ctl_number_remove(struct ctl *c)
{
    struct sbuf text = { 0 };
    sbuf_fmt(&text, "removed %s", c->args[0]);
    int status = ctl_say_done(c, "DELETE", ctl_path("/v1/numbers/", c->args[0], ""), NULL, text.p);
    sbuf_free(&text);
    return status;
}
