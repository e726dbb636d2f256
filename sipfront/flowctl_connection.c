/* flowctl connection …: the devices and virtual extensions that can be dialled. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "sipfront/flowctl.h"

enum { PASSWORD_LEN = 16, MOST_LINE = 1024 };

/* 16 of 32 letters and digits that are not mistaken for one another: 80 bits. */
static void make_password(char out[PASSWORD_LEN + 1])
{
    static const char alphabet[] = "abcdefghijkmnpqrstuvwxyz23456789";
    unsigned char random[PASSWORD_LEN];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        abort(); /* never for so few bytes, getrandom(2) */
    for (int i = 0; i < PASSWORD_LEN; i++)
        out[i] = alphabet[random[i] % (sizeof alphabet - 1)];
    out[PASSWORD_LEN] = '\0';
}

static bool read_line(char out[MOST_LINE])
{
    if (!fgets(out, MOST_LINE, stdin))
        return false;
    out[strcspn(out, "\r\n")] = '\0';
    return out[0] != '\0';
}

static int usage(const char *message)
{
    ctl_complain(message, "see --help of this command");
    return CTL_USAGE;
}

static int add_password(const struct ctl *c, json_t *body)
{
    char line[MOST_LINE];
    if (c->option[CTL_PASSWORD_STDIN] && !read_line(line))
        return usage("there is no password on standard input");
    if (c->option[CTL_PASSWORD_STDIN])
        json_object_set_new(body, "password", json_string(line));
    else if (c->option[CTL_PASSWORD])
        json_object_set_new(body, "password", json_string(c->option[CTL_PASSWORD]));
    else if (c->option[CTL_NO_PASSWORD])
        json_object_set_new(body, "password", json_string(""));
    return CTL_OK;
}

static void add_flag(json_t *body, const char *key, const char *yes, const char *no)
{
    if (yes || no)
        json_object_set_new(body, key, json_boolean(yes != NULL));
}

static bool contradicts(const struct ctl *c)
{
    const char *const *o = c->option;
    return (o[CTL_VOICEMAIL] && o[CTL_NO_VOICEMAIL]) || (o[CTL_VIRTUAL] && o[CTL_NO_VIRTUAL]) ||
           (o[CTL_SHA256] && o[CTL_NO_SHA256]) ||
           !!o[CTL_PASSWORD] + !!o[CTL_PASSWORD_STDIN] + !!o[CTL_NO_PASSWORD] > 1;
}

/* Not CTL_OK: it is no number. */
static int add_count(const struct ctl *c, enum ctl_option which, const char *key, json_t *body)
{
    int64_t n;
    if (!c->option[which])
        return CTL_OK;
    if (!str_to_int(str_of(c->option[which]), &n) || n < 0)
        return CTL_USAGE;
    json_object_set_new(body, key, json_integer(n));
    return CTL_OK;
}

static void show_limit(const json_t *value, struct sbuf *out)
{
    json_int_t n = json_integer_value(value);
    if (n)
        sbuf_fmt(out, "%lld", (long long)n);
    else
        sbuf_cstr(out, "no limit");
}

/* The options as the API's object. */
static int read_settings(const struct ctl *c, json_t *body)
{
    const char *const *o = c->option;
    if (contradicts(c))
        return usage("two options contradict each other");
    if (o[CTL_NAME])
        json_object_set_new(body, "name", json_string(o[CTL_NAME]));
    if (o[CTL_SRTP])
        json_object_set_new(body, "srtp", json_string(o[CTL_SRTP]));
    if (o[CTL_PICKUP_GROUP])
        json_object_set_new(body, "pickup_groups", json_string(o[CTL_PICKUP_GROUP]));
    if (o[CTL_DTMF])
        json_object_set_new(body, "dtmf", json_string(o[CTL_DTMF]));
    add_flag(body, "virtual", o[CTL_VIRTUAL], o[CTL_NO_VIRTUAL]);
    add_flag(body, "voicemail", o[CTL_VOICEMAIL], o[CTL_NO_VOICEMAIL]);
    add_flag(body, "sha256", o[CTL_SHA256], o[CTL_NO_SHA256]);
    if (o[CTL_RING_TIME]) {
        int64_t ms = ctl_read_duration(o[CTL_RING_TIME]);
        if (ms < 0)
            return usage("--ring-time wants a time such as 20s or 1m30s");
        json_object_set_new(body, "ring_time_ms", json_integer(ms));
    }
    if (add_count(c, CTL_MAX_BINDINGS, "max_bindings", body) || add_count(c, CTL_MAX_CALLS, "max_calls", body))
        return usage("--max-bindings and --max-calls want a whole number, 0 or more");
    return add_password(c, body);
}

/* password: made here, to be shown this once; or NULL. */
static void print_added(const struct ctl *c, json_t *connection, const char *password)
{
    if (c->json) {
        if (password)
            json_object_set_new(connection, "password", json_string(password));
        ctl_print_json(connection);
        return;
    }
    ctl_say("added %s (%s)", c->args[0], c->option[CTL_NAME]);
    if (password)
        ctl_say("SIP password: %s  (shown only now; the server keeps a digest of it)", password);
}

