#include "sipfront/flowd_outside.h"

#include <string.h>

#include "sipfront/call/server.h"

enum { OPT_COUNTRY = 0x400, OPT_NATIONAL, OPT_INTERNATIONAL, OPT_EMERGENCY, OPT_SERVER_KEY, OPT_RESOLV_CONF };

static const struct argp_option options[] = {
    { "country", OPT_COUNTRY, "CODE", 0, "Country code of national numbers, such as 48 (none: only +… is known)", 0 },
    { "national-prefix", OPT_NATIONAL, "DIGITS", 0, "What national numbers are dialled with; '' for nothing (0)", 0 },
    { "international-prefix", OPT_INTERNATIONAL, "DIGITS", 0, "What all others are dialled with (00)", 0 },
    { "emergency", OPT_EMERGENCY, "LIST", 0, "Emergency numbers: always allowed, never limited (112,911,999)", 0 },
    { "server-key", OPT_SERVER_KEY, "FILE", 0, "Key that seals the passwords of trunks (DIR/server.key)", 0 },
    { "resolv-conf", OPT_RESOLV_CONF, "FILE", 0, "Which name servers trunks ask (/etc/resolv.conf)", 0 },
    { 0 },
};

static const char *digits(struct argp_state *st, const char *text)
{
    if (text[strspn(text, "0123456789")] || strlen(text) > 4)
        argp_error(st, "a country code or prefix is at most four digits, not '%s'", text);
    return text;
}

static error_t parse(int key, char *arg, struct argp_state *st)
{
    struct outside_params *o = st->input;
    switch (key) {
    case OPT_COUNTRY: o->country = digits(st, arg); return 0;
    case OPT_NATIONAL: o->national_prefix = digits(st, arg); return 0;
    case OPT_INTERNATIONAL: o->international_prefix = digits(st, arg); return 0;
    case OPT_EMERGENCY: o->emergency = arg; return 0;
    case OPT_SERVER_KEY: o->server_key = arg; return 0;
    case OPT_RESOLV_CONF: o->resolv_conf = arg; return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

const struct argp flowd_outside_argp = { options, parse, NULL, NULL, NULL, NULL, NULL };
