/* How flowd's heap behaves, which is a matter of the process. */
#ifndef SIPFRONT_FLOWD_MEMORY_H
#define SIPFRONT_FLOWD_MEMORY_H

/* Before the first thread, and behind the last fork. */
void flowd_memory_begin(void);

#endif
