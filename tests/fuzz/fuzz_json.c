/* Any text as JSON through the machine and out again: what jansson reads, the machine reads as the same value, and what
 * it wrote it reads again. */
#include <jansson.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/unit/isa/asm.h"
#include "vm/run/heap.h"
#include "vm/run/vm.h"

enum { DEPTH_MOST = 64 }; /* of the machine's reader */

/* Asks for a json and shows it, for ever. */
static struct image *echo(void)
{
    struct asm_image *a = asm_new("echo");
    asm_import(a, "ask", "ij", "j");
    asm_outcome(a, "done", "j", (const uint8_t[]){ 1 });
    asm_func(a, "main", 0, 0, "ijj");
    asm_label(a, 1);
    asm_op(a, OP_ACT, 0, 0);
    asm_op(a, OP_MOVE, 2, 1);
    asm_jump(a, OP_LOOP, 1);
    return asm_load(a);
}

/* false: it did not fit into the machine's memory. */
static bool pass(struct vm *vm, struct str text, struct sbuf *out)
{
    struct vm_value v = { .type = TYPE_JSON, .text = text };
    if (vm_resume(vm, 0, &v) || vm_run(vm) != VM_PARKED)
        return false;
    vm_arg_json(vm, 0, out);
    vm_refuel(vm);
    return true;
}

/* How deep the brackets of a JSON text are nested. */
static unsigned depth_of(struct str text)
{
    unsigned depth = 0, most = 0;
    bool inside = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.p[i];
        if (inside && c == '\\')
            i++;
        else if (c == '"')
            inside = !inside;
        else if (!inside && (c == '[' || c == '{'))
            most = ++depth > most ? depth : most;
        else if (!inside && (c == ']' || c == '}'))
            depth--;
    }
    return most;
}

static void compare(struct str text, struct str made)
{
    const size_t how = JSON_DECODE_ANY | JSON_ALLOW_NUL;
    if (text.len && memchr(text.p, 0, text.len))
        return; /* no JSON by RFC 8259 §7, but jansson takes a NUL behind a number for the end */
    json_t *want = json_loadb(text.len ? text.p : "", text.len, how, NULL), *is;
    if (!want || depth_of(text) > DEPTH_MOST) {
        json_decref(want);
        return;
    }
    is = json_loadb(made.p, made.len, how, NULL);
    fuzz_holds(is != NULL, "what the machine writes is JSON", made.p);
    fuzz_holds(json_equal(want, is), "the machine reads what jansson reads", made.p);
    json_decref(want);
    json_decref(is);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct image *im = echo();
    const struct action_host host = { .field = NULL };
    struct sbuf made = { 0 }, again = { 0 };
    struct str text = { (const char *)data, size };
    struct vm *vm;
    heap_stress = size & 1;
    if (vm_new(&vm, im, &host, NULL) || vm_run(vm) != VM_PARKED)
        abort();
    if (pass(vm, text, &made)) {
        compare(text, sbuf_view(&made));
        if (pass(vm, sbuf_view(&made), &again))
            fuzz_holds(str_eq(sbuf_view(&made), sbuf_view(&again)), "what was written is read as the same", made.p);
    }
    vm_free(&vm);
    image_unref(&im);
    sbuf_free(&made);
    sbuf_free(&again);
    return 0;
}
