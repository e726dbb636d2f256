/* The SQLite store: reading all rows at the start. */
#include "sipfront/directory/store_sqlite.h"

struct loading {
    void (*each)(enum row_kind kind, struct row *row, void *arg);
    void *arg;
};

const char *store_text(sqlite3_stmt *s, int column)
{
    const char *t = (const char *)sqlite3_column_text(s, column);
    return t ? t : "";
}

static struct row *read_connection(sqlite3_stmt *s)
{
    struct connection c = {
        .user = store_text(s, 0),
        .name = store_text(s, 1),
        .ha1_md5 = store_text(s, 2),
        .ha1_sha256 = store_text(s, 3),
        .is_virtual = sqlite3_column_int(s, 4),
        .has_voicemail = sqlite3_column_int(s, 5),
        .ring_ms = sqlite3_column_int64(s, 6),
        .flow = store_text(s, 7),
        .sha256 = sqlite3_column_int(s, 8),
        .max_bindings = (unsigned)sqlite3_column_int(s, 9),
        .max_calls = (unsigned)sqlite3_column_int(s, 10),
        .srtp = store_text(s, 11),
        .pickup_groups = store_text(s, 12),
        .dtmf = store_text(s, 13),
    };
    return &row_connection(&c)->row;
}

static struct row *read_number(sqlite3_stmt *s)
{
    struct number n = { .digits = store_text(s, 0), .user = store_text(s, 1) };
    return &row_number(&n)->row;
}

static struct row *read_flow(sqlite3_stmt *s)
{
    struct flow_version f = {
        .flow = store_text(s, 0),
        .version = (uint32_t)sqlite3_column_int64(s, 1),
        .image = sqlite3_column_blob(s, 2),
        .size = (size_t)sqlite3_column_bytes(s, 2),
        .deployed_wall_ms = sqlite3_column_int64(s, 3),
    };
    return &row_flow(&f)->row;
}

static struct row *read_binding(sqlite3_stmt *s)
{
    struct stored_binding b = {
        .user = store_text(s, 0),
        .contact = store_text(s, 1),
        .instance = store_text(s, 2),
        .received = store_text(s, 3),
        .call_id = store_text(s, 4),
        .agent = store_text(s, 5),
        .reg_id = sqlite3_column_int(s, 6),
        .cseq = (uint32_t)sqlite3_column_int64(s, 7),
        .q = sqlite3_column_double(s, 8),
        .expires_wall_ms = sqlite3_column_int64(s, 9),
        .path = store_text(s, 10),
    };
    return &row_binding(&b)->row;
}

static struct row *read_ban(sqlite3_stmt *s)
{
    struct stored_ban b = {
        .source = store_text(s, 0),
        .by_hand = sqlite3_column_int(s, 1),
        .until_wall_ms = sqlite3_column_int64(s, 2),
    };
    return &row_ban(&b)->row;
}

static struct row *read_message(sqlite3_stmt *s)
{
    struct message m = {
        .id = store_text(s, 0),
        .box = store_text(s, 1),
        .from = store_text(s, 2),
        .from_name = store_text(s, 3),
        .path = store_text(s, 4),
        .left_wall_ms = sqlite3_column_int64(s, 5),
        .length_ms = sqlite3_column_int64(s, 6),
        .heard = sqlite3_column_int(s, 7),
        .urgent = sqlite3_column_int(s, 8),
        .bytes = sqlite3_column_int64(s, 9),
        .transcript = store_text(s, 10),
        .transcript_state = transcript_state_of(store_text(s, 11)),
        .transcript_why = store_text(s, 12),
        .transcript_tries = sqlite3_column_int64(s, 13),
        .transcript_next_wall_ms = sqlite3_column_int64(s, 14),
    };
    return &row_message(&m)->row;
}

static struct row *read_box(sqlite3_stmt *s)
{
    struct box b = {
        .name = store_text(s, 0),
        .mail = store_text(s, 1),
        .webhook = store_text(s, 2),
        .pin = store_text(s, 3),
        .greeting = store_text(s, 4),
        .busy_greeting = store_text(s, 5),
        .spoken_name = store_text(s, 6),
        .pin_always = sqlite3_column_int(s, 7),
        .delete_mailed = sqlite3_column_int(s, 8),
        .transcribe = sqlite3_column_int(s, 9),
        .most_messages = sqlite3_column_int64(s, 10),
        .most_ms = sqlite3_column_int64(s, 11),
        .most_bytes = sqlite3_column_int64(s, 12),
        .message_ms = sqlite3_column_int64(s, 13),
        .wrong_pins = sqlite3_column_int64(s, 14),
        .locked_until_wall_ms = sqlite3_column_int64(s, 15),
        .transcribe_by = store_text(s, 16),
    };
    return &row_box(&b)->row;
}

