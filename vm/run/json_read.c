/* JSON text (RFC 8259) into a call's heap: once to check it and to count what it needs, once to build it in room that
 * cannot move. Nesting is bounded, so is the recursion. */
#include <string.h>

#include "vm/base/vec.h"
#include "vm/run/machine.h"

struct json {
    struct vm *vm;
    const char *p, *end;
    unsigned depth;
    bool build;
    uint64_t need;         /* bytes of heap, counted when not building */
    VEC(uint64_t) pending; /* elements of the containers that are open; only when building */
};

static bool read_value(struct json *j, uint64_t *ref);

static void skip_space(struct json *j)
{
    while (j->p < j->end && (*j->p == ' ' || *j->p == '\t' || *j->p == '\n' || *j->p == '\r'))
        j->p++;
}

static bool accept(struct json *j, char c)
{
    skip_space(j);
    if (j->p == j->end || *j->p != c)
        return false;
    j->p++;
    return true;
}

static uint32_t take(struct json *j, enum object_kind kind, uint64_t len)
{
    if (j->build)
        return heap_take(j->vm, kind, (uint32_t)len);
    j->need += heap_size(kind, len);
    return 0;
}

static int hex4(const char *p, const char *end)
{
    int n = 0;
    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        n = n << 4 | digit;
    }
    return n;
}

