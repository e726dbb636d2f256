#include "vm/isa/disasm.h"

#include "vm/isa/opcode.h"

/* A text in quotes, with what would disturb a terminal escaped, shortened when it is long. */
static void add_quoted(struct sbuf *out, struct str s)
{
    enum { SHOWN_MAX = 60 };
    sbuf_char(out, '"');
    for (size_t i = 0; i < s.len && i < SHOWN_MAX; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\')
            sbuf_fmt(out, "\\%c", c);
        else if (c == '\n')
            sbuf_cstr(out, "\\n");
        else if (c < 0x20 || c == 0x7f)
            sbuf_fmt(out, "\\x%02x", c);
        else
            sbuf_char(out, (char)c);
    }
    sbuf_cstr(out, s.len > SHOWN_MAX ? "…\"" : "\"");
}

static void add_const(const struct image *im, uint32_t k, struct sbuf *out)
{
    const struct image_const *c = &im->consts[k];
    if (c->type == TYPE_TEXT) {
        add_quoted(out, c->text);
        return;
    }
    if (!c->items) {
        sbuf_fmt(out, "%lld", (long long)c->num);
        return;
    }
    sbuf_char(out, '[');
    for (uint32_t i = 0; i < c->count && i < 8; i++) {
        bool text = c->type == TYPE_LIST_TEXT && c->items[i] >= 0 && c->items[i] < (int64_t)k &&
                    im->consts[c->items[i]].type == TYPE_TEXT;
        sbuf_cstr(out, i ? ", " : "");
        if (text)
            add_quoted(out, im->consts[c->items[i]].text);
        else
            sbuf_fmt(out, "%lld", (long long)c->items[i]);
    }
    sbuf_cstr(out, c->count > 8 ? ", …]" : "]");
}

static void add_name(struct sbuf *out, struct str name, unsigned number)
{
    if (name.len)
        sbuf_str(out, name);
    else
        sbuf_fmt(out, "#%u", number);
}

static void add_row(const struct image *im, const struct operand_row *o, unsigned n, struct sbuf *out)
{
    if (o->role == ROLE_CONSTANT && n < im->nconsts)
        add_const(im, n, out);
    else if (o->role == ROLE_FUNCTION && n < im->nfuncs)
        add_name(out, im->funcs[n].name, n);
    else if (o->role == ROLE_IMPORT && n < im->nimports)
        add_name(out, im->imports[n].name, n);
    else if (o->role == ROLE_HOURS && n < im->nhours)
        add_name(out, im->hours[n].name, n);
    else if (o->role == ROLE_EXTERN && n < im->nexterns)
        add_name(out, im->externs[n].shape.name, n);
    else
        sbuf_fmt(out, "?%u", n);
}

static void add_table(const uint8_t *p, uint32_t end, struct sbuf *out)
{
    sbuf_char(out, '(');
    for (unsigned i = 0; i < p[0]; i++)
        sbuf_fmt(out, "%s%u: %u", i ? ", " : "", i, end + code_u16(p + 1 + 2 * i));
    sbuf_char(out, ')');
}

/* end: pc behind the instruction, from where jumps count. */
static void add_operand(const struct image *im, const struct operand_row *o, const uint8_t *p, uint32_t end,
                        struct sbuf *out)
{
    switch (o->role) {
    case ROLE_READ:
    case ROLE_WRITE: sbuf_fmt(out, "s%u", p[0]); break;
    case ROLE_RANGE: sbuf_fmt(out, "s%u…%u", p[0], p[0] + p[1]); break;
    case ROLE_NUMBER:
    case ROLE_POSITIVE: sbuf_fmt(out, "%d", (int8_t)p[0]); break;
    case ROLE_FORWARD: sbuf_fmt(out, "-> %u", end + code_u16(p)); break;
    case ROLE_BACK: sbuf_fmt(out, "-> %lld", (long long)end - code_u16(p)); break;
    case ROLE_TABLE: add_table(p, end, out); break;
    case ROLE_FIELD: sbuf_cstr(out, field_text((enum call_field)p[0])); break;
    case ROLE_WINDOW: sbuf_fmt(out, "(s%u…)", p[0]); break;
    case ROLE_CONSTANT:
    case ROLE_FUNCTION:
    case ROLE_IMPORT:
    case ROLE_HOURS:
    case ROLE_EXTERN: add_row(im, o, code_u16(p), out); break;
    case ROLE_NONE: break;
    }
}

