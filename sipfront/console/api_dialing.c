/* /v1/connections/USER/dialing: what its devices may dial outside, and what it may use a day. */
#include <string.h>

#include "sipfront/call/server_outside.h"
#include "sipfront/console/api_handlers.h"
#include "sipfront/directory/trunk_lists.h"

/* "1.50": at least two decimals. */
static json_t *json_money(int64_t amount)
{
    long long whole = amount / MONEY_UNIT, part = amount % MONEY_UNIT;
    return part % 100 ? json_sprintf("%lld.%04lld", whole, part) : json_sprintf("%lld.%02lld", whole, part / 100);
}

void api_add_dialing(const struct api_call *c, const char *user, json_t *o)
{
    struct dialing_info i;
    server_dialing(c->api->server, user, &i);
    json_object_set_new(o, "dial", api_json_text(i.rule ? i.rule->patterns : ""));
    json_object_set_new(o, "minutes_a_day", json_integer(i.rule ? i.rule->minutes_a_day : 0));
    json_object_set_new(o, "spend_a_day", json_money(i.rule ? i.rule->spend_a_day : 0));
    json_object_set_new(o, "outside_calls", json_integer(i.rule ? i.rule->calls : 0));
    json_object_set_new(o, "used_today_ms", json_integer(i.used_ms));
    json_object_set_new(o, "spent_today", json_money(i.spent));
    json_object_set_new(o, "outside_calls_now", json_integer(i.calls));
}

static bool has_connection(struct api_call *c)
{
    struct sbuf message = { 0 };
    if (directory_connection(c->api->directory, c->name))
        return true;
    sbuf_fmt(&message, "there is no Connection '%s'", c->name);
    api_fail(c, ERR_NOT_FOUND, message.p, NULL);
    sbuf_free(&message);
    return false;
}

static void answer_with(struct api_call *c)
{
    json_t *o = json_object();
    json_object_set_new(o, "user", api_json_text(c->name));
    api_add_dialing(c, c->name, o);
    api_answer(c, 200, o);
}

void api_dialing_show(struct api_call *c)
{
    if (has_connection(c))
        answer_with(c);
}

static void on_changed(enum err e, const char *why, void *arg)
{
    if (!api_failed(arg, e, why))
        answer_with(arg);
}

void api_dialing_set(struct api_call *c)
{
    static const struct field fields[] = {
        { "dial", FIELD_TEXT, false },        { "minutes_a_day", FIELD_COUNT, false },
        { "spend_a_day", FIELD_TEXT, false }, { "outside_calls", FIELD_COUNT, false },
        { NULL, FIELD_TEXT, false },
    };
    struct dial_rule r = { .user = c->name, .patterns = "" };
    if (!api_read(c, fields) || !has_connection(c))
        return;
    const struct dial_rule *old = directory_dial_rule(c->api->directory, c->name);
    if (old)
        r = *old;
    if (api_text(c, "dial"))
        r.patterns = api_text(c, "dial");
    if (api_count(c, "minutes_a_day") >= 0)
        r.minutes_a_day = api_count(c, "minutes_a_day");
    if (api_count(c, "outside_calls") >= 0)
        r.calls = api_count(c, "outside_calls");
    if (api_text(c, "spend_a_day"))
        r.spend_a_day = money_read(str_of(api_text(c, "spend_a_day")));
    if (r.spend_a_day < 0)
        api_fail(c, ERR_INVALID, "'spend_a_day' must be an amount such as \"5.00\"", NULL);
    else
        directory_put_dial_rule(c->api->directory, &r, api_done(on_changed, c));
}
