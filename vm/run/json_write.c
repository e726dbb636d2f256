/* A json of the heap as text. What cannot be in JSON text is mended: control characters are escaped, bytes that are not
 * UTF-8 become U+FFFD, and what is nested deeper than JSON_DEPTH becomes null. */
#include "vm/run/machine.h"

/* Length of the UTF-8 character at p (RFC 3629: no overlong form, no surrogate), 0 when there is none. */
static size_t utf8_len(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return 0;
    size_t n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (left < n)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f))
        return 0;
    if ((p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return n;
}

static void write_text(struct str s, struct sbuf *out)
{
    sbuf_char(out, '"');
    for (size_t i = 0, n; i < s.len; i += n ? n : 1) {
        const unsigned char *p = (const unsigned char *)s.p + i;
        n = utf8_len(p, s.len - i);
        if (!n)
            sbuf_cstr(out, "\xef\xbf\xbd");
        else if (*p < 0x20 || *p == 0x7f)
            sbuf_fmt(out, "\\u%04x", *p);
        else if (*p == '"' || *p == '\\')
            sbuf_fmt(out, "\\%c", *p);
        else
            sbuf_add(out, p, n);
    }
    sbuf_char(out, '"');
}

static void write_value(const struct vm *vm, uint64_t ref, unsigned depth, struct sbuf *out);

static void write_container(const struct vm *vm, uint64_t ref, unsigned depth, struct sbuf *out)
{
    bool object = ref_kind(ref) == REF_JSON_OBJECT;
    const uint64_t *handle = object_words(heap_object(&vm->heap, ref_body(ref)));
    uint64_t n = (uint64_t)ref_number(handle[0]), i = 0;
    const uint64_t *words = n ? object_words(heap_object(&vm->heap, handle[1])) : NULL;
    sbuf_char(out, object ? '{' : '[');
    while (i < n) {
        sbuf_cstr(out, i ? "," : "");
        if (object) {
            write_text(machine_text(vm, words[i++]), out);
            sbuf_char(out, ':');
        }
        write_value(vm, words[i++], depth + 1, out);
    }
    sbuf_char(out, object ? '}' : ']');
}

static void write_value(const struct vm *vm, uint64_t ref, unsigned depth, struct sbuf *out)
{
    switch (ref_kind(ref)) {
    case REF_JSON_TEXT: write_text(machine_text(vm, ref_body(ref)), out); return;
    case REF_JSON_NUMBER: sbuf_str(out, machine_text(vm, ref_body(ref))); return;
    case REF_JSON_INT: sbuf_fmt(out, "%lld", (long long)ref_number(ref)); return;
    case REF_JSON_BOOL: sbuf_cstr(out, ref_number(ref) ? "true" : "false"); return;
    case REF_JSON_ARRAY:
    case REF_JSON_OBJECT:
        if (depth < JSON_DEPTH) {
            write_container(vm, ref, depth, out);
            return;
        }
        break;
    default: break;
    }
    sbuf_cstr(out, "null");
}

void json_write(const struct vm *vm, uint64_t ref, struct sbuf *out) { write_value(vm, ref, 0, out); }
