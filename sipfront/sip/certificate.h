/* The server's certificate, taken anew without a restart. The SIP library makes one OpenSSL context a listener and
 * reads its certificate once; here the context is caught as it is made (SSL_CTX_new is the server's, see front.h) and
 * gets a callback that gives each handshake the certificate of that moment. Loop thread, but certificate_load(): any.
 * Owns the certificate in use. Private to sipfront/sip, but for agent_tls_reload(). */
#ifndef SIPFRONT_SIP_CERTIFICATE_H
#define SIPFRONT_SIP_CERTIFICATE_H

#include <sys/socket.h>

#include "vm/base/err.h"
#include "vm/base/str.h"

struct certificates;
struct certificate; /* a certificate, its chain and key */

/* Reads PEM files: the certificate first, then those that signed it. Blocks. *why says what is wrong and where:
 * ERR_INVALID for files that do not fit together or are out of date, ERR_IO. */
enum err certificate_load(struct certificate **out, const char *cert, const char *key, struct sbuf *why) MUST_USE;
void certificate_free(struct certificate **m);

/* Takes the material. */
enum err certificates_new(struct certificates **out, struct certificate *m) MUST_USE;
void certificates_free(struct certificates **t);
/* The next handshake uses this one; connections that are up go on. Takes it. */
void certificates_use(struct certificates *t, struct certificate *m);

/* Whom we connect to by TLS must show a certificate of one of these names or addresses (RFC 5922 §7.1), signed by who
 * is in ca_file (PEM, borrowed; NULL: the system's authorities). expected() writes them (borrowed until it returns to
 * the handshake) and how many; 0: the peer is a phone, which has no certificate, and is asked for nothing. */
enum { CERTIFICATE_NAMES = 16 };
struct certificate_expectation {
    const char *ca_file;
    unsigned (*expected)(const struct sockaddr *peer, const char *names[CERTIFICATE_NAMES], void *owner);
    void (*refused)(const struct sockaddr *peer, const char *why, void *owner); /* why: until it returns */
    void *owner;
};
void certificates_expect(struct certificates *t, const struct certificate_expectation *e);

/* Contexts that this thread makes from now on are t's; NULL: nobody's. */
void certificates_capture(struct certificates *t);

#endif
