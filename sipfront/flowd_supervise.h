/* A parent that starts the server again when it dies. Before any thread is made. */
#ifndef SIPFRONT_FLOWD_SUPERVISE_H
#define SIPFRONT_FLOWD_SUPERVISE_H

/* Returns -1 in each child, which is to be the server; in the parent the exit status, once a child has ended by itself.
 * SIGTERM, SIGINT and SIGHUP are passed on. A child that a signal killed is replaced at once; one that lives less than
 * a second after 10 such in a row is not. */
int supervise(void);

#endif
