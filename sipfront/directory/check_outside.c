/* What may be stored about the world outside: trunks and dial rules. */
#include <stdio.h>
#include <string.h>

#include "sipfront/directory/check.h"
#include "sipfront/directory/trunk_lists.h"
#include "vm/base/network.h"

enum { MOST_LIST = 2000, MOST_MINUTES = 1440 * 1000, MOST_CALLS = 100000, MOST_NAME = 60 };

static void check_length(struct change *c, const char *option, const char *text)
{
    if (strlen(text) > MOST_LIST)
        check_refuse(c, "--%s has %zu bytes, at most %d are possible", option, strlen(text), MOST_LIST);
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f || strchr("<>\"\\", *text))
            check_refuse(c, "--%s holds a character that is not possible there", option);
}

static void check_range(struct change *c, const char *option, int64_t n, int64_t least, int64_t most)
{
    if (n < least || n > most)
        check_refuse(c, "--%s must lie between %lld and %lld", option, (long long)least, (long long)most);
}

/* Every row of trunk.def by its kind. */
static void check_fields(struct change *c, const struct trunk_settings *t)
{
#define TRUNK_TEXT(field, usual, option, ...)             check_length(c, option, t->field);
#define TRUNK_INT(field, usual, least, most, option, ...) check_range(c, option, t->field, least, most);
#define TRUNK_MS(field, usual, least, most, option, ...)                                                               \
    check_range(c, option " (milliseconds)", t->field, least, most);
#define TRUNK_FLAG(field, ...)
#include "sipfront/directory/trunk.def"
#undef TRUNK_TEXT
#undef TRUNK_INT
#undef TRUNK_MS
#undef TRUNK_FLAG
}

static bool is_network(struct str item)
{
    struct network n;
    char text[NETWORK_TEXT];
    if (item.len >= sizeof text)
        return false;
    snprintf(text, sizeof text, "%.*s", STR_ARG(item));
    return network_parse(&n, text) == ERR_OK;
}

static void check_lists(struct change *c, const struct trunk_settings *t)
{
    const char *at = t->gateways;
    struct gateway g;
    struct str item, prefix;
    int64_t rate;
    while (list_next(&at, &item))
        if (!gateway_read(&g, item))
            check_refuse(c, "'%.*s' is no gateway: write HOST[:PORT][/PRIORITY[/WEIGHT]]", STR_ARG(item));
    for (at = t->sources; list_next(&at, &item);)
        if (!is_network(item))
            check_refuse(c, "'%.*s' is no source: write ADDRESS or ADDRESS/BITS", STR_ARG(item));
    for (at = t->rates; list_next(&at, &item);)
        if (!rate_read(item, &prefix, &rate))
            check_refuse(c, "'%.*s' is no rate: write PREFIX=AMOUNT, such as +48=0.02", STR_ARG(item));
    if (*t->proxy && !gateway_read(&g, str_of(t->proxy)))
        check_refuse(c, "'%s' is no outbound proxy: write HOST or HOST:PORT", t->proxy);
}

static bool is_digits(const char *s) { return s[strspn(s, "0123456789")] == '\0'; }

/* What the trunk cannot do without. */
static void check_needs(struct change *c, const struct trunk_settings *t)
{
    const char *at = t->gateways;
    struct str first;
    if (!list_next(&at, &first))
        check_refuse(c, "--gateways is empty: say where its calls go");
    if (t->registers && !*t->user)
        check_refuse(c, "a trunk that registers needs --user");
    if (!is_digits(t->country) || strlen(t->country) > 3 || t->country[0] == '0')
        check_refuse(c, "--country is a country code in digits, such as 48, not '%s'", t->country);
    if (*t->number && (t->number[0] != '+' || !is_digits(t->number + 1) || strlen(t->number) < 4))
        check_refuse(c, "--number is written +, country code, number, such as +48221234567, not '%s'", t->number);
}

/* Keys stand in the messages: they are as secret as those. */
static void check_secrecy(struct change *c, const struct trunk_settings *t)
{
    if (!*t->srtp || strcmp(t->srtp, "off") == 0)
        return;
    check_one_of(c, "srtp", t->srtp, "off, optional, required");
    if (strcmp(t->transport, "tls") != 0 && !t->srtp_open)
        check_refuse(c,
                     "--srtp %s would tell the keys in the open by %s: take --transport tls, or say --srtp-without-tls"
                     " where the way to the carrier is safe otherwise",
                     t->srtp, t->transport);
}

void check_trunk(struct change *c)
{
    const struct trunk_settings *t = &change_trunk(c)->t;
    check_text(c, "trunk's name", t->name);
    if (strlen(t->name) > MOST_NAME)
        check_refuse(c, "the trunk's name has more than %d bytes", MOST_NAME);
    check_fields(c, t);
    check_one_of(c, "transport", t->transport, "udp, tcp, tls, auto");
    check_one_of(c, "identity", t->identity, "from, pai, both");
    check_one_of(c, "format", t->format, "plus, digits, international, national");
    check_one_of(c, "dtmf", t->dtmf, DTMF_WAYS);
    check_secrecy(c, t);
    check_lists(c, t);
    check_needs(c, t);
}

void check_dial_rule(struct change *c)
{
    const struct dial_rule *r = change_dial_rule(c);
    const char *at = r->patterns;
    struct str pattern;
    check_length(c, "dial", r->patterns);
    while (list_next(&at, &pattern))
        if (pattern.p[0] != '+' && !str_is(pattern, "*"))
            check_refuse(c, "the pattern '%.*s' must begin with + and the country code, such as +48*",
                         STR_ARG(pattern));
    if (r->minutes_a_day < 0 || r->minutes_a_day > MOST_MINUTES || r->spend_a_day < 0 || r->calls < 0 ||
        r->calls > MOST_CALLS)
        check_refuse(c, "a limit of minutes, spending or calls is out of range");
}
