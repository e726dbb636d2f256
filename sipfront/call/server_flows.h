/* What the console changes of the flows that there are. Loop thread. */
#ifndef SIPFRONT_CALL_SERVER_FLOWS_H
#define SIPFRONT_CALL_SERVER_FLOWS_H

#include "sipfront/call/server.h"

/* Verifies the images on a worker, stores each as its flow's next version and swaps the pointers; calls in progress
 * keep theirs. All or none: flows that continue with one another come together. done's why holds the reason of a
 * refusal. Copies what items say. */
struct deploy_item {
    const char *name; /* "": the image's own */
    struct str image;
};
void server_deploy(struct server *s, const struct deploy_item *items, unsigned n, struct directory_done done);

/* Calls in progress keep it. ERR_EXISTS, and nothing happens, while somebody needs it: *why is for people. */
enum err server_remove_flow(struct server *s, const char *name, struct directory_done done, struct sbuf *why) MUST_USE;

#endif
