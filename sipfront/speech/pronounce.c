#include "sipfront/speech/pronounce.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "vm/base/vec.h"
#include "vm/base/word.h"

enum { FILE_MOST = 1 << 20 };

/* Sorted by the first byte (lower case), the longest first. */
struct pronounce {
    struct sbuf text;
    VEC(struct word_said) words; /* into text */
    size_t begins[257];          /* for each first byte, where its words begin */
};

static struct str trim(struct str s)
{
    while (s.len && (unsigned char)s.p[0] <= ' ') {
        s.p++;
        s.len--;
    }
    while (s.len && (unsigned char)s.p[s.len - 1] <= ' ')
        s.len--;
    return s;
}

static struct str up_to(struct str s, char mark)
{
    const char *at = s.len ? memchr(s.p, mark, s.len) : NULL;
    return at ? (struct str){ s.p, (size_t)(at - s.p) } : s;
}

static bool read_line(struct pronounce *p, struct str line)
{
    struct str said = trim(up_to(line, '#'));
    struct str from = up_to(said, '=');
    if (!said.len)
        return true;
    if (from.len == said.len)
        return false;
    struct str to = trim((struct str){ said.p + from.len + 1, said.len - from.len - 1 });
    from = trim(from);
    vec_push(&p->words, (struct word_said){ from, to });
    return to.len && word_is_whole(from);
}

static enum err read_lines(struct pronounce *p, const char *path, struct sbuf *why)
{
    struct str rest = sbuf_view(&p->text);
    for (unsigned n = 1; rest.len; n++) {
        struct str line = up_to(rest, '\n');
        size_t skip = line.len < rest.len ? line.len + 1 : line.len;
        rest = (struct str){ rest.p + skip, rest.len - skip };
        if (!read_line(p, line)) {
            sbuf_fmt(why, "%s:%u: '%.*s' is not written as WORD = AS IT IS SAID", path, n, STR_ARG(trim(line)));
            return ERR_SYNTAX;
        }
        if (p->words.len > PRONOUNCE_MOST) {
            sbuf_fmt(why, "%s has more than %d words", path, PRONOUNCE_MOST);
            return ERR_TOO_BIG;
        }
    }
    return ERR_OK;
}

static int by_first_and_length(const void *a, const void *b)
{
    const struct word_said *x = a, *y = b;
    int first = word_lower(x->word.p[0]) - word_lower(y->word.p[0]);
    if (first)
        return first;
    return x->word.len < y->word.len ? 1 : x->word.len > y->word.len ? -1 : str_cmp(x->word, y->word);
}

static void sort(struct pronounce *p)
{
    size_t at = 0;
    if (p->words.len)
        qsort(p->words.items, p->words.len, sizeof *p->words.items, by_first_and_length);
    for (unsigned c = 0; c <= 256; c++) {
        while (at < p->words.len && word_lower(p->words.items[at].word.p[0]) < c)
            at++;
        p->begins[c] = at;
    }
}

enum err pronounce_read(struct pronounce **out, const char *path, struct sbuf *why)
{
    struct pronounce *p = calloc(1, sizeof *p);
    *out = NULL;
    if (!p)
        return ERR_NOMEM;
    enum err e = sbuf_read_file(&p->text, path, FILE_MOST);
    if (e == ERR_NOT_FOUND)
        e = ERR_OK;
    else if (e)
        sbuf_fmt(why, "%s cannot be read: %s", path, err_text(e));
    if (!e)
        e = read_lines(p, path, why);
    if (e)
        pronounce_free(&p);
    else
        sort(p);
    *out = p;
    return e;
}

void pronounce_free(struct pronounce **pp)
{
    struct pronounce *p = *pp;
    *pp = NULL;
    if (!p)
        return;
    sbuf_free(&p->text);
    vec_free(&p->words);
    free(p);
}

unsigned pronounce_count(const struct pronounce *p) { return p ? (unsigned)p->words.len : 0; }

static bool fits(struct str at, struct str word)
{
    return word.len && at.len >= word.len && strncasecmp(at.p, word.p, word.len) == 0 &&
           (at.len == word.len || !word_letter(at.p[word.len]));
}

/* The word that stands at the beginning of this text, NULL when none does. */
static const struct word_said *find(const struct pronounce *p, struct str at)
{
    unsigned first = word_lower(at.p[0]);
    for (size_t i = p ? p->begins[first] : 0; p && i < p->begins[first + 1]; i++)
        if (fits(at, p->words.items[i].word))
            return &p->words.items[i];
    return NULL;
}

/* The same in a list without an order. */
static const struct word_said *find_own(const struct pronounce_own *own, struct str at)
{
    const struct word_said *best = NULL;
    for (uint32_t i = 0; i < own->count; i++)
        if (fits(at, own->words[i].word) && (!best || own->words[i].word.len > best->word.len))
            best = &own->words[i];
    return best;
}

void pronounce_apply(const struct pronounce *p, const struct pronounce_own *own, struct str text, struct sbuf *out)
{
    static const struct pronounce_own none = { 0 };
    own = own ? own : &none;
    for (size_t i = 0; i < text.len;) {
        struct str rest = { text.p + i, text.len - i };
        bool begins = word_letter(text.p[i]) && (i == 0 || !word_letter(text.p[i - 1]));
        const struct word_said *w = begins ? find_own(own, rest) : NULL;
        if (begins && !w)
            w = find(p, rest);
        if (w)
            sbuf_str(out, w->said);
        else
            sbuf_char(out, text.p[i]);
        i += w ? w->word.len : 1;
    }
}
