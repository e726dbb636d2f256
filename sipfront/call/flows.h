/* The flows that can be run: verified images by name, the current version of each. Deploying swaps one pointer; calls
 * hold references of their own. Private to sipfront/call. Loop thread. Owns a reference to each image. */
#ifndef SIPFRONT_CALL_FLOWS_H
#define SIPFRONT_CALL_FLOWS_H

#include "sipfront/call/server_flows.h"
#include "vm/isa/image.h"

struct flows;
struct trust;

struct flow_ref {
    struct image *image; /* borrowed */
    uint32_t version;    /* 0: the built-in one */
};

/* Loads the built-in flows default, voicemail and mailbox from that folder (NAME.flowc) and all flows of the directory;
 * one that is refused is logged and left out. Blocks: before the loop runs. *why says what is wrong with a built-in
 * one. A stored flow of the same name takes its place. */
enum err flows_new(struct flows **out, struct server *s, const char *folder, struct sbuf *why) MUST_USE;
void flows_free(struct flows **f);

/* The flow of that name; "default" always exists. false when there is none. */
bool flows_find(const struct flows *f, struct str name, struct flow_ref *out);

/* Makes ready what the deployed ones say, in the background (rehearse.h). Once, when everything is open. */
void flows_rehearse(const struct flows *f);

/* Any thread: decodes, verifies, and checks that this server knows the actions: an image that passes can be run. trust
 * NULL: whoever made it. */
enum err flows_load(struct image **out, const struct trust *trust, struct str bytes,
                    struct image_refusal *why) MUST_USE;
/* From now on that name is this image, which it takes. */
void flows_put(struct flows *f, const char *name, struct image *im, uint32_t version);

/* server_deploy() of server.h; deploy.c. */
void flows_deploy(struct server *s, const struct deploy_item *items, unsigned n, struct directory_done done);
/* server_remove_flow() of server.h. */
enum err flows_remove(struct flows *f, const char *name, struct directory_done done, struct sbuf *why) MUST_USE;

#endif