static struct row *read_letter(sqlite3_stmt *s)
{
    struct letter l = {
        .id = store_text(s, 0),
        .kind = letter_kind_of(store_text(s, 1)),
        .to = store_text(s, 2),
        .subject = store_text(s, 3),
        .text = store_text(s, 4),
        .attachment = store_text(s, 5),
        .about = store_text(s, 6),
        .why = store_text(s, 7),
        .given_up = sqlite3_column_int(s, 8),
        .tries = sqlite3_column_int64(s, 9),
        .made_wall_ms = sqlite3_column_int64(s, 10),
        .next_wall_ms = sqlite3_column_int64(s, 11),
    };
    return &row_letter(&l)->row;
}

static struct row *read_dial_rule(sqlite3_stmt *s)
{
    struct dial_rule r = {
        .user = store_text(s, 0),
        .patterns = store_text(s, 1),
        .minutes_a_day = sqlite3_column_int64(s, 2),
        .spend_a_day = sqlite3_column_int64(s, 3),
        .calls = sqlite3_column_int64(s, 4),
    };
    return &row_dial_rule(&r)->row;
}

static struct row *read_usage(sqlite3_stmt *s)
{
    struct dial_usage u = {
        .user = store_text(s, 0),
        .day = sqlite3_column_int64(s, 1),
        .used_ms = sqlite3_column_int64(s, 2),
        .spent = sqlite3_column_int64(s, 3),
    };
    return &row_usage(&u)->row;
}

static struct row *read_note(sqlite3_stmt *s)
{
    struct note n = { .flow = store_text(s, 0),
                      .key = store_text(s, 1),
                      .value = store_text(s, 2),
                      .until_wall_ms = sqlite3_column_int64(s, 3) };
    return &row_note(&n)->row;
}

static const struct {
    enum row_kind kind;
    struct row *(*read)(sqlite3_stmt *s);
    const char *sql;
} loads[] = {
    { ROW_FLOW, read_flow,
      "SELECT flow, version, bytes, deployed_wall_ms FROM flow JOIN flow_version ON flow = name AND version = current"
      " JOIN image USING (sha256)" },
    { ROW_CONNECTION, read_connection,
      "SELECT user, name, ha1_md5, ha1_sha256, is_virtual, has_voicemail, ring_ms, flow, sha256,"
      " max_bindings, max_calls, srtp, pickup_groups, dtmf FROM connection" },
    { ROW_NUMBER, read_number, "SELECT digits, user FROM number" },
    { ROW_BINDING, read_binding,
      "SELECT user, contact, instance, received, call_id, agent, reg_id, cseq, q, expires_wall_ms, path FROM binding" },
    { ROW_BAN, read_ban, "SELECT source, by_hand, until_wall_ms FROM ban" },
    { ROW_MESSAGE, read_message,
      "SELECT id, box, from_user, from_name, path, left_wall_ms, length_ms, heard, urgent, bytes, transcript,"
      " transcript_state, transcript_why, transcript_tries, transcript_next_wall_ms FROM message ORDER BY "
      "left_wall_ms" },
    { ROW_BOX, read_box,
      "SELECT name, mail, webhook, pin, greeting, busy_greeting, spoken_name, pin_always, delete_mailed, transcribe,"
      " most_messages, most_ms, most_bytes, message_ms, wrong_pins, locked_until_wall_ms, transcribe_by FROM box" },
    { ROW_LETTER, read_letter,
      "SELECT id, kind, target, subject, body, attachment, about, why, given_up, tries, made_wall_ms, next_wall_ms"
      " FROM outbox" },
    { ROW_TRUNK, store_read_trunk, store_load_trunks_sql },
    { ROW_DIAL_RULE, read_dial_rule, "SELECT user, patterns, minutes_a_day, spend_a_day, calls FROM dial_rule" },
    { ROW_USAGE, read_usage, "SELECT user, max(day), used_ms, spent FROM dial_usage GROUP BY user" },
    { ROW_NOTE, read_note, "SELECT flow, key, value, until_wall_ms FROM note" },
};

static int load_table(struct store *st, size_t i, const struct loading *to)
{
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(st->db, loads[i].sql, -1, &s, NULL);
    while (rc == SQLITE_OK || rc == SQLITE_ROW) {
        rc = sqlite3_step(s);
        if (rc == SQLITE_ROW)
            to->each(loads[i].kind, loads[i].read(s), to->arg);
    }
    sqlite3_finalize(s);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

enum err store_load(struct store *st, void (*each)(enum row_kind kind, struct row *row, void *arg), void *arg,
                    struct sbuf *why)
{
    struct loading to = { each, arg };
    int rc = store_run(st, SQL_FORGET_BINDINGS, "i", store_now());
    if (rc == SQLITE_OK)
        rc = store_run(st, SQL_FORGET_BANS, "i", store_now());
    if (rc == SQLITE_OK)
        rc = store_run(st, SQL_FORGET_NOTES, "i", store_now());
    for (size_t i = 0; rc == SQLITE_OK && i < sizeof loads / sizeof loads[0]; i++)
        rc = load_table(st, i, &to);
    if (rc == SQLITE_OK)
        return ERR_OK;
    sbuf_fmt(why, "the directory cannot be read: %s", sqlite3_errmsg(st->db));
    return ERR_DB;
}
