/* flowctl trunk …: the carriers. Its options are the rows of trunk.def. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "sipfront/flowctl.h"

enum { MOST_LINE = 1024 };

static int usage(const char *message)
{
    ctl_complain(message, "see --help of this command");
    return CTL_USAGE;
}

/* ---- the password: from a terminal without showing it, or one line of standard input ---- */

static bool read_line(char out[MOST_LINE])
{
    if (!fgets(out, MOST_LINE, stdin))
        return false;
    out[strcspn(out, "\r\n")] = '\0';
    return true;
}

static bool ask_password(char out[MOST_LINE])
{
    struct termios shown, hidden;
    bool tty = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &shown) == 0;
    if (tty) {
        fputs("Password at the carrier: ", stderr);
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    bool got = read_line(out);
    if (tty) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        fputc('\n', stderr);
    }
    return got && *out;
}

static int add_password(const struct ctl *c, json_t *body)
{
    char line[MOST_LINE];
    if (c->option[CTL_NO_PASSWORD])
        json_object_set_new(body, "password", json_string(""));
    if (!c->option[CTL_ASK_PASSWORD])
        return CTL_OK;
    if (c->option[CTL_NO_PASSWORD])
        return usage("two options contradict each other");
    if (!ask_password(line))
        return usage("there is no password on standard input");
    json_object_set_new(body, "password", json_string(line));
    explicit_bzero(line, sizeof line);
    return CTL_OK;
}

/* ---- the settings ---- */

static int add_whole(json_t *body, const char *key, const char *option, const char *text)
{
    struct sbuf message = { 0 };
    int64_t n;
    bool ok = str_to_int(str_of(text), &n) && n >= 0;
    if (ok)
        json_object_set_new(body, key, json_integer(n));
    else
        sbuf_fmt(&message, "--%s wants a whole number, not '%s'", option, text);
    int status = ok ? CTL_OK : usage(message.p);
    sbuf_free(&message);
    return status;
}

static int add_time(json_t *body, const char *key, const char *option, const char *text)
{
    struct sbuf message = { 0 };
    int64_t ms = ctl_read_duration(text);
    if (ms >= 0)
        json_object_set_new(body, key, json_integer(ms));
    else
        sbuf_fmt(&message, "--%s wants a time such as 30s or 1h, not '%s'", option, text);
    int status = ms >= 0 ? CTL_OK : usage(message.p);
    sbuf_free(&message);
    return status;
}

static int add_flag(json_t *body, const char *key, const char *on, const char *off)
{
    if (on && off)
        return usage("two options contradict each other");
    if (on || off)
        json_object_set_new(body, key, json_boolean(on != NULL));
    return CTL_OK;
}

