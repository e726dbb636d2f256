/* flowd --demo: on the first start adds what a newcomer calls, and prints it. Loop thread, before the loop runs. */
#ifndef SIPFRONT_FLOWD_DEMO_H
#define SIPFRONT_FLOWD_DEMO_H

struct server;

/* Adds the Connections ann, bob (with new passwords, printed once) and welcome with flows' welcome.flowc attached,
 * unless ann exists. Each step waits for the one before; what goes wrong is logged and the rest is left out. */
void demo_begin(struct server *s, const char *flows_folder);

#endif