int ctl_connection_add(struct ctl *c)
{
    char password[PASSWORD_LEN + 1];
    json_t *body = json_pack("{s: s}", "user", c->args[0]), *answer = NULL;
    if (!c->option[CTL_NAME]) {
        json_decref(body);
        return usage("--name NAME is missing: what people read");
    }
    int status = read_settings(c, body);
    bool makes_one = !json_object_get(body, "password") && !c->option[CTL_VIRTUAL];
    if (makes_one) {
        make_password(password);
        json_object_set_new(body, "password", json_string(password));
    }
    if (status)
        json_decref(body);
    else
        status = ctl_ask(c, "POST", "/v1/connections", body, &answer);
    if (!status)
        status = ctl_dialing_set(c);
    if (!status)
        print_added(c, answer, makes_one ? password : NULL);
    json_decref(answer);
    return status;
}

static void show_kind(const json_t *value, struct sbuf *out)
{
    sbuf_cstr(out, json_is_true(value) ? "virtual" : "devices");
}

static void show_flow(const json_t *value, struct sbuf *out)
{
    sbuf_cstr(out, json_is_string(value) ? json_string_value(value) : "(default)");
}

int ctl_connection_list(struct ctl *c)
{
    static const struct ctl_column columns[] = {
        { "USER", "user", NULL },
        { "NAME", "name", NULL },
        { "KIND", "virtual", show_kind },
        { "FLOW", "flow", show_flow },
        { "RINGS", "ring_time_ms", ctl_show_duration },
        { "VOICEMAIL", "voicemail", ctl_show_flag },
        { "PASSWORD", "has_password", ctl_show_flag },
        { NULL, NULL, NULL },
    };
    return ctl_list(c, "/v1/connections", "connections", columns, "no Connections; flowctl connection add USER …");
}

static void show_devices(const json_t *value, struct sbuf *out)
{
    size_t i;
    json_t *device;
    json_array_foreach((json_t *)value, i, device)
        sbuf_fmt(out, "%s%s from %s", i ? ", " : "", json_string_value(json_object_get(device, "agent")),
                 json_string_value(json_object_get(device, "source")));
}

static void show_srtp(const json_t *value, struct sbuf *out)
{
    const char *when = json_string_value(value);
    sbuf_cstr(out, when && *when ? when : "as the server says");
}

static const struct ctl_column connection_columns[] = {
    { "SIP user", "user", NULL },
    { "Name", "name", NULL },
    { "Kind", "virtual", show_kind },
    { "Password", "has_password", ctl_show_flag },
    { "SHA-256", "sha256", ctl_show_flag },
    { "Flow", "flow", show_flow },
    { "Rings for", "ring_time_ms", ctl_show_duration },
    { "Most devices", "max_bindings", show_limit },
    { "Most calls", "max_calls", show_limit },
    { "SRTP", "srtp", show_srtp },
    { "Pickup groups", "pickup_groups", NULL },
    { "Digits by", "dtmf", NULL },
    { "Voicemail", "voicemail", ctl_show_flag },
    { "New messages", "new_messages", NULL },
    { "May dial", "dial", NULL },
    { "Minutes a day", "minutes_a_day", NULL },
    { "Spend a day", "spend_a_day", NULL },
    { "Outside calls", "outside_calls", NULL },
    { "Used today", "used_today_ms", ctl_show_duration },
    { "Spent today", "spent_today", NULL },
    { "Numbers", "numbers", ctl_show_list },
    { "Registered", "devices", show_devices },
    { NULL, NULL, NULL },
};

/* Prints a Connection with all that belongs to it. */
static int show(const struct ctl *c)
{
    json_t *answer = NULL;
    char *path = ctl_path("/v1/connections/", c->args[0], "");
    int status = ctl_ask(c, "GET", path, NULL, &answer);
    if (!status && c->json)
        ctl_print_json(answer);
    else if (!status)
        ctl_print_object(answer, connection_columns);
    json_decref(answer);
    free(path);
    return status;
}

int ctl_connection_show(struct ctl *c) { return show(c); }

int ctl_connection_set(struct ctl *c)
{
    json_t *body = json_object();
    int status = read_settings(c, body);
    bool only_dialing = !status && !json_object_size(body) && ctl_dialing_given(c);
    if (!status && !json_object_size(body) && !only_dialing)
        status = usage("nothing to change was given");
    if (status) {
        json_decref(body);
        return status;
    }
    char *path = ctl_path("/v1/connections/", c->args[0], "");
    if (only_dialing)
        json_decref(body);
    else
        status = ctl_ask(c, "PATCH", path, body, NULL);
    free(path);
    if (!status)
        status = ctl_dialing_set(c);
    return status ? status : show(c);
}

int ctl_connection_remove(struct ctl *c)
{
    json_t *answer = NULL;
    char *path = ctl_path("/v1/connections/", c->args[0], "");
    int status = ctl_ask(c, "DELETE", path, NULL, &answer);
    json_int_t left = json_integer_value(json_object_get(answer, "messages_left"));
    if (!status && c->json) {
        ctl_print_json(answer);
    } else if (!status) {
        ctl_say("removed %s", c->args[0]);
        if (left)
            ctl_say("%lld voicemail messages stay: flowctl voicemail list %s", (long long)left, c->args[0]);
    }
    json_decref(answer);
    free(path);
    return status;
}
