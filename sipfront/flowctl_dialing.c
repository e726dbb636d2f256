/* flowctl connection …: what its devices may dial outside. */
#include <stdlib.h>

#include "sipfront/flowctl.h"

static int usage(const char *message)
{
    ctl_complain(message, "see --help of this command");
    return CTL_USAGE;
}

static bool add_whole(json_t *body, const char *key, const char *text)
{
    int64_t n;
    if (!text)
        return true;
    if (!str_to_int(str_of(text), &n) || n < 0)
        return false;
    json_object_set_new(body, key, json_integer(n));
    return true;
}

bool ctl_dialing_given(const struct ctl *c)
{
    return c->option[CTL_DIAL] || c->option[CTL_MINUTES_A_DAY] || c->option[CTL_SPEND_A_DAY] ||
           c->option[CTL_OUTSIDE_CALLS];
}

int ctl_dialing_set(const struct ctl *c)
{
    if (!ctl_dialing_given(c))
        return CTL_OK;
    json_t *body = json_object();
    if (!add_whole(body, "minutes_a_day", c->option[CTL_MINUTES_A_DAY]) ||
        !add_whole(body, "outside_calls", c->option[CTL_OUTSIDE_CALLS])) {
        json_decref(body);
        return usage("--minutes-a-day and --outside-calls want whole numbers");
    }
    if (c->option[CTL_DIAL])
        json_object_set_new(body, "dial", json_string(c->option[CTL_DIAL]));
    if (c->option[CTL_SPEND_A_DAY])
        json_object_set_new(body, "spend_a_day", json_string(c->option[CTL_SPEND_A_DAY]));
    char *path = ctl_path("/v1/connections/", c->args[0], "/dialing");
    int status = ctl_ask(c, "PUT", path, body, NULL);
    free(path);
    return status;
}
