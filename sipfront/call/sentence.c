#include "sipfront/call/sentence.h"

#include <ctype.h>
#include <string.h>

enum { SHORTEST = 12 /* bytes: what is shorter stays with what follows */ };

static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/* Short words before a dot are mostly abbreviations: Mr. St. No. e.g. */
static bool is_abbreviated(struct str s, size_t dot)
{
    size_t letters = 0;
    while (letters < dot && isalpha((unsigned char)s.p[dot - 1 - letters]))
        letters++;
    return letters > 0 && letters <= 2;
}

static bool ends_sentence(struct str s, size_t i)
{
    if (i + 1 >= s.len || !is_space(s.p[i + 1]))
        return false;
    return s.p[i] == '!' || s.p[i] == '?' || (s.p[i] == '.' && !is_abbreviated(s, i));
}

static bool ends_clause(struct str s, size_t i)
{
    return i + 1 < s.len && is_space(s.p[i + 1]) && strchr(",;:", s.p[i]) && s.p[i];
}

/* Behind the piece's last character; the text's end when there is no place to cut. */
static size_t find_end(struct str s, bool first)
{
    size_t clause = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (i + 1 >= SHORTEST && ends_sentence(s, i))
            return clause && i > SENTENCE_LONG ? clause : i + 1;
        if (first && !clause && i + 1 >= SHORTEST && ends_clause(s, i))
            clause = i + 1;
    }
    return clause && s.len > SENTENCE_LONG ? clause : s.len;
}

static struct str trim(struct str s)
{
    while (s.len && is_space(s.p[0])) {
        s.p++;
        s.len--;
    }
    while (s.len && is_space(s.p[s.len - 1]))
        s.len--;
    return s;
}

bool sentence_next(struct str *rest, bool first, struct str *piece)
{
    struct str s = trim(*rest);
    size_t end = find_end(s, first);
    *piece = trim((struct str){ s.p, end });
    *rest = (struct str){ s.len ? s.p + end : s.p, s.len - end };
    return piece->len > 0;
}

unsigned sentence_count(struct str text)
{
    struct str piece;
    unsigned n = 0;
    while (sentence_next(&text, n == 0, &piece))
        n++;
    return n;
}
