/* The note beside a message's audio: whose it is, from the first moment on, so that a crash leaves nothing without a
 * name. Lines "key value" in a file PATH.note; values without line breaks. Private to sipfront/call. Any thread. */
#ifndef SIPFRONT_CALL_MESSAGE_NOTE_H
#define SIPFRONT_CALL_MESSAGE_NOTE_H

#include "sipfront/call/message_keep.h"

#define MESSAGE_NOTE_END ".note"

void message_note_path(const char *path, struct sbuf *out);
/* Blocks: reads the note of f->path into f; what it does not say is taken from the file's name and time. false when it
 * is no message's file. */
bool message_note_read(struct message_file *f) MUST_USE;

#endif
