/* Music from folders: the audio files of a folder below DATA/sounds, one after another, for ever. All who wait hear the
 * same place of it at the same time, as of a radio; nothing is decoded for one of them. `hold` is the folder for those
 * who are on hold, `flowd --hold-music DIR` may lie elsewhere. Private to sipfront/call. Loop thread but where it says
 * otherwise. */
#ifndef SIPFRONT_CALL_MUSIC_H
#define SIPFRONT_CALL_MUSIC_H

#include "sipfront/call/server_parts.h"

struct music;      /* what the folders hold; does not change */
struct music_play; /* somebody hears one of them */

/* Any thread; blocks: looks through the folders. Never NULL. */
struct music *music_read(const char *sounds, const char *hold);
void music_free(struct music **m);

/* The files of the folder of that name in their order, absolute paths; NULL when there is no such folder or nothing in
 * it. Borrowed until the next deployment, which looks again. */
const char *const *music_files(const struct music *m, struct str folder, unsigned *n);

/* Plays that folder to the stream until music_stop(); for legs that are on hold. NULL when there is none: the leg hears
 * nothing. */
struct music_play *music_start(struct server *s, struct leg_media *to, struct str folder);
/* Accepts a pointer to NULL. Before the stream is closed. */
void music_stop(struct music_play **p);

#endif