/* Writes a character as UTF-8 to out (unless NULL) and tells its length. */
static size_t put_char(char *out, int c)
{
    char bytes[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const int heads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        bytes[i] = (char)(0x80 | (c & 0x3f));
    bytes[0] = (char)(heads[n] | c);
    if (out)
        memcpy(out, bytes, n);
    return n;
}

/* A \uXXXX behind its 'u'; half a surrogate pair becomes U+FFFD. -1 when it is none. */
static int read_unicode(const char **p, const char *end)
{
    int c = hex4(*p, end), low;
    if (c < 0)
        return -1;
    *p += 4;
    if (c < 0xd800 || c > 0xdfff)
        return c;
    if (c < 0xdc00 && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u' && (low = hex4(*p + 2, end)) >= 0xdc00 &&
        low <= 0xdfff) {
        *p += 6;
        return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    return 0xfffd;
}

static int read_escape(const char **p, const char *end)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (*p == end)
        return -1;
    char c = *(*p)++;
    const char *at = c ? strchr(from, c) : NULL;
    if (c == 'u')
        return read_unicode(p, end);
    return at ? to[at - from] : -1;
}

/* The text behind an opening quote: writes it to out (unless NULL), moves *p behind the closing quote. Its length, or
 * -1. */
static int64_t read_chars(const char **p, const char *end, char *out)
{
    size_t n = 0;
    while (*p < end && **p != '"') {
        if (**p != '\\') {
            if (out)
                out[n] = **p;
            n++;
            (*p)++;
            continue;
        }
        (*p)++;
        int c = read_escape(p, end);
        if (c < 0)
            return -1;
        n += put_char(out ? out + n : NULL, c);
    }
    if (*p == end)
        return -1;
    (*p)++;
    return (int64_t)n;
}

static bool read_text(struct json *j, uint64_t *ref)
{
    const char *start = j->p;
    int64_t len = read_chars(&j->p, j->end, NULL);
    if (len < 0)
        return false;
    uint32_t at = len ? take(j, OBJECT_BYTES, (uint64_t)len) : 0;
    char *out = at ? (char *)object_bytes(heap_object(&j->vm->heap, at)) : NULL;
    if (at && len == j->p - start - 1) /* an escape is always longer than what it stands for: there is none */
        memcpy(out, start, (size_t)len);
    else if (at)
        read_chars(&start, j->end, out);
    *ref = ref_make(REF_JSON_TEXT, at);
    return true;
}

static bool skip_digits(struct json *j)
{
    const char *start = j->p;
    while (j->p < j->end && *j->p >= '0' && *j->p <= '9')
        j->p++;
    return j->p > start;
}

/* Moves over a number; *whole when it has neither fraction nor exponent. */
static bool skip_number(struct json *j, bool *whole)
{
    *whole = true;
    j->p += *j->p == '-';
    const char *first = j->p;
    if (!skip_digits(j) || (*first == '0' && j->p - first > 1))
        return false;
    if (j->p < j->end && *j->p == '.') {
        *whole = false;
        j->p++;
        if (!skip_digits(j))
            return false;
    }
    if (j->p < j->end && (*j->p == 'e' || *j->p == 'E')) {
        *whole = false;
        j->p++;
        j->p += j->p < j->end && (*j->p == '+' || *j->p == '-');
        return skip_digits(j);
    }
    return true;
}

static bool read_number(struct json *j, uint64_t *ref)
{
    bool whole;
    int64_t n;
    struct str digits = { j->p, 0 };
    if (!skip_number(j, &whole))
        return false;
    digits.len = (size_t)(j->p - digits.p);
    if (whole && str_to_int(digits, &n) && ref_fits(n)) {
        *ref = ref_make(REF_JSON_INT, (uint64_t)n);
        return true;
    }
    uint32_t at = take(j, OBJECT_BYTES, digits.len);
    if (at)
        memcpy(object_bytes(heap_object(&j->vm->heap, at)), digits.p, digits.len);
    *ref = ref_make(REF_JSON_NUMBER, at);
    return true;
}

static bool read_word(struct json *j, const char *word, uint64_t value, uint64_t *ref)
{
    size_t n = strlen(word);
    if ((size_t)(j->end - j->p) < n || memcmp(j->p, word, n) != 0)
        return false;
    j->p += n;
    *ref = value;
    return true;
}

static bool read_element(struct json *j, uint64_t *words)
{
    uint64_t ref = 0;
    if (!read_value(j, &ref))
        return false;
    if (j->build)
        vec_push(&j->pending, ref);
    ++*words;
    return true;
}

static bool read_member(struct json *j, uint64_t *words)
{
    uint64_t key = 0;
    if (!accept(j, '"') || !read_text(j, &key))
        return false;
    if (j->build)
        vec_push(&j->pending, ref_body(key));
    ++*words;
    return accept(j, ':') && read_element(j, words);
}

/* The container of the last so many pending words. */
static uint64_t close_container(struct json *j, enum ref_kind kind, uint64_t words)
{
    uint32_t storage = words ? take(j, OBJECT_REFS, words) : 0;
    uint32_t handle = take(j, OBJECT_REFS, 2);
    if (!j->build)
        return 0;
    uint64_t *to = object_words(heap_object(&j->vm->heap, handle));
    to[0] = ref_make(REF_JSON_INT, words);
    to[1] = storage;
    j->pending.len -= words;
    if (words)
        memcpy(object_words(heap_object(&j->vm->heap, storage)), j->pending.items + j->pending.len,
               words * sizeof(uint64_t));
    return ref_make(kind, handle);
}

static bool read_container(struct json *j, enum ref_kind kind, uint64_t *ref)
{
    char end = kind == REF_JSON_OBJECT ? '}' : ']';
    uint64_t words = 0;
    if (++j->depth > JSON_DEPTH)
        return false;
    if (!accept(j, end)) {
        do {
            if (!(kind == REF_JSON_OBJECT ? read_member(j, &words) : read_element(j, &words)))
                return false;
        } while (accept(j, ','));
        if (!accept(j, end))
            return false;
    }
    j->depth--;
    *ref = close_container(j, kind, words);
    return true;
}

static bool read_value(struct json *j, uint64_t *ref)
{
    skip_space(j);
    if (j->p == j->end)
        return false;
    switch (*j->p) {
    case '{': j->p++; return read_container(j, REF_JSON_OBJECT, ref);
    case '[': j->p++; return read_container(j, REF_JSON_ARRAY, ref);
    case '"': j->p++; return read_text(j, ref);
    case 't': return read_word(j, "true", ref_make(REF_JSON_BOOL, 1), ref);
    case 'f': return read_word(j, "false", ref_make(REF_JSON_BOOL, 0), ref);
    case 'n': return read_word(j, "null", 0, ref);
    default: return read_number(j, ref);
    }
}

static bool read_whole(struct json *j, struct str text, uint64_t *ref)
{
    j->p = text.p;
    j->end = text.p + text.len;
    if (!read_value(j, ref))
        return false;
    skip_space(j);
    return j->p == j->end;
}

bool json_read(struct vm *vm, struct str text, uint64_t *ref)
{
    struct json j = { .vm = vm };
    *ref = 0;
    if (!machine_charge(vm, text.len))
        return false;
    if (!text.len || !read_whole(&j, text, ref)) {
        *ref = 0; /* a value may stand before what is wrong */
        return true;
    }
    if (j.need && !heap_reserve(vm, j.need))
        return false;
    j.build = true;
    read_whole(&j, text, ref); /* it was right the first time */
    vec_free(&j.pending);
    return true;
}

size_t vm_json_size(struct str text)
{
    struct json j = { 0 };
    uint64_t ref;
    return text.len && read_whole(&j, text, &ref) ? (size_t)j.need : 0;
}