/* The options as the API's object. */
static int read_settings(const struct ctl *c, json_t *body)
{
    const char *const *o = c->option;
    int status = CTL_OK;
#define TRUNK_TEXT(field, ...)                                                                                         \
    if (o[CTL_TRUNK_##field])                                                                                          \
        json_object_set_new(body, #field, json_string(o[CTL_TRUNK_##field]));
#define TRUNK_INT(field, usual, least, most, name, ...)                                                                \
    if (!status && o[CTL_TRUNK_##field])                                                                               \
        status = add_whole(body, #field, name, o[CTL_TRUNK_##field]);
#define TRUNK_MS(field, usual, least, most, name, ...)                                                                 \
    if (!status && o[CTL_TRUNK_##field])                                                                               \
        status = add_time(body, #field, name, o[CTL_TRUNK_##field]);
#define TRUNK_FLAG(field, ...)                                                                                         \
    if (!status)                                                                                                       \
        status = add_flag(body, #field, o[CTL_TRUNK_##field], o[CTL_TRUNK_NOT_##field]);
#include "sipfront/directory/trunk.def"
#undef TRUNK_TEXT
#undef TRUNK_INT
#undef TRUNK_MS
#undef TRUNK_FLAG
    return status ? status : add_password(c, body);
}

/* ---- showing ---- */

static const struct ctl_column list_columns[] = {
    { "NAME", "name", NULL },
    { "STATE", "state", NULL },
    { "WHY", "why", NULL },
    { "CALLS", "calls", NULL },
    { "AT MOST", "max_calls", NULL },
    { "PRIORITY", "priority", NULL },
    { "CARRIES", "carries", NULL },
    { "GATEWAYS", "gateways", NULL },
    { "REGISTERED UNTIL", "registered_until", ctl_show_time },
    { NULL, NULL, NULL },
};

static const struct ctl_column trunk_columns[] = {
    { "Name", "name", NULL },
    { "State", "state", NULL },
    { "Why", "why", NULL },
    { "Registered until", "registered_until", ctl_show_time },
    { "Calls now", "calls", NULL },
    { "Addresses", "targets", NULL },
    { "that answer", "targets_up", NULL },
    { "Password", "has_password", ctl_show_flag },
#define TRUNK_TEXT(field, usual, name, ...)             { name, #field, NULL },
#define TRUNK_INT(field, usual, least, most, name, ...) { name, #field, NULL },
#define TRUNK_MS(field, usual, least, most, name, ...)  { name, #field, ctl_show_duration },
#define TRUNK_FLAG(field, usual, name, ...)             { name, #field, ctl_show_flag },
#include "sipfront/directory/trunk.def"
#undef TRUNK_TEXT
#undef TRUNK_INT
#undef TRUNK_MS
#undef TRUNK_FLAG
    { NULL, NULL, NULL },
};

static int print(const struct ctl *c, int status, json_t *answer)
{
    if (!status && c->json)
        ctl_print_json(answer);
    else if (!status)
        ctl_print_object(answer, trunk_columns);
    json_decref(answer);
    return status;
}

int ctl_trunk_list(struct ctl *c)
{
    return ctl_list(c, "/v1/trunks", "trunks", list_columns, "no trunks; flowctl trunk add NAME --gateways …");
}

int ctl_trunk_show(struct ctl *c)
{
    json_t *answer = NULL;
    char *path = ctl_path("/v1/trunks/", c->args[0], "");
    int status = ctl_ask(c, "GET", path, NULL, &answer);
    free(path);
    return print(c, status, answer);
}

/* ---- changing ---- */

int ctl_trunk_add(struct ctl *c)
{
    json_t *body = json_pack("{s: s}", "name", c->args[0]), *answer = NULL;
    int status = c->option[CTL_TRUNK_gateways] ? read_settings(c, body) : usage("--gateways LIST is missing");
    if (status)
        json_decref(body);
    else
        status = ctl_ask(c, "POST", "/v1/trunks", body, &answer);
    return print(c, status, answer);
}

int ctl_trunk_set(struct ctl *c)
{
    json_t *body = json_object(), *answer = NULL;
    int status = read_settings(c, body);
    if (!status && !json_object_size(body))
        status = usage("nothing to change was given");
    if (status) {
        json_decref(body);
        return status;
    }
    char *path = ctl_path("/v1/trunks/", c->args[0], "");
    status = ctl_ask(c, "PATCH", path, body, &answer);
    free(path);
    return print(c, status, answer);
}

int ctl_trunk_remove(struct ctl *c)
{
    struct sbuf text = { 0 };
    sbuf_fmt(&text, "removed %s; its calls go on", c->args[0]);
    int status = ctl_say_done(c, "DELETE", ctl_path("/v1/trunks/", c->args[0], ""), NULL, text.p);
    sbuf_free(&text);
    return status;
}

/* 1 when the trunk is not up. */
int ctl_trunk_test(struct ctl *c)
{
    json_t *answer = NULL;
    char *path = ctl_path("/v1/trunks/", c->args[0], "/test");
    int status = ctl_ask(c, "POST", path, json_object(), &answer);
    const char *state = json_string_value(json_object_get(answer, "state"));
    const char *why = json_string_value(json_object_get(answer, "why"));
    free(path);
    if (!status && c->json)
        ctl_print_json(answer);
    else if (!status)
        ctl_say("%s is %s%s%s; %lld of %lld addresses answer OPTIONS", c->args[0], state, *why ? ": " : "", why,
                (long long)json_integer_value(json_object_get(answer, "targets_up")),
                (long long)json_integer_value(json_object_get(answer, "targets")));
    if (!status && strcmp(state, "up") != 0)
        status = CTL_REFUSED;
    json_decref(answer);
    return status;
}

int ctl_trunk_rekey(struct ctl *c)
{
    return ctl_say_done(c, "POST", ctl_path("/v1/server-key", "", ""), json_object(),
                        "the server key is changed, and every password is sealed with it; keep a copy of the file");
}
