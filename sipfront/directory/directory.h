/* The directory: Connections, Numbers, flows with their versions, bindings, voicemail. The loop thread reads it from
 * memory; every change goes to the database on one worker thread, in order, and is in memory once the database has it.
 * SQLite (WAL) stands behind it; nothing of SQLite shows here. Texts handed out are borrowed until the loop's next
 * event. */
#ifndef SIPFRONT_DIRECTORY_DIRECTORY_H
#define SIPFRONT_DIRECTORY_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sipfront/loop/workers.h"
#include "vm/base/err.h"
#include "vm/base/str.h"

struct directory;

struct connection {
    const char *user; /* SIP user: unique */
    const char *name;
    const char *ha1_md5, *ha1_sha256; /* "" without a password */
    bool is_virtual;
    bool has_voicemail;
    bool sha256; /* digest: challenge with SHA-256 too, not with MD5 alone (RFC 8760) */
    int64_t ring_ms;
    unsigned max_bindings, max_calls; /* devices at a time, calls at a time; 0: as many as the server takes */
    const char *flow;                 /* attached flow, "" for the default */
    const char *srtp;                 /* off, optional or required: encrypted audio; "" the server's */
    const char *pickup_groups;        /* names with commas: who shares one may pick up its ringing calls; "": none */
    const char *dtmf;                 /* how digits are sent to its devices: DTMF_WAYS */
};
#define PICKUP_GROUP_COMMON "common" /* of a Connection that was given none */
#define DTMF_AUTO           "auto"
#define DTMF_WAYS           DTMF_AUTO ", rfc4733, info, inband"

struct number {
    const char *digits; /* E.164 with + */
    const char *user;   /* the Connection it reaches */
};
struct flow_version {
    const char *flow;
    uint32_t version;     /* counted from 1 */
    const uint8_t *image; /* bytes of the .flowc */
    size_t size;
    int64_t deployed_wall_ms;
};
struct stored_binding {
    const char *user, *contact, *instance, *received, *call_id, *agent, *path;
    int reg_id;
    uint32_t cseq;
    double q;
    int64_t expires_wall_ms;
};
enum transcript_state { TRANSCRIPT_NONE, TRANSCRIPT_WAITING, TRANSCRIPT_DONE, TRANSCRIPT_FAILED };
const char *transcript_state_name(enum transcript_state s);
enum transcript_state transcript_state_of(const char *name); /* TRANSCRIPT_NONE for what is no name */
/* Who is not answered: the guard's, kept over a restart. */
struct stored_ban {
    const char *source; /* an address or a network */
    bool by_hand;
    int64_t until_wall_ms; /* 0: until it is removed */
};
struct message {
    const char *id; /* unique text */
    const char *box, *from, *from_name;
    const char *path; /* the WAV */
    int64_t left_wall_ms, length_ms, bytes;
    bool heard, urgent;
    enum transcript_state transcript_state;
    const char *transcript;       /* TRANSCRIPT_DONE: the words */
    const char *transcript_why;   /* TRANSCRIPT_FAILED: why; of one that waits: why the last try failed */
    const char *transcript_words; /* JSON with each word's confidence; stored, not kept in memory: directory_words() */
    int64_t transcript_tries, transcript_next_wall_ms; /* of one that waits */
};

/* Opens or makes the database in that folder (made when missing) and reads all of it. Blocks: called before the loop
 * runs. *why says what is wrong on an error: ERR_DB, ERR_IO, ERR_BAD_VERSION. */
enum err directory_open(struct directory **out, struct loop *l, const char *folder, struct sbuf *why) MUST_USE;
/* Writes what is queued, closes. The done callbacks of changes still under way come from inside, none comes after. */
void directory_close(struct directory **d);

/* ---- reading: memory, loop thread, NULL when there is none ---- */
const struct connection *directory_connection(const struct directory *d, const char *user);
const struct number *directory_number(const struct directory *d, const char *digits);
const struct flow_version *directory_flow(const struct directory *d, const char *flow); /* the current version */
void directory_each_connection(const struct directory *d, void (*each)(const struct connection *c, void *arg),
                               void *arg);
void directory_each_number(const struct directory *d, void (*each)(const struct number *n, void *arg), void *arg);
void directory_each_flow(const struct directory *d, void (*each)(const struct flow_version *f, void *arg), void *arg);
void directory_each_binding(const struct directory *d, void (*each)(const struct stored_binding *b, void *arg),
                            void *arg);
void directory_each_ban(const struct directory *d, void (*each)(const struct stored_ban *b, void *arg), void *arg);
/* Newest first; box NULL: all boxes. */
void directory_each_message(const struct directory *d, const char *box,
                            void (*each)(const struct message *m, void *arg), void *arg);
const struct message *directory_message(const struct directory *d, const char *id);

/* changed(box, arg) comes at every change of a box's messages, once memory has it. One listener; NULL ends it. */
void directory_on_messages(struct directory *d, void (*changed)(const char *box, void *arg), void *arg);

/* ---- changes: done(e, why, arg) comes on the loop, never from inside; why is for people and "" on success ---- */
typedef void directory_done_cb(enum err e, const char *why, void *arg);
struct directory_done {
    directory_done_cb *done; /* may be NULL */
    void *arg;
};
/* ERR_EXISTS "SIP user 'ann' is taken by the Connection 'Ann'"; ERR_INVALID for an empty user or name. */
void directory_add_connection(struct directory *d, const struct connection *c, struct directory_done done);
/* Replaces all fields but user; ERR_NOT_FOUND. */
void directory_set_connection(struct directory *d, const struct connection *c, struct directory_done done);
/* Its Numbers and bindings go with it; messages in its box stay, for nobody has heard that they may go. */
void directory_remove_connection(struct directory *d, const char *user, struct directory_done done);
void directory_add_number(struct directory *d, const struct number *n, struct directory_done done);
void directory_remove_number(struct directory *d, const char *digits, struct directory_done done);
/* Stores the bytes as the flow's next version and makes it current. The same bytes as the current version change
 * nothing. */
void directory_deploy(struct directory *d, const char *flow, struct str image, struct directory_done done);
/* With all its versions. ERR_NOT_FOUND: there is none, or a Connection has it attached. */
void directory_remove_flow(struct directory *d, const char *flow, struct directory_done done);
/* flow "" detaches. ERR_NOT_FOUND names what is missing. */
void directory_attach(struct directory *d, const char *user, const char *flow, struct directory_done done);
void directory_put_binding(struct directory *d, const struct stored_binding *b, struct directory_done done);
void directory_drop_binding(struct directory *d, const char *user, const char *contact, struct directory_done done);
void directory_put_ban(struct directory *d, const struct stored_ban *b, struct directory_done done);
void directory_drop_ban(struct directory *d, const char *source, struct directory_done done);
void directory_add_message(struct directory *d, const struct message *m, struct directory_done done);
/* Of said only id and what begins with transcript counts. ERR_NOT_FOUND when the message was deleted meanwhile. */
void directory_set_transcript(struct directory *d, const struct message *said, struct directory_done done);
void directory_mark_heard(struct directory *d, const char *id, bool heard, struct directory_done done);
void directory_delete_message(struct directory *d, const char *id, struct directory_done done); /* row and file */

#endif
