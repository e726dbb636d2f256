/* JSON text (RFC 8259) into a call's heap: read once, which checks it, counts what it needs and leaves a tape of its
 * values; then built from the tape in room that cannot move. Nesting is bounded, so is the recursion. */
#include <stdlib.h>
#include <string.h>

#include "vm/base/vec.h"
#include "vm/run/machine.h"

/* Words of a tape, in the order of the text. Most are references as value.h has them: of what needs no heap the value
 * itself, of a container how many words of its elements follow. A text is where it lies in what is read. */
enum {
    TAPE_ESCAPED = 32, /* a text with escapes in it */
    TAPE_LENGTH_BITS = 28,
    TAPE_LENGTH_MAX = (1 << TAPE_LENGTH_BITS) - 1,
    TAPE_FEW = 64, /* a document of so many words needs no memory but the stack's */
};

struct json {
    struct vm *vm;
    const char *start, *p, *end;
    uint64_t *tape, *few; /* few: the first one, TAPE_FEW words of the caller's */
    size_t len, cap;      /* of the tape */
    unsigned depth;
    uint64_t need; /* bytes of heap */
};

static bool read_value(struct json *j);

static void tape_widen(struct json *j)
{
    uint64_t *own = j->tape == j->few ? NULL : j->tape;
    size_t cap = own ? j->cap : 0;
    vec_grow((void **)&own, &cap, sizeof *own, j->len + 1);
    if (j->tape == j->few)
        memcpy(own, j->few, j->len * sizeof *own);
    j->tape = own;
    j->cap = cap;
}

static void tape_put(struct json *j, uint64_t word)
{
    if (j->len == j->cap)
        tape_widen(j);
    j->tape[j->len++] = word;
}

/* A piece of the text, whose bytes the heap will hold. */
static void tape_put_bytes(struct json *j, unsigned kind, const char *from, size_t raw, size_t len)
{
    tape_put(j, ref_make(kind, len ? (uint64_t)(from - j->start) << TAPE_LENGTH_BITS | raw : 0));
    j->need += len ? heap_size(OBJECT_BYTES, len) : 0;
}

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

