/* Values made of others: texts, lists, json; and parts read out of them. */
#include "compiler/emit_state.h"

enum { PIECES_MAX = 16 };

static struct operand temp(struct emit *e, enum type type)
{
    return (struct operand){ code_slot(&e->code, type), true };
}

static unsigned row_of(struct emit *e, enum type type, unsigned n)
{
    enum type types[IMAGE_SLOTS_MAX];
    for (unsigned i = 0; i < n; i++)
        types[i] = type;
    return code_window(&e->code, types, n);
}

/* ---- texts ---- */

static void emit_piece(struct emit *e, const struct text_part *p, unsigned dst)
{
    struct operand a;
    if (!p->expr) {
        code_wide(&e->code, OP_TEXTK, dst, pool_text(e, p->text));
    } else if (p->expr->type->slot == TYPE_TEXT) {
        emit_into(e, p->expr, dst);
    } else {
        a = emit_operand(e, p->expr);
        code_op2(&e->code, p->expr->type == T(CAUSE) ? OP_CAUSETEXT : OP_INTTEXT, dst, a.slot);
        done(e, a);
    }
}

/* Joins a few at a time: long texts need no more slots than short ones. */
void emit_join_into(struct emit *e, const struct expr *x, unsigned dst)
{
    const struct text_part *p = x->u.parts;
    unsigned count = 0;
    for (const struct text_part *i = p; i && count < PIECES_MAX; i = i->next)
        count++;
    unsigned row = row_of(e, TYPE_TEXT, count), n = 0;
    for (; p; p = p->next) {
        emit_piece(e, p, row + n++);
        if (n == count && p->next) {
            code_op3(&e->code, OP_CONCAT, row, row, n);
            n = 1;
        }
    }
    code_op3(&e->code, OP_CONCAT, dst, row, n);
    code_release(&e->code, row, count);
}

/* ---- lists ---- */

static unsigned count_items(const struct list_item *items)
{
    unsigned n = 0;
    for (; items && n < IMAGE_SLOTS_MAX; items = items->next)
        n++;
    return n;
}

void emit_list_into(struct emit *e, const struct expr *x, unsigned dst)
{
    enum type list = x->type->slot;
    if (list == TYPE_JSON || list == TYPE_LIST_SOUND) {
        if (list == TYPE_JSON)
            emit_json_list_into(e, x, dst);
        else
            emit_sounds_into(e, x, dst);
        return;
    }
    unsigned n = count_items(x->u.items), i = 0, row = row_of(e, x->type->element->slot, n);
    for (const struct list_item *item = x->u.items; item && i < n; item = item->next)
        emit_into(e, item->value, row + i++);
    code_op3(&e->code, list == TYPE_LIST_TEXT ? OP_LISTT : OP_LISTN, dst, row, n);
    code_release(&e->code, row, n);
}

/* A text is a file's name, a sound is what it is. */
static void emit_sound(struct emit *e, const struct expr *x, unsigned dst)
{
    struct str name;
    if (x->type->slot == TYPE_SOUND) {
        emit_into(e, x, dst);
        return;
    }
    if (const_text(e->arena, x, &name))
        pool_prompt(e, PROMPT_FILE, name);
    struct operand a = emit_operand(e, x);
    code_op2(&e->code, OP_FILESOUND, dst, a.slot);
    done(e, a);
}

static void emit_files(struct emit *e, const struct const_value *list, unsigned dst)
{
    unsigned n = list->count < IMAGE_SLOTS_MAX ? list->count : IMAGE_SLOTS_MAX, row = row_of(e, TYPE_SOUND, n);
    for (unsigned i = 0; i < n; i++) {
        struct operand a = emit_text_const(e, list->items[i].text);
        pool_prompt(e, PROMPT_FILE, list->items[i].text);
        code_op2(&e->code, OP_FILESOUND, row + i, a.slot);
        done(e, a);
    }
    code_op3(&e->code, OP_LISTS, dst, row, n);
    code_release(&e->code, row, n);
}

void emit_sounds_into(struct emit *e, const struct expr *x, unsigned dst)
{
    struct const_value v;
    bool many = x->kind == EXPR_LIST;
    if (x->type->slot == TYPE_LIST_TEXT && const_eval(e->arena, x, &v)) {
        emit_files(e, &v, dst);
        return;
    }
    if (!many && x->type->slot == TYPE_LIST_SOUND) {
        emit_into(e, x, dst);
        return;
    }
    unsigned n = many ? count_items(x->u.items) : 1, i = 0, row = row_of(e, TYPE_SOUND, n);
    if (!many)
        emit_sound(e, x, row);
    for (const struct list_item *item = many ? x->u.items : NULL; item && i < n; item = item->next)
        emit_sound(e, item->value, row + i++);
    code_op3(&e->code, OP_LISTS, dst, row, n);
    code_release(&e->code, row, n);
}

static void emit_element(struct emit *e, const struct expr_index *x, unsigned dst, struct label *none)
{
    bool texts = x->base->type->slot == TYPE_LIST_TEXT;
    struct operand list = emit_operand(e, x->base), at = emit_operand(e, x->index), length = temp(e, TYPE_INT);
    code_jump2(&e->code, OP_JLTI, at.slot, 0, none);
    code_op2(&e->code, texts ? OP_LENT : OP_LENN, length.slot, list.slot);
    code_jump2(&e->code, OP_JLE, length.slot, at.slot, none);
    code_op3(&e->code, texts ? OP_ATT : OP_ATN, dst, list.slot, at.slot);
    done(e, length);
    done(e, at);
    done(e, list);
}

static void emit_json_index(struct emit *e, const struct expr_index *x, unsigned dst)
{
    struct operand base = emit_operand(e, x->base), at = emit_operand(e, x->index);
    code_op3(&e->code, x->index->type->slot == TYPE_TEXT ? OP_JFIELD : OP_JAT, dst, base.slot, at.slot);
    done(e, at);
    done(e, base);
}

void emit_index_into(struct emit *e, const struct expr *x, unsigned dst)
{
    struct label none = LABEL_NEW, end = LABEL_NEW;
    if (x->type == T(JSON)) {
        emit_json_index(e, &x->u.index, dst);
        return;
    }
    emit_element(e, &x->u.index, dst, &none);
    code_jump(&e->code, &end);
    code_place(&e->code, &none);
    emit_into(e, x->u.index.other, dst);
    code_place(&e->code, &end);
}

/* ---- fields ---- */

static enum call_field field_of(const struct expr *x)
{
    struct sbuf text = { 0 };
    unsigned f = 0;
    sbuf_fmt(&text, x->u.field.base->type == T(CALL) ? "call.%.*s" : "call.dialed.%.*s",
             STR_ARG(x->u.field.name.name->text));
    while (f < FIELD_COUNT - 1 && !str_is(sbuf_view(&text), field_text((enum call_field)f)))
        f++;
    sbuf_free(&text);
    return (enum call_field)f;
}

void emit_field_into(struct emit *e, const struct expr *x, unsigned dst)
{
    if (x->u.field.base->type == T(JSON)) {
        struct operand base = emit_operand(e, x->u.field.base), key = emit_text_const(e, x->u.field.name.name->text);
        code_op3(&e->code, OP_JFIELD, dst, base.slot, key.slot);
        done(e, key);
        done(e, base);
        return;
    }
    enum call_field f = field_of(x);
    code_op2(&e->code, field_type(f) == TYPE_TEXT ? OP_FIELDT : OP_FIELDN, dst, f);
}
