/* From a recorded file to a message: listed in the directory, told to lamp, mail and web hook. Private to
 * sipfront/call. Loop thread. Independent of the call that it came from, which may be gone before it is done. */
#ifndef SIPFRONT_CALL_MESSAGE_KEEP_H
#define SIPFRONT_CALL_MESSAGE_KEEP_H

#include "sipfront/directory/box.h"
#include "sipfront/directory/letter.h"

struct server;
struct keeping;

/* A recorded message on the disk. Owns its texts. */
struct message_file {
    char *path; /* NULL: none */
    char *id, *box, *from, *from_name;
    int64_t left_wall_ms, length_ms, bytes;
    bool urgent, transcribe;
    bool has_note; /* message_note_read() found one */
};
void message_file_free(struct message_file *f);                   /* and zeroes it */
void message_file_drop(struct server *s, struct message_file *f); /* the file goes too, on a worker */
/* The file is being written, or on its way to a row: message_adopt() lets it be. Each claim ends in message_keep(),
 * message_file_drop() or a release. */
void message_claim(struct server *s, const char *path);
void message_release(struct server *s, const char *path);
bool message_is_claimed(const struct server *s, const char *path);
/* What stands beside a message's file from its first moment until it is listed and told: whose it is. */
void message_note(const struct message_file *f, struct sbuf *out);

typedef void message_kept_cb(enum err e, const char *id, int64_t length_ms, void *arg);
/* Takes the file's texts and zeroes it. kept (may be NULL) comes once, later. On an error the file stays where it is,
 * and message_adopt() lists it when the database is back. */
struct keeping *message_keep(struct server *s, struct message_file *f, message_kept_cb *kept, void *arg);
/* It is kept all the same, but kept does not come. Accepts NULL. */
void message_forget(struct keeping *k);

/* Lists the audio files of voicemail/ that have no row and are not being recorded: mends what a crash has left half
 * written, reads from its note whose it is. At the start, and a while after a message could not be listed. */
void message_adopt(struct server *s);
void message_adopt_later(struct server *s);

/* A listed message, whose file is claimed, is told to mail and web hook; then its note goes. */
void message_tell(struct server *s, const struct message *m);

/* notify.sent: the mail server has it. Deletes the message where its box wants that. */
void message_sent(const struct letter *l, void *owner);

#endif