/* Behind its opening quote. */
static bool read_text(struct json *j)
{
    const char *from = j->p, *p = from, *end = j->end;
    while (p < end && *p != '"' && *p != '\\')
        p++;
    if (p == end)
        return false;
    j->p = p + 1;
    if (*p == '"') {
        tape_put_bytes(j, REF_JSON_TEXT, from, (size_t)(p - from), (size_t)(p - from));
        return true;
    }
    j->p = from;
    int64_t len = read_chars(&j->p, end, NULL);
    if (len < 0)
        return false;
    tape_put_bytes(j, TAPE_ESCAPED, from, (size_t)(j->p - 1 - from), (size_t)len);
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

static bool read_number(struct json *j)
{
    bool whole;
    int64_t n;
    struct str digits = { j->p, 0 };
    if (!skip_number(j, &whole))
        return false;
    digits.len = (size_t)(j->p - digits.p);
    if (whole && str_to_int(digits, &n) && ref_fits(n))
        tape_put(j, ref_make(REF_JSON_INT, (uint64_t)n));
    else
        tape_put_bytes(j, REF_JSON_NUMBER, digits.p, digits.len, digits.len);
    return true;
}

static bool read_word(struct json *j, struct str word, uint64_t value)
{
    if ((size_t)(j->end - j->p) < word.len || memcmp(j->p, word.p, word.len) != 0)
        return false;
    j->p += word.len;
    tape_put(j, value);
    return true;
}

/* An element, or a key with its value. How many words of the container it is, 0 when it is wrong. */
static uint64_t read_member(struct json *j, enum ref_kind kind)
{
    if (kind == REF_JSON_ARRAY)
        return read_value(j);
    return accept(j, '"') && read_text(j) && accept(j, ':') && read_value(j) ? 2 : 0;
}

static bool read_members(struct json *j, enum ref_kind kind, char end, uint64_t *words)
{
    if (accept(j, end))
        return true;
    do {
        uint64_t more = read_member(j, kind);
        if (!more)
            return false;
        *words += more;
    } while (accept(j, ','));
    return accept(j, end);
}

static bool read_container(struct json *j, enum ref_kind kind)
{
    uint64_t words = 0;
    size_t at = j->len;
    j->p++;
    if (++j->depth > JSON_DEPTH)
        return false;
    tape_put(j, 0);
    if (!read_members(j, kind, kind == REF_JSON_OBJECT ? '}' : ']', &words))
        return false;
    j->depth--;
    j->tape[at] = ref_make(kind, words);
    j->need += heap_size(OBJECT_REFS, 2) + (words ? heap_size(OBJECT_REFS, words) : 0);
    return true;
}

static bool read_value(struct json *j)
{
    skip_space(j);
    if (j->p == j->end)
        return false;
    switch (*j->p) {
    case '{': return read_container(j, REF_JSON_OBJECT);
    case '[': return read_container(j, REF_JSON_ARRAY);
    case '"': j->p++; return read_text(j);
    case 't': return read_word(j, STR("true"), ref_make(REF_JSON_BOOL, 1));
    case 'f': return read_word(j, STR("false"), ref_make(REF_JSON_BOOL, 0));
    case 'n': return read_word(j, STR("null"), 0);
    default: return read_number(j);
    }
}

/* Whether the text is one value and nothing else. */
static bool read_whole(struct json *j, struct str text)
{
    if (text.len == 0 || text.len > TAPE_LENGTH_MAX)
        return false;
    j->start = j->p = text.p;
    j->end = text.p + text.len;
    if (!read_value(j))
        return false;
    skip_space(j);
    return j->p == j->end;
}

/* ---- from the tape ---- */

static uint64_t build_bytes(struct json *j, uint64_t word)
{
    bool escaped = ref_kind(word) == TAPE_ESCAPED;
    const char *from = j->start + (ref_body(word) >> TAPE_LENGTH_BITS), *again = from;
    size_t raw = ref_body(word) & TAPE_LENGTH_MAX, len = raw;
    if (escaped)
        len = (size_t)read_chars(&again, j->end, NULL); /* it was right the first time */
    uint32_t at = len ? heap_take(j->vm, OBJECT_BYTES, (uint32_t)len) : 0;
    char *to = at ? (char *)object_bytes(heap_object(&j->vm->heap, at)) : NULL;
    if (at && escaped)
        read_chars(&from, j->end, to);
    else if (at)
        memcpy(to, from, raw);
    return ref_make(escaped ? REF_JSON_TEXT : ref_kind(word), at);
}

static uint64_t build_value(struct json *j, const uint64_t **tape);

static uint64_t build_container(struct json *j, uint64_t word, const uint64_t **tape)
{
    uint64_t n = ref_body(word);
    bool keys = ref_kind(word) == REF_JSON_OBJECT;
    uint32_t handle = heap_take(j->vm, OBJECT_REFS, 2), storage = n ? heap_take(j->vm, OBJECT_REFS, (uint32_t)n) : 0;
    uint64_t *to = object_words(heap_object(&j->vm->heap, handle));
    to[0] = ref_make(REF_JSON_INT, n);
    to[1] = storage;
    to = object_words(heap_object(&j->vm->heap, storage));
    for (uint64_t i = 0; i < n; i++) {
        uint64_t value = build_value(j, tape);
        to[i] = keys && i % 2 == 0 ? ref_body(value) : value; /* a key is a plain text */
    }
    return ref_make(ref_kind(word), handle);
}

static uint64_t build_value(struct json *j, const uint64_t **tape)
{
    uint64_t word = *(*tape)++;
    switch (ref_kind(word)) {
    case REF_JSON_TEXT:
    case REF_JSON_NUMBER:
    case TAPE_ESCAPED: return build_bytes(j, word);
    case REF_JSON_ARRAY:
    case REF_JSON_OBJECT: return build_container(j, word, tape);
    default: return word;
    }
}

static bool read_and_build(struct json *j, struct str text, uint64_t *ref)
{
    if (!read_whole(j, text))
        return true;
    if (j->need && !heap_reserve(j->vm, j->need))
        return false;
    const uint64_t *tape = j->tape;
    *ref = build_value(j, &tape);
    return true;
}

bool json_read(struct vm *vm, struct str text, uint64_t *ref)
{
    uint64_t few[TAPE_FEW];
    struct json j = { .vm = vm, .tape = few, .few = few, .cap = TAPE_FEW };
    *ref = 0;
    bool ok = machine_charge(vm, text.len) && read_and_build(&j, text, ref);
    if (j.tape != few)
        free(j.tape);
    return ok;
}

size_t vm_json_size(struct str text)
{
    uint64_t few[TAPE_FEW];
    struct json j = { .tape = few, .few = few, .cap = TAPE_FEW };
    size_t need = read_whole(&j, text) ? (size_t)j.need : 0;
    if (j.tape != few)
        free(j.tape);
    return need;
}
