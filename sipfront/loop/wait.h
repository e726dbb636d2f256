/* How the loop's thread waits for descriptors: without su_root's spinning. Private to sipfront/loop. */
#ifndef SIPFRONT_LOOP_WAIT_H
#define SIPFRONT_LOOP_WAIT_H

#include <stdbool.h>

/* Whether the calling thread is running the loop. */
void wait_of_loop(bool on);

#endif
