/* From what people write to FTS5's language: each word and phrase becomes a string of it, so that nothing in it is an
 * operator. */
#include "sipfront/directory/search.h"

#include <ctype.h>
#include <string.h>

/* Is there a letter or digit, or a character beyond ASCII? The tokenizer drops all else. */
static bool says_something(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (isalnum((unsigned char)s.p[i]) || (unsigned char)s.p[i] >= 0x80)
            return true;
    return false;
}

static enum err add_piece(struct sbuf *out, struct str piece, bool begins, struct sbuf *why)
{
    if (!says_something(piece)) {
        sbuf_fmt(why, "'%.*s' holds no word to search for", STR_ARG(piece));
        return ERR_SYNTAX;
    }
    sbuf_fmt(out, "%s\"%.*s\"%s", out->len ? " " : "", STR_ARG(piece), begins ? "*" : "");
    return ERR_OK;
}

static enum err phrase(const char **at, struct sbuf *out, struct sbuf *why)
{
    const char *start = *at + 1, *end = strchr(start, '"');
    if (!end) {
        sbuf_fmt(why, "the quote before '%.40s' is not closed", start);
        return ERR_SYNTAX;
    }
    bool begins = end[1] == '*';
    *at = end + 1 + begins;
    return add_piece(out, (struct str){ start, (size_t)(end - start) }, begins, why);
}

static enum err word(const char **at, struct sbuf *out, struct sbuf *why)
{
    struct str w = { *at, strcspn(*at, " \t\r\n\"") };
    *at += w.len;
    bool begins = str_ends(w, "*");
    w.len -= begins;
    if (memchr(w.p, '*', w.len)) {
        sbuf_fmt(why, "'*' stands only at the end of a word, not within '%.*s'", STR_ARG(w));
        return ERR_SYNTAX;
    }
    return add_piece(out, w, begins, why);
}

enum err search_translate(const char *text, struct sbuf *out, struct sbuf *why)
{
    const char *at = text;
    enum err e = ERR_OK;
    if (strlen(text) > SEARCH_MOST_TEXT) {
        sbuf_fmt(why, "the text has %zu bytes, at most %d can be searched for", strlen(text), SEARCH_MOST_TEXT);
        return ERR_SYNTAX;
    }
    while (!e && *(at += strspn(at, " \t\r\n")))
        e = *at == '"' ? phrase(&at, out, why) : word(&at, out, why);
    if (!e && !out->len) {
        sbuf_cstr(why, "there is nothing to search for: give words, begin* or \"a phrase\"");
        e = ERR_SYNTAX;
    }
    return e;
}
