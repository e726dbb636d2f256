/* A call's transactions live for half a minute (RFC 3261, 64 T1), its dialogs for hours, and all come from one heap. So
 * what is over has to leave whole pages, and those have to go back: jemalloc, where it is there, keeps sizes apart and
 * returns what has been free for some seconds. Messages have pages of their own (NTATAG_PRELOAD in sip/agent.c). Built
 * with sanitizers the heap is theirs. */
#include "sipfront/flowd_memory.h"

#ifdef WITH_JEMALLOC

#include <stdbool.h>

#include <jemalloc/jemalloc.h>

#include "vm/base/log.h"

/* One arena: what one thread allocates another frees. A thread keeps small pieces alone for itself: more would spread
 * what lives over more pages. What the heap notes of its pages, looked up at each free(), is in large ones: some 4 MiB
 * once, and 3 % of a call's time. Read before main(). */
const char *malloc_conf = "narenas:1,tcache_max:192,metadata_thp:always,dirty_decay_ms:5000,muzzy_decay_ms:0";

void flowd_memory_begin(void)
{
    bool on = true;
    if (mallctl("background_thread", NULL, NULL, &on, sizeof on) != 0) /* gives pages back while there are no calls */
        log_warn("flowd", "memory is given back only while there are calls");
}

#else

#include <malloc.h>

void flowd_memory_begin(void) { mallopt(M_ARENA_MAX, 1); } /* or each thread's arena only grows */

#endif
