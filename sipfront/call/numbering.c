#include "sipfront/call/numbering.h"

#include <string.h>

#include "sipfront/directory/trunk_lists.h"
#include "vm/base/fmt.h"

enum { LEAST = 5, MOST = 15 }; /* digits of a number with its country code; ITU-T E.164 §6 */

bool numbering_is_emergency(const struct numbering *n, const char *dialled)
{
    const char *at = n->emergency;
    struct str one;
    while (list_next(&at, &one))
        if (str_is(one, dialled))
            return true;
    return false;
}

/* Digits, with a + in front if there is one, without what people put between them (RFC 3966 §5.1.1). */
static bool digits_of(const char *text, char out[NUMBER_TEXT])
{
    size_t n = 0;
    for (; *text; text++) {
        if (strchr("-.() /", *text))
            continue;
        if (!((*text >= '0' && *text <= '9') || (*text == '+' && n == 0)) || n + 1 >= NUMBER_TEXT)
            return false;
        out[n++] = *text;
    }
    out[n] = '\0';
    return n > 0;
}

static bool starts(const char *text, const char *prefix)
{
    return *prefix && strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool finish(const char *country, const char *rest, char out[NUMBER_TEXT])
{
    size_t n = strlen(country) + strlen(rest);
    if (n < LEAST || n > MOST || rest[strspn(rest, "0123456789")] || (*country ? *country : *rest) == '0')
        return false;
    fmt_text(out, NUMBER_TEXT, "+%s%s", country, rest);
    return true;
}

/* plain: what a number without any prefix is, one of this country or one with its country code. */
static bool to_e164(const struct numbering *n, const char *country, bool plain_is_national, const char *digits,
                    char out[NUMBER_TEXT])
{
    if (*digits == '+')
        return finish("", digits + 1, out);
    if (starts(digits, n->international))
        return finish("", digits + strlen(n->international), out);
    if (*country && starts(digits, n->national))
        return finish(country, digits + strlen(n->national), out);
    if (!plain_is_national)
        return finish("", digits, out);
    return *country && finish(country, digits, out);
}

bool numbering_dialled(const struct numbering *n, const char *dialled, char out[NUMBER_TEXT])
{
    char digits[NUMBER_TEXT];
    if (!digits_of(dialled, digits))
        return false;
    if (numbering_is_emergency(n, digits)) {
        fmt_text(out, NUMBER_TEXT, "%s", digits);
        return true;
    }
    /* where national numbers have a prefix, one without it is local: nobody knows of which place */
    bool local = *n->national && *digits != '+' && !starts(digits, n->international) && !starts(digits, n->national);
    return !local && to_e164(n, n->country, true, digits, out);
}

static const char *country_of(const struct numbering *n, const struct trunk_settings *t)
{
    return *t->country ? t->country : n->country;
}

bool numbering_caller(const struct numbering *n, const struct trunk_settings *t, const char *text,
                      char out[NUMBER_TEXT])
{
    char digits[NUMBER_TEXT];
    bool national = strcmp(t->format, "national") == 0;
    return digits_of(text, digits) && to_e164(n, country_of(n, t), national, digits, out);
}

bool numbering_called(const struct numbering *n, const struct trunk_settings *t, const char *text,
                      char out[NUMBER_TEXT])
{
    char whole[128];
    size_t strip = (size_t)t->strip < strlen(text) ? (size_t)t->strip : strlen(text);
    fmt_text(whole, sizeof whole, "%s%s", t->prepend, text + strip);
    return numbering_caller(n, t, whole, out);
}

void numbering_to_carrier(const struct numbering *n, const struct trunk_settings *t, const char *number,
                          char out[NUMBER_TEXT])
{
    const char *country = country_of(n, t);
    bool abroad = strncmp(number + 1, country, strlen(country)) != 0 || !*country;
    if (*number != '+' || strcmp(t->format, "plus") == 0)
        fmt_text(out, NUMBER_TEXT, "%s", number);
    else if (strcmp(t->format, "digits") == 0)
        fmt_text(out, NUMBER_TEXT, "%s", number + 1);
    else if (abroad || strcmp(t->format, "international") == 0)
        fmt_text(out, NUMBER_TEXT, "%s%s", n->international, number + 1);
    else
        fmt_text(out, NUMBER_TEXT, "%s%s", n->national, number + 1 + strlen(country));
}
