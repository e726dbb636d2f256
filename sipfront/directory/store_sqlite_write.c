/* The SQLite store: writing changes, many in one transaction. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "sipfront/directory/store_sqlite.h"
#include "vm/base/log.h"

/* Each write_<verb>() returns an SQLite code, or one of these two: the stored rows forbid it. */
enum { MISSING = -1, TAKEN = -2 };

static int refusal(int rc)
{
    switch (rc) {
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_UNIQUE: return TAKEN;
    case SQLITE_CONSTRAINT_FOREIGNKEY: return MISSING;
    default: return rc;
    }
}

/* For a statement that must have met a row. */
static int met(struct store *st, int rc)
{
    return rc == SQLITE_OK && sqlite3_changes(st->db) == 0 ? MISSING : refusal(rc);
}

static int put_connection(struct store *st, enum statement which, const struct connection *k)
{
    return store_run(st, which, "ttttiiitiiittt", k->user, k->name, k->ha1_md5, k->ha1_sha256, (int64_t)k->is_virtual,
                     (int64_t)k->has_voicemail, k->ring_ms, k->flow, (int64_t)k->sha256, (int64_t)k->max_bindings,
                     (int64_t)k->max_calls, k->srtp, k->pickup_groups, k->dtmf);
}

static int write_add_connection(struct store *st, struct change *c)
{
    return refusal(put_connection(st, SQL_ADD_CONNECTION, change_connection(c)));
}

static int write_set_connection(struct store *st, struct change *c)
{
    return met(st, put_connection(st, SQL_SET_CONNECTION, change_connection(c)));
}

/* Its Numbers and bindings go with it (ON DELETE CASCADE). */
static int write_remove_connection(struct store *st, struct change *c)
{
    return met(st, store_run(st, SQL_REMOVE_CONNECTION, "t", c->key));
}

static int write_add_number(struct store *st, struct change *c)
{
    const struct number *n = change_number(c);
    return refusal(store_run(st, SQL_ADD_NUMBER, "tt", n->digits, n->user));
}

static int write_remove_number(struct store *st, struct change *c)
{
    return met(st, store_run(st, SQL_REMOVE_NUMBER, "t", c->key));
}

