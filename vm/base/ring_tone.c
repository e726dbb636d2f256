#include "vm/base/ring_tone.h"

#include <string.h>
#include <strings.h>

enum { WORD_MAX = 32 }; /* what the settings of phones have room for */

static const struct {
    const char *name, *urn;
} known[] = {
    { "internal", "urn:alert:source:internal" }, { "external", "urn:alert:source:external" },
    { "friend", "urn:alert:source:friend" },     { "family", "urn:alert:source:family" },
    { "urgent", "urn:alert:priority:high" },
};
enum { KNOWN = sizeof known / sizeof *known };

static const char *urn_of(struct str tone)
{
    for (size_t i = 0; i < KNOWN; i++)
        if (str_is(tone, known[i].name))
            return known[i].urn;
    return NULL;
}

static bool starts_like(struct str text, const char *prefix)
{
    size_t n = strlen(prefix);
    return text.len >= n && strncasecmp(text.p, prefix, n) == 0;
}

/* The length of its scheme with what must follow, 0: a word. */
static size_t scheme_of(struct str tone)
{
    static const char *const schemes[] = { "urn:alert:", "http://", "https://", "sip:", "sips:" };
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (starts_like(tone, schemes[i]))
            return strlen(schemes[i]);
    return 0;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/* RFC 3986 §2; '\'' stands in no address of ours, since some phones end a text there. */
static bool is_plain(char c) { return c && (is_letter(c) || strchr("-._~:/?#[]@!$&()*+,;=%", c)); }

static bool all(struct str s, bool (*fits)(char c))
{
    for (size_t i = 0; i < s.len; i++)
        if (!fits(s.p[i]))
            return false;
    return true;
}

static bool is_of_word(char c) { return is_letter(c) || c == '-' || c == '_' || c == '.'; }

static bool is_of_label(char c) { return is_letter(c) || c == '-'; }

/* alert-category ":" alert-ind-part *(":" alert-ind-part), each part a label, a private one with "@" and another label
 * (RFC 7462 §7). */
static bool is_alert_urn(struct str rest)
{
    unsigned parts = 0;
    size_t from = 0;
    for (size_t i = 0; i <= rest.len; i++) {
        if (i < rest.len && rest.p[i] != ':' && rest.p[i] != '@' && rest.p[i] != '.') {
            if (!is_of_label(rest.p[i]))
                return false;
            continue;
        }
        if (i == from || rest.p[from] == '-' || rest.p[i - 1] == '-')
            return false;
        parts += i == rest.len || rest.p[i] == ':';
        from = i + 1;
    }
    return parts >= 2;
}

const char *ring_tone_fault(struct str tone)
{
    size_t scheme = scheme_of(tone);
    struct str rest = { tone.p + scheme, tone.len - scheme };
    if (!tone.len)
        return NULL;
    if (tone.len > RING_TONE_MAX)
        return "is too long: 200 bytes at most";
    if (!scheme && memchr(tone.p, ':', tone.len))
        return "is an address of a kind that phones do not ring by: http, https, sip, sips or urn:alert: at its start";
    if (!scheme && (tone.len > WORD_MAX || !all(tone, is_of_word)))
        return "is neither an address nor one word of at most 32 letters, digits, '-', '_' and '.'";
    if (scheme && starts_like(tone, "urn:"))
        return is_alert_urn(rest) ? NULL : "is no name as RFC 7462 has them: urn:alert:source:internal";
    if (scheme && !all(rest, is_plain))
        return "is no whole address: what is no plain letter, as a blank, is written as %20";
    if (scheme && (!rest.len || strchr("/?#:@", rest.p[0])))
        return "names no host";
    return NULL;
}

const char *ring_tone_meant(struct str tone)
{
    if (scheme_of(tone) || urn_of(tone) || tone.len < 4)
        return NULL;
    for (size_t i = 0; i < KNOWN; i++)
        if (str_distance(tone, str_of(known[i].name), 2) <= 2)
            return known[i].name;
    return NULL;
}

void ring_tone_escape(struct str tone, struct sbuf *out)
{
    bool address = scheme_of(tone) > 0;
    for (size_t i = 0; i < tone.len; i++) {
        if (!address || is_plain(tone.p[i]))
            sbuf_char(out, tone.p[i]);
        else
            sbuf_fmt(out, "%%%02X", (unsigned char)tone.p[i]);
    }
}

/* A word of the phone's own has no address; by custom it is one that leads nowhere. */
void ring_tone_uri(struct str tone, struct sbuf *out)
{
    const char *urn = urn_of(tone);
    if (urn)
        sbuf_cstr(out, urn);
    else if (!scheme_of(tone))
        sbuf_cstr(out, "http://127.0.0.1/");
    if (!urn)
        sbuf_str(out, tone);
}

void ring_tone_info(struct str tone, struct sbuf *out)
{
    if (scheme_of(tone))
        return;
    if (urn_of(tone))
        sbuf_cstr(out, "alert-");
    sbuf_str(out, tone);
}
