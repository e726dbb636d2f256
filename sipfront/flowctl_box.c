/* flowctl box …: settings of mailboxes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/flowctl.h"

enum { WAV_MOST = 20 << 20 };

static int usage(const char *message)
{
    ctl_complain(message, NULL);
    return CTL_USAGE;
}

static void show_held(const json_t *value, struct sbuf *out)
{
    json_int_t s = (json_integer_value(value) + 999) / 1000;
    sbuf_fmt(out, "%lld:%02lld", (long long)(s / 60), (long long)(s % 60));
}

int ctl_box_list(struct ctl *c)
{
    static const struct ctl_column columns[] = {
        { "BOX", "box", NULL },
        { "NEW", "new", NULL },
        { "SAVED", "saved", NULL },
        { "HELD", "held_ms", show_held },
        { "FULL", "full", ctl_show_flag },
        { "PIN", "has_pin", ctl_show_flag },
        { "MAIL", "mail", NULL },
        { NULL, NULL, NULL },
    };
    return ctl_list(c, "/v1/boxes", "boxes", columns, "no boxes");
}

static const struct ctl_column box_columns[] = {
    { "Box", "box", NULL },
    { "Shared", "shared", ctl_show_flag },
    { "New", "new", NULL },
    { "Saved", "saved", NULL },
    { "Urgent", "urgent", NULL },
    { "Held", "held_ms", show_held },
    { "Bytes", "held_bytes", NULL },
    { "Full", "full", ctl_show_flag },
    { "Most messages", "most_messages", NULL },
    { "Most time", "most_ms", ctl_show_duration },
    { "Most bytes", "most_bytes", NULL },
    { "Longest message", "message_ms", ctl_show_duration },
    { "PIN", "has_pin", ctl_show_flag },
    { "PIN always", "pin_always", ctl_show_flag },
    { "Wrong PINs", "wrong_pins", NULL },
    { "Locked until", "locked_until", ctl_show_time },
    { "Mail", "mail", NULL },
    { "Deleted when mailed", "delete_mailed", ctl_show_flag },
    { "Web hook", "webhook", NULL },
    { "Transcribed", "transcribe", ctl_show_flag },
    { "Transcribed by", "transcribe_by", NULL },
    { "Greeting", "greeting", ctl_show_flag },
    { "Busy greeting", "busy_greeting", ctl_show_flag },
    { "Spoken name", "spoken_name", ctl_show_flag },
    { NULL, NULL, NULL },
};

static int show(const struct ctl *c)
{
    json_t *answer = NULL;
    char *path = ctl_path("/v1/boxes/", c->args[0], "");
    int status = ctl_ask(c, "GET", path, NULL, &answer);
    if (!status && c->json)
        ctl_print_json(answer);
    else if (!status)
        ctl_print_object(answer, box_columns);
    json_decref(answer);
    free(path);
    return status;
}

int ctl_box_show(struct ctl *c) { return show(c); }

static void add_text(json_t *body, const char *key, const char *text)
{
    if (text)
        json_object_set_new(body, key, json_string(text));
}

static void add_flag(json_t *body, const char *key, const char *yes, const char *no)
{
    if (yes || no)
        json_object_set_new(body, key, json_boolean(yes != NULL));
}

static bool add_count(json_t *body, const char *key, const char *text)
{
    int64_t n;
    if (!text)
        return true;
    if (!str_to_int(str_of(text), &n) || n < 0)
        return false;
    json_object_set_new(body, key, json_integer(n));
    return true;
}

static bool add_time(json_t *body, const char *key, const char *text)
{
    int64_t ms = text ? ctl_read_duration(text) : 0;
    if (text && ms >= 0)
        json_object_set_new(body, key, json_integer(ms));
    return ms >= 0;
}

/* One line of standard input: a PIN on the command line can be seen by others on this machine. */
static int add_pin(const struct ctl *c, json_t *body)
{
    char line[64];
    if (c->option[CTL_NO_PIN])
        add_text(body, "pin", "");
    if (!c->option[CTL_PIN_STDIN])
        return CTL_OK;
    if (!fgets(line, sizeof line, stdin))
        return usage("--pin-stdin: there is no line on standard input");
    line[strcspn(line, "\r\n")] = 0;
    add_text(body, "pin", line);
    return CTL_OK;
}

static int read_settings(const struct ctl *c, json_t *body)
{
    const char *const *o = c->option;
    add_text(body, "mail", o[CTL_MAIL]);
    add_text(body, "webhook", o[CTL_WEBHOOK]);
    add_flag(body, "pin_always", o[CTL_PIN_ALWAYS], o[CTL_PIN_OUTSIDE]);
    add_flag(body, "delete_mailed", o[CTL_DELETE_MAILED], o[CTL_KEEP_MAILED]);
    add_flag(body, "transcribe", o[CTL_TRANSCRIBE], o[CTL_NO_TRANSCRIBE]);
    add_text(body, "transcribe_by", o[CTL_TRANSCRIBE_BY]);
    if (o[CTL_UNLOCK])
        json_object_set_new(body, "unlock", json_true());
    if (!add_count(body, "most_messages", o[CTL_MOST_MESSAGES]) || !add_count(body, "most_bytes", o[CTL_MOST_BYTES]))
        return usage("--most-messages and --most-bytes want a whole number, 0 for the default");
    if (!add_time(body, "most_ms", o[CTL_MOST_TIME]) || !add_time(body, "message_ms", o[CTL_LONGEST]))
        return usage("--most-time and --longest want a time such as 90s or 30m, 0s for the default");
    return add_pin(c, body);
}

int ctl_box_set(struct ctl *c)
{
    json_t *body = json_object();
    int status = read_settings(c, body);
    if (!status && !json_object_size(body))
        status = usage("nothing to change was given");
    if (status) {
        json_decref(body);
        return status;
    }
    char *path = ctl_path("/v1/boxes/", c->args[0], "");
    status = ctl_ask(c, "PATCH", path, body, NULL);
    free(path);
    return status ? status : show(c);
}

int ctl_box_remove(struct ctl *c)
{
    struct sbuf text = { 0 };
    sbuf_fmt(&text, "removed the settings of %s; its messages stay", c->args[0]);
    int status = ctl_say_done(c, "DELETE", ctl_path("/v1/boxes/", c->args[0], ""), NULL, text.p);
    sbuf_free(&text);
    return status;
}

int ctl_box_greeting(struct ctl *c)
{
    const char *kind = c->option[CTL_BUSY]          ? "/greeting?kind=busy"
                       : c->option[CTL_SPOKEN_NAME] ? "/greeting?kind=name"
                                                    : "/greeting";
    struct sbuf wav = { 0 }, answer = { 0 };
    char *path = ctl_path("/v1/boxes/", c->args[0], kind);
    int status;
    if (c->args[1] && sbuf_read_file(&wav, c->args[1], WAV_MOST)) {
        ctl_complain("the greeting's file cannot be read", "a WAV file of at most 20 MB");
        status = CTL_REFUSED;
    } else {
        status = ctl_ask_raw(c, c->args[1] ? "PUT" : "DELETE", path, sbuf_view(&wav), &answer);
    }
    if (!status)
        ctl_say(c->args[1] ? "%s has a greeting of its own" : "%s has the default greeting again", c->args[0]);
    sbuf_free(&wav);
    sbuf_free(&answer);
    free(path);
    return status;
}