/* The version that is current and whether its bytes have that hash; version 0 when the flow is new. */
static int ask_current(struct store *st, const char *flow, const struct str *hash, struct change *c)
{
    sqlite3_stmt *s = store_bind(st, SQL_CURRENT_FLOW, "tb", flow, hash);
    int rc = sqlite3_step(s);
    change_flow(c)->version = rc == SQLITE_ROW ? (uint32_t)sqlite3_column_int64(s, 0) : 0;
    c->flag = rc == SQLITE_ROW && sqlite3_column_int(s, 1);
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int write_deploy(struct store *st, struct change *c)
{
    struct flow_version *f = change_flow(c);
    unsigned char digest[32];
    struct str bytes = { (const char *)f->image, f->size }, hash = { (const char *)digest, sizeof digest };
    if (!EVP_Digest(f->image, f->size, digest, NULL, EVP_sha256(), NULL))
        return SQLITE_NOMEM;
    int rc = ask_current(st, f->flow, &hash, c);
    if (rc != SQLITE_OK || c->flag)
        return rc;
    f->version++;
    f->deployed_wall_ms = store_now();
    rc = store_run(st, SQL_ADD_IMAGE, "bb", &hash, &bytes);
    if (rc == SQLITE_OK)
        rc = store_run(st, SQL_PUT_FLOW, "ti", f->flow, (int64_t)f->version);
    if (rc == SQLITE_OK)
        rc = store_run(st, SQL_ADD_VERSION, "tibi", f->flow, (int64_t)f->version, &hash, f->deployed_wall_ms);
    return rc;
}

/* Images that no other version has go with it. One that is attached has its versions still. */
static int write_remove_flow(struct store *st, struct change *c)
{
    int rc = met(st, store_run(st, SQL_FORGET_VERSIONS, "t", c->key));
    if (rc == SQLITE_OK)
        rc = store_run(st, SQL_REMOVE_FLOW, "t", c->key);
    return rc == SQLITE_OK ? store_run(st, SQL_FORGET_IMAGES, "") : rc;
}

static int write_attach(struct store *st, struct change *c)
{
    return met(st, store_run(st, SQL_ATTACH, "tt", c->key, c->value));
}

static int write_put_binding(struct store *st, struct change *c)
{
    const struct stored_binding *b = change_binding(c);
    return refusal(store_run(st, SQL_PUT_BINDING, "ttttttiidit", b->user, b->contact, b->instance, b->received,
                             b->call_id, b->agent, (int64_t)b->reg_id, (int64_t)b->cseq, b->q, b->expires_wall_ms,
                             b->path));
}

static int write_drop_binding(struct store *st, struct change *c)
{
    return met(st, store_run(st, SQL_DROP_BINDING, "tt", c->key, c->value));
}

static int write_put_ban(struct store *st, struct change *c)
{
    const struct stored_ban *b = change_ban(c);
    return refusal(store_run(st, SQL_PUT_BAN, "tii", b->source, (int64_t)b->by_hand, b->until_wall_ms));
}

static int write_drop_ban(struct store *st, struct change *c)
{
    return met(st, store_run(st, SQL_DROP_BAN, "t", c->key));
}

/* The index of what was said, as the message's row is now, or is no more. */
static int index_message(struct store *st, const char *id)
{
    static const enum statement steps[] = { SQL_FORGET_INDEX, SQL_FORGET_SPOKEN, SQL_ADD_SPOKEN, SQL_ADD_INDEX };
    int rc = SQLITE_OK;
    for (size_t i = 0; rc == SQLITE_OK && i < sizeof steps / sizeof steps[0]; i++)
        rc = store_run(st, steps[i], "t", id);
    return rc;
}

static int write_add_message(struct store *st, struct change *c)
{
    const struct message *m = change_message(c);
    return refusal(store_run(st, SQL_ADD_MESSAGE, "tttttiiiiittt", m->id, m->box, m->from, m->from_name, m->path,
                             m->left_wall_ms, m->length_ms, (int64_t)m->heard, (int64_t)m->urgent, m->bytes,
                             m->transcript, transcript_state_name(m->transcript_state), m->transcript_why));
}

static int write_mark_heard(struct store *st, struct change *c)
{
    return met(st, store_run(st, SQL_MARK_HEARD, "ti", c->key, (int64_t)c->flag));
}

/* Keeps the file's path in c->value until the row is surely gone. */
static int write_delete_message(struct store *st, struct change *c)
{
    struct sbuf path = { 0 };
    sqlite3_stmt *s = store_bind(st, SQL_DELETE_MESSAGE, "t", c->key);
    int rc = sqlite3_step(s);
    bool found = rc == SQLITE_ROW;
    if (found) {
        sbuf_cstr(&path, (const char *)sqlite3_column_text(s, 0));
        rc = sqlite3_step(s);
    }
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
    change_set_value(c, path.p);
    sbuf_free(&path);
    if (rc != SQLITE_DONE)
        return rc;
    return found ? index_message(st, c->key) : MISSING;
}

static int write_set_transcript(struct store *st, struct change *c)
{
    const struct message *m = change_message(c);
    int rc = met(st, store_run(st, SQL_SET_TRANSCRIPT, "tttttii", m->id, transcript_state_name(m->transcript_state),
                               m->transcript, m->transcript_why, m->transcript_words, m->transcript_tries,
                               m->transcript_next_wall_ms));
    return rc == SQLITE_OK ? index_message(st, m->id) : rc;
}

static int write_put_box(struct store *st, struct change *c)
{
    const struct box *b = change_box(c);
    return refusal(store_run(st, SQL_PUT_BOX, "tttttttiiiiiiit", b->name, b->mail, b->webhook, b->pin, b->greeting,
                             b->busy_greeting, b->spoken_name, (int64_t)b->pin_always, (int64_t)b->delete_mailed,
                             (int64_t)b->transcribe, b->most_messages, b->most_ms, b->most_bytes, b->message_ms,
                             b->transcribe_by));
}

static int write_lock_box(struct store *st, struct change *c)
{
    const struct box *b = change_box(c);
    return met(st, store_run(st, SQL_LOCK_BOX, "tii", b->name, b->wrong_pins, b->locked_until_wall_ms));
}

static int write_remove_box(struct store *st, struct change *c)
{
    return met(st, store_run(st, SQL_REMOVE_BOX, "t", c->key));
}

static int write_put_letter(struct store *st, struct change *c)
{
    const struct letter *l = change_letter(c);
    return refusal(store_run(st, SQL_PUT_LETTER, "ttttttttiiii", l->id, letter_kind_name(l->kind), l->to, l->subject,
                             l->text, l->attachment, l->about, l->why, (int64_t)l->given_up, l->tries, l->made_wall_ms,
                             l->next_wall_ms));
}

static int write_drop_letter(struct store *st, struct change *c)
{
    return met(st, store_run(st, SQL_DROP_LETTER, "t", c->key));
}

static int write_add_trunk(struct store *st, struct change *c)
{
    return refusal(store_put_trunk(st, SQL_ADD_TRUNK, &change_trunk(c)->t));
}

static int write_set_trunk(struct store *st, struct change *c)
{
    return met(st, store_put_trunk(st, SQL_SET_TRUNK, &change_trunk(c)->t));
}

static int write_remove_trunk(struct store *st, struct change *c)
{
    return met(st, store_run(st, SQL_REMOVE_TRUNK, "t", c->key));
}

static int write_put_dial_rule(struct store *st, struct change *c)
{
    const struct dial_rule *r = change_dial_rule(c);
    return refusal(
        store_run(st, SQL_PUT_DIAL_RULE, "ttiii", r->user, r->patterns, r->minutes_a_day, r->spend_a_day, r->calls));
}

static int write_put_usage(struct store *st, struct change *c)
{
    const struct dial_usage *u = change_usage(c);
    return refusal(store_run(st, SQL_PUT_USAGE, "tiii", u->user, u->day, u->used_ms, u->spent));
}

static int write_put_note(struct store *st, struct change *c)
{
    const struct note *n = change_note(c);
    return refusal(store_run(st, SQL_PUT_NOTE, "ttti", n->flow, n->key, n->value, n->until_wall_ms));
}

static int write_drop_note(struct store *st, struct change *c)
{
    return met(st, store_run(st, SQL_DROP_NOTE, "tt", c->key, c->value));
}

static int write_forget_notes(struct store *st, struct change *c)
{
    return store_run(st, SQL_FORGET_NOTES, "i", change_note(c)->until_wall_ms);
}

static int (*const write_change[CHANGE_KINDS])(struct store *st, struct change *c) = {
#define CHANGE(name, verb) write_##verb,
#include "sipfront/directory/change.def"
#undef CHANGE
};

static void fail_change(struct change *c, const char *why)
{
    c->e = ERR_DB;
    sbuf_clear(&c->why);
    sbuf_fmt(&c->why, "the database could not store it: %s", why);
}

/* ERR_DB when the database itself failed; what rows forbid is the change's own error. */
static enum err write_one(struct store *st, struct change *c)
{
    int rc = write_change[c->kind](st, c);
    if (rc == MISSING)
        c->e = ERR_NOT_FOUND;
    else if (rc == TAKEN)
        c->e = ERR_EXISTS;
    else if (rc != SQLITE_OK)
        return ERR_DB;
    return ERR_OK;
}

/* Writes from first up to but not including end; on ERR_DB nothing of it is stored and st->db knows why. */
static enum err write_together(struct store *st, struct change *first, const struct change *end, struct sbuf *why)
{
    enum err e = store_run(st, SQL_BEGIN, "") == SQLITE_OK ? ERR_OK : ERR_DB;
    for (struct change *c = first; !e && c != end; c = c->next)
        if (!c->e)
            e = write_one(st, c);
    if (!e && store_run(st, SQL_COMMIT, "") != SQLITE_OK)
        e = ERR_DB;
    if (e) {
        sbuf_cstr(why, sqlite3_errmsg(st->db));
        if (!sqlite3_get_autocommit(st->db)) /* some errors have rolled back already */
            store_run(st, SQL_ROLLBACK, "");
    }
    return e;
}

/* After the commit: a row without a file would be worse than a file without a row. */
static void remove_files(struct change *list)
{
    for (struct change *c = list; c; c = c->next)
        if (c->kind == CHANGE_DELETE_MESSAGE && !c->e && unlink(c->value) && errno != ENOENT)
            log_warn("directory", "message %s is deleted, but its file %s stays: %s", c->key, c->value,
                     strerror(errno));
}

static void write_alone(struct store *st, struct change *list)
{
    for (struct change *c = list; c; c = c->next) {
        struct sbuf why = { 0 };
        if (!c->e && write_together(st, c, c->next, &why))
            fail_change(c, why.p);
        sbuf_free(&why);
    }
}

/* What the rows forbade was decided inside a transaction that is gone: it is decided again. */
static void forget_refusals(struct change *list)
{
    for (struct change *c = list; c; c = c->next)
        if (c->e == ERR_NOT_FOUND || c->e == ERR_EXISTS)
            c->e = ERR_OK;
}

void store_write(struct store *st, struct change *list)
{
    struct sbuf why = { 0 };
    enum err e = write_together(st, list, NULL, &why);
    if (e && list->next) {
        forget_refusals(list);
        write_alone(st, list);
    } else if (e && !list->e) {
        fail_change(list, why.p);
    }
    sbuf_free(&why);
    remove_files(list);
}
