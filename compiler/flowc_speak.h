/* What a pretended call sounds like, into a file: flowspeak as a child (sipfront/flowspeak.c). For flowc_sim*.c only.
 * One thread. */
#ifndef COMPILER_FLOWC_SPEAK_H
#define COMPILER_FLOWC_SPEAK_H

#include "stdlib/sim/sim_session.h"

struct speak;

/* Names of files are looked for beside the flow. false: it was told why on stderr. */
bool speak_start(struct speak **out, const char *wav, const char *flow_file);
/* A sound begins: how long it takes, -1 when that is not known. */
int64_t speak_sound(struct speak *s, int64_t at, const struct vm_sound *sound, const struct play_request *how);
void speak_cut(struct speak *s, int64_t at);
void speak_key(struct speak *s, int64_t at, char key);
/* Writes the file and frees. false: it could not be written, told on stderr. Accepts a pointer to NULL. */
bool speak_end(struct speak **s, int64_t at);

#endif
