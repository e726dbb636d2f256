/* Instructions that read a json. A container is a handle of two words: how many words its storage has in use, and the
 * storage, which holds elements, or keys and values by turns. */
#include "vm/run/slow.h"

struct container {
    uint64_t len; /* words in use */
    const uint64_t *words;
};

/* An empty one for what is no container of that kind. Valid until the heap moves. */
static struct container open_container(const struct vm *vm, uint64_t ref, enum ref_kind kind)
{
    if (ref_kind(ref) != kind)
        return (struct container){ 0 };
    const uint64_t *handle = object_words(heap_object(&vm->heap, ref_body(ref)));
    uint64_t n = (uint64_t)ref_number(handle[0]);
    return (struct container){ n, n ? object_words(heap_object(&vm->heap, handle[1])) : NULL };
}

/* Of a key that comes twice the last one counts. */
bool slow_jfield(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    struct container c = open_container(vm, s[pc[2]], REF_JSON_OBJECT);
    struct str key = machine_text(vm, s[pc[3]]);
    uint64_t i = c.len;
    while (i && !str_eq(machine_text(vm, c.words[i - 2]), key))
        i -= 2;
    s[pc[1]] = i ? c.words[i - 1] : 0;
    return machine_charge(vm, c.len * (8 + key.len));
}

/* Null where there is none. */
static uint64_t element(const struct vm *vm, uint64_t json, uint64_t i)
{
    struct container c = open_container(vm, json, REF_JSON_ARRAY);
    return i < c.len ? c.words[i] : 0;
}

bool slow_jat(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    s[pc[1]] = element(vm, s[pc[2]], s[pc[3]]);
    return true;
}

/* The json as a text, when it is a text or a number; an int's digits are made. false after a fault. */
static bool as_text(struct vm *vm, uint64_t json, uint64_t *text, bool *is)
{
    char digits[24];
    *is = true;
    if (ref_kind(json) == REF_JSON_TEXT || ref_kind(json) == REF_JSON_NUMBER) {
        *text = ref_body(json);
        return true;
    }
    *is = ref_kind(json) == REF_JSON_INT;
    *text = 0;
    if (!*is)
        return true;
    struct sbuf out = { digits, 0, sizeof digits };
    sbuf_fmt(&out, "%lld", (long long)ref_number(json)); /* 17 characters at most: never grows */
    return machine_new_text(vm, sbuf_view(&out), text);
}

bool slow_jtext(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    bool is;
    uint64_t text;
    if (!as_text(vm, s[pc[3]], &text, &is))
        return false;
    s[pc[1]] = text;
    s[pc[2]] = is;
    return true;
}

bool slow_jint(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    uint64_t json = s[pc[3]];
    int64_t n = ref_kind(json) == REF_JSON_INT ? ref_number(json) : 0;
    bool is = ref_kind(json) == REF_JSON_INT;
    if (ref_kind(json) == REF_JSON_NUMBER)
        is = str_to_int(machine_text(vm, ref_body(json)), &n);
    s[pc[1]] = (uint64_t)n;
    s[pc[2]] = is;
    return true;
}

bool slow_jbool(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    uint64_t json = s[pc[3]];
    bool is = ref_kind(json) == REF_JSON_BOOL;
    (void)vm;
    s[pc[1]] = is && ref_number(json);
    s[pc[2]] = is;
    return true;
}

/* Fills a list that is already in its slot, so that making a text may move it. */
static bool fill_list(struct vm *vm, uint64_t *s, const uint8_t *pc, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        uint64_t text;
        bool is;
        if (!as_text(vm, element(vm, s[pc[3]], i), &text, &is))
            return false;
        object_words(heap_object(&vm->heap, s[pc[1]]))[i] = text;
    }
    return true;
}

bool slow_jlist(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    struct container c = open_container(vm, s[pc[3]], REF_JSON_ARRAY);
    bool is = ref_kind(s[pc[3]]) == REF_JSON_ARRAY;
    for (uint64_t i = 0; i < c.len; i++) {
        unsigned kind = ref_kind(c.words[i]);
        is = is && (kind == REF_JSON_TEXT || kind == REF_JSON_NUMBER || kind == REF_JSON_INT);
    }
    uint64_t n = is ? c.len : 0;
    uint32_t at = n ? heap_make(vm, OBJECT_REFS, n) : 0;
    if (n && !at)
        return false;
    s[pc[1]] = at;
    s[pc[2]] = is;
    return fill_list(vm, s, pc, n);
}

bool slow_joft(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    (void)vm;
    s[pc[1]] = ref_make(REF_JSON_TEXT, s[pc[2]]);
    return true;
}

bool slow_jofn(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    char digits[24];
    int64_t n = (int64_t)s[pc[2]];
    uint64_t text;
    if (ref_fits(n)) {
        s[pc[1]] = ref_make(REF_JSON_INT, (uint64_t)n);
        return true;
    }
    struct sbuf out = { digits, 0, sizeof digits };
    sbuf_fmt(&out, "%lld", (long long)n); /* 20 characters at most: never grows */
    if (!machine_new_text(vm, sbuf_view(&out), &text))
        return false;
    s[pc[1]] = ref_make(REF_JSON_NUMBER, text);
    return true;
}