static void add_instruction(const struct image *im, const uint8_t *code, uint32_t end, struct sbuf *out)
{
    const struct opcode_row *row = &opcode_rows[code[0]];
    const uint8_t *p = code + 1;
    sbuf_fmt(out, "%-10s", row->name);
    for (unsigned i = 0; i < OPERANDS_MAX && row->operands[i]; i++) {
        const struct operand_row *o = operand_row(row->operands[i]);
        sbuf_cstr(out, i ? ", " : " ");
        add_operand(im, o, p, end, out);
        p += o->bytes;
    }
}

/* The source's line of that number, without its indent; empty when the image does not hold it. */
static struct str source_line(const struct image *im, struct image_line at)
{
    struct str s = at.file < im->nsources ? im->sources[at.file].text : (struct str){ 0 };
    uint32_t line = 1;
    size_t i = 0, end;
    for (; i < s.len && line < at.line; i++)
        line += s.p[i] == '\n';
    while (i < s.len && (s.p[i] == ' ' || s.p[i] == '\t'))
        i++;
    for (end = i; end < s.len && s.p[end] != '\n'; end++)
        ;
    return (struct str){ s.p ? s.p + i : NULL, end - i };
}

static void add_line(const struct image *im, struct image_line at, struct sbuf *out)
{
    struct str path = at.file < im->nsources ? im->sources[at.file].path : STR("?");
    sbuf_fmt(out, "; %.*s:%u  %.*s\n", STR_ARG(path), at.line, STR_ARG(source_line(im, at)));
}

static void add_code(const struct image *im, const struct image_func *f, struct sbuf *out)
{
    uint32_t row = 0;
    for (uint32_t pc = 0, size; pc < f->code_len; pc += size) {
        while (row < f->nlines && f->lines[row].pc <= pc)
            add_line(im, f->lines[row++], out);
        size = opcode_size(f->code + pc, f->code_len - pc);
        sbuf_fmt(out, "%6u  ", pc);
        if (size)
            add_instruction(im, f->code + pc, pc + size, out);
        else
            sbuf_fmt(out, "? %u", f->code[pc]);
        sbuf_char(out, '\n');
        size = size ? size : 1;
    }
}

static void add_slots(const struct image_func *f, struct sbuf *out)
{
    for (unsigned i = 0; i < f->nslots; i++) {
        const char *use = i < f->nresults ? "result" : i < f->nresults + f->nparams ? "parameter" : "own";
        sbuf_fmt(out, "  s%u %s, %s\n", i, type_text((enum type)f->slots[i]), use);
    }
    if (f->on_hangup)
        sbuf_fmt(out, "  on hangup -> %u\n", f->on_hangup);
}

static void add_import(const char *what, const struct image_import *m, struct sbuf *out)
{
    sbuf_fmt(out, "%s %.*s", what, STR_ARG(m->name));
    for (unsigned i = 0; i < m->nparams; i++)
        sbuf_fmt(out, "%s %.*s: %s", i ? "," : "", STR_ARG(m->params[i].label), type_text(m->params[i].type));
    sbuf_cstr(out, " ->");
    if (!m->noutcomes && m->nresults)
        sbuf_fmt(out, " %s", type_text((enum type)m->results[0]));
    for (unsigned i = 0; i < m->noutcomes; i++) {
        const struct image_outcome *o = &m->outcomes[i];
        sbuf_fmt(out, "%s %.*s", i ? " |" : "", STR_ARG(o->name));
        for (unsigned k = 0; k < o->npayload; k++)
            sbuf_fmt(out, "%ss%u %s%s", k ? ", " : "(", o->payload_slot[k], type_text(o->payload[k]),
                     k + 1 == o->npayload ? ")" : "");
    }
    sbuf_char(out, '\n');
}

void image_disasm(const struct image *im, struct sbuf *out)
{
    sbuf_fmt(out, "flow %.*s, begins in function %u\n", STR_ARG(im->flow), im->entry);
    for (unsigned i = 0; im->is_signed && i < IMAGE_KEY_SIZE; i++)
        sbuf_fmt(out, "%s%02x%s", i ? "" : "signed by ", im->signer[i], i + 1 < IMAGE_KEY_SIZE ? "" : "\n");
    for (uint32_t i = 0; i < im->nimports; i++)
        add_import("action", &im->imports[i], out);
    for (uint32_t i = 0; i < im->nexterns; i++)
        add_import("lua", &im->externs[i].shape, out);
    for (uint32_t i = 0; i < im->nfuncs; i++) {
        sbuf_fmt(out, "\nfunction %u ", i);
        add_name(out, im->funcs[i].name, i);
        sbuf_char(out, '\n');
        add_slots(&im->funcs[i], out);
        add_code(im, &im->funcs[i], out);
    }
}
