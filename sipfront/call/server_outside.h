/* What the console sees and changes of the world outside: trunks, the server key, what Connections may use. Loop
 * thread. Texts are borrowed until the loop's next event. */
#ifndef SIPFRONT_CALL_SERVER_OUTSIDE_H
#define SIPFRONT_CALL_SERVER_OUTSIDE_H

#include "sipfront/call/server.h"
#include "sipfront/directory/outside.h"

struct trunk_info {
    const struct trunk_settings *settings;
    const char *state, *why;             /* starting, up, down, off; why: "" when there is nothing to say */
    int64_t registered_until_wall_ms;    /* 0: it is not */
    unsigned calls, targets, targets_up; /* targets: addresses that its gateways' names have led to */
};
void server_each_trunk(struct server *s, void (*each)(const struct trunk_info *t, void *arg), void *arg);
bool server_trunk(struct server *s, const char *name, struct trunk_info *out);

/* password NULL: none, or the one that is set; "" takes it away. It is sealed at once, and never given out. */
void server_add_trunk(struct server *s, const struct trunk_settings *t, const char *password,
                      struct directory_done done);
void server_set_trunk(struct server *s, const struct trunk_settings *t, const char *password,
                      struct directory_done done);
void server_remove_trunk(struct server *s, const char *name, struct directory_done done);
/* Looks up its gateways, asks each by OPTIONS, registers; done when all have answered or 12 s are over: server_trunk()
 * says with what result. */
void server_test_trunk(struct server *s, const char *name, struct directory_done done);

/* A new server key, and every password sealed with it. */
void server_rotate_key(struct server *s, struct directory_done done);

struct dialing_info {
    const struct dial_rule *rule; /* NULL: it may not dial outside */
    int64_t used_ms, spent;       /* today */
    unsigned calls;               /* now */
};
void server_dialing(struct server *s, const char *user, struct dialing_info *out);

#endif
