/* flowctl bans …: who is not answered. */
#include "sipfront/flowctl.h"

static void show_source(const json_t *value, struct sbuf *out)
{
    sbuf_cstr(out, json_is_string(value) ? json_string_value(value) : "(anywhere)");
}

static void show_user(const json_t *value, struct sbuf *out)
{
    sbuf_cstr(out, json_is_string(value) ? json_string_value(value) : "(all)");
}

static void show_cause(const json_t *value, struct sbuf *out)
{
    sbuf_cstr(out, json_is_true(value) ? "by hand" : "wrong credentials");
}

static void show_until(const json_t *value, struct sbuf *out)
{
    if (json_is_string(value))
        ctl_show_time(value, out);
    else
        sbuf_cstr(out, "(removed)");
}

int ctl_tls_reload(struct ctl *c)
{
    return ctl_say_done(c, "POST", ctl_path("/v1/tls/reload", "", ""), NULL,
                        "the certificate was read anew; connections that are up go on");
}

int ctl_bans_list(struct ctl *c)
{
    static const struct ctl_column columns[] = {
        { "SOURCE", "source", show_source }, { "USER", "user", show_user },  { "BECAUSE", "by_hand", show_cause },
        { "UNTIL", "until", show_until },    { "REFUSED", "refused", NULL }, { NULL, NULL, NULL },
    };
    return ctl_list(c, "/v1/bans", "bans", columns, "nobody is banned");
}

int ctl_bans_add(struct ctl *c)
{
    struct sbuf text = { 0 };
    json_t *body = json_pack("{s: s}", "source", c->args[0]);
    if (c->option[CTL_FOR]) {
        int64_t ms = ctl_read_duration(c->option[CTL_FOR]);
        if (ms <= 0) {
            json_decref(body);
            ctl_complain("--for wants a time such as 10m or 24h", NULL);
            return CTL_USAGE;
        }
        json_object_set_new(body, "for_ms", json_integer(ms));
    }
    sbuf_fmt(&text, "%s is not answered any more", c->args[0]);
    int status = ctl_say_done(c, "POST", ctl_path("/v1/bans", "", ""), body, text.p);
    sbuf_free(&text);
    return status;
}

int ctl_bans_remove(struct ctl *c)
{
    struct sbuf text = { 0 };
    sbuf_fmt(&text, "%s is answered again", c->args[0]);
    int status = ctl_say_done(c, "DELETE", ctl_path("/v1/bans/", c->args[0], ""), NULL, text.p);
    sbuf_free(&text);
    return status;
}
