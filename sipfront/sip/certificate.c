#include "sipfront/sip/certificate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sofia-sip/nta.h>

#include "sipfront/sip/library.h"
#include "vm/base/network.h"

struct certificate {
    SSL_CTX *holder; /* never used for a connection */
};

struct certificates {
    struct certificate *now;
    struct certificate_expectation far;
};

static _Thread_local struct certificates *capturing;

void certificates_capture(struct certificates *t) { capturing = t; }

void certificate_free(struct certificate **m)
{
    if (!*m)
        return;
    SSL_CTX_free((*m)->holder);
    free(*m);
    *m = NULL;
}

static enum err refuse(struct sbuf *why, const char *what, const char *file)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    sbuf_fmt(why, "%s %s", what, file);
    if (reason)
        sbuf_fmt(why, ": %s", reason);
    ERR_clear_error();
    return ERR_INVALID;
}

static enum err check_readable(const char *file, struct sbuf *why)
{
    if (access(file, R_OK) == 0)
        return ERR_OK;
    sbuf_fmt(why, "%s cannot be read: %s", file, strerror(errno));
    return ERR_IO;
}

static enum err check_dates(const SSL_CTX *ctx, const char *cert, struct sbuf *why)
{
    const X509 *x = SSL_CTX_get0_certificate(ctx);
    if (!x || X509_cmp_current_time(X509_get0_notAfter(x)) < 0) {
        sbuf_fmt(why, "the certificate in %s has expired", cert);
        return ERR_INVALID;
    }
    return ERR_OK;
}

static enum err read_files(SSL_CTX *ctx, const char *cert, const char *key, struct sbuf *why)
{
    enum err e = check_readable(cert, why);
    if (!e)
        e = check_readable(key, why);
    if (e)
        return e;
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1)
        return refuse(why, "no certificate in PEM is in", cert);
    if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
        return refuse(why, "no private key that fits the certificate is in", key);
    if (SSL_CTX_check_private_key(ctx) != 1)
        return refuse(why, "the certificate is not of the key in", key);
    return check_dates(ctx, cert, why);
}

enum err certificate_load(struct certificate **out, const char *cert, const char *key, struct sbuf *why)
{
    struct certificate *m = calloc(1, sizeof *m);
    enum err e = ERR_NOMEM;
    *out = NULL;
    if (!m)
        return e;
    m->holder = SSL_CTX_new(TLS_server_method());
    if (m->holder)
        e = read_files(m->holder, cert, key, why);
    if (e)
        certificate_free(&m);
    *out = m;
    return e;
}

enum err certificates_new(struct certificates **out, struct certificate *m)
{
    struct certificates *t = calloc(1, sizeof *t);
    *out = t;
    if (!t) {
        certificate_free(&m);
        return ERR_NOMEM;
    }
    t->now = m;
    return ERR_OK;
}

void certificates_free(struct certificates **t)
{
    if (!*t)
        return;
    certificate_free(&(*t)->now);
    free(*t);
    *t = NULL;
}

void certificates_use(struct certificates *t, struct certificate *m)
{
    certificate_free(&t->now);
    t->now = m;
}

/* OpenSSL asks for the certificate of each handshake. */
static int on_certificate(SSL *ssl, void *arg)
{
    const struct certificates *t = arg;
    STACK_OF(X509) *chain = NULL;
    const SSL_CTX *from = t->now->holder;
    SSL_CTX_get0_chain_certs((SSL_CTX *)(uintptr_t)from, &chain);
    return SSL_use_cert_and_key(ssl, SSL_CTX_get0_certificate(from), SSL_CTX_get0_privatekey(from), chain, 1);
}

void certificates_expect(struct certificates *t, const struct certificate_expectation *e) { t->far = *e; }

static bool peer_of(const SSL *ssl, struct sockaddr_storage *peer)
{
    socklen_t len = sizeof *peer;
    return getpeername(SSL_get_fd(ssl), (struct sockaddr *)peer, &len) == 0;
}

/* OpenSSL's word on one certificate of the chain; a refusal ends the handshake. */
static int on_checked(int ok, X509_STORE_CTX *x)
{
    const SSL *ssl = X509_STORE_CTX_get_ex_data(x, SSL_get_ex_data_X509_STORE_CTX_idx());
    const struct certificates *t = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    struct sockaddr_storage peer;
    if (!ok && peer_of(ssl, &peer))
        t->far.refused((struct sockaddr *)&peer, X509_verify_cert_error_string(X509_STORE_CTX_get_error(x)),
                       t->far.owner);
    return ok;
}

/* Names go before addresses: a gateway whose address is written, with a domain, is of that domain (RFC 5922 §7.1). */
static void demand_names(SSL *ssl, const char *const *names, unsigned n)
{
    X509_VERIFY_PARAM *demand = SSL_get0_param(ssl);
    struct network address;
    const char *first = NULL;
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    for (unsigned i = 0; i < n; i++)
        if (network_parse(&address, names[i]) != ERR_OK) {
            (void)SSL_add1_host(ssl, names[i]);
            first = first ? first : names[i];
        }
    if (first)
        (void)SSL_set_tlsext_host_name(ssl, first);
    else
        (void)X509_VERIFY_PARAM_set1_ip_asc(demand, names[0]);
}

/* A handshake begins. */
static void on_handshake(const SSL *ssl, int where, int result)
{
    const struct certificates *t = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    const char *names[CERTIFICATE_NAMES];
    struct sockaddr_storage peer;
    unsigned n;
    (void)result;
    if (!(where & SSL_CB_HANDSHAKE_START) || SSL_is_server(ssl) || !t->far.expected || !peer_of(ssl, &peer))
        return;
    n = t->far.expected((struct sockaddr *)&peer, names, t->far.owner);
    if (n == 0)
        return;
    SSL_set_verify((SSL *)(uintptr_t)ssl, SSL_VERIFY_PEER, on_checked);
    demand_names((SSL *)(uintptr_t)ssl, names, n);
}

/* ---- what the SIP library calls, under OpenSSL's names ---- */

int certificate_read(SSL *ssl, void *buffer, int size) __asm__("SSL_read");
int certificate_end(SSL *ssl) __asm__("SSL_shutdown");
X509 *certificate_of_peer(const SSL *ssl) __asm__("SSL_get1_peer_certificate");

SSL_CTX *certificate_make_context(const SSL_METHOD *method) __asm__("SSL_CTX_new");
int certificate_load_verify(SSL_CTX *ctx, const char *file, const char *path) __asm__("SSL_CTX_load_verify_locations");

SSL_CTX *certificate_make_context(const SSL_METHOD *method)
{
    SSL_CTX *(*make)(const SSL_METHOD *method);
    SSL_CTX *ctx;
    library_next(&make, "SSL_CTX_new");
    ctx = make(method);
    if (ctx && capturing) {
        SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
        SSL_CTX_set_cert_cb(ctx, on_certificate, capturing);
        SSL_CTX_set_app_data(ctx, capturing);
        SSL_CTX_set_info_callback(ctx, on_handshake);
    }
    return ctx;
}

/* The web client speaks TLS too. */
static bool is_stacks(const SSL *ssl) { return SSL_CTX_get_info_callback(SSL_get_SSL_CTX(ssl)) == on_handshake; }

/* RFC 5626 §4.4.1: CRLF CRLF is answered by CRLF. The library does it on TCP and forgets it on TLS. An error that was
 * left by something else would be taken for this connection's, SSL_get_error(3). */
int certificate_read(SSL *ssl, void *buffer, int size)
{
    static int (*receive)(SSL * ssl, void *buffer, int size);
    int n;
    if (!receive)
        library_next(&receive, "SSL_read");
    if (!is_stacks(ssl))
        return receive(ssl, buffer, size);
    ERR_clear_error();
    n = receive(ssl, buffer, size);
    if (n == 4 && memcmp(buffer, "\r\n\r\n", 4) == 0)
        (void)SSL_write(ssl, "\r\n", 2); /* a full connection drops it: the next ping comes */
    return n;
}

/* The last that the library does with a connection, however far it came. Its 1.12 frees two things then that the
 * connection owns, the BIO and a reference to the context, and forgets the connection. So this one goes here, and
 * leaves the two. */
int certificate_end(SSL *ssl)
{
    int (*end)(SSL * ssl);
    BIO *bio;
    int sent;
    library_next(&end, "SSL_shutdown");
    sent = end(ssl);
    if (!is_stacks(ssl))
        return sent;
    ERR_clear_error(); /* a handshake that failed leaves some */
    if (strncmp(nta_version, "1.12.", 5) != 0)
        return sent;
    bio = SSL_get_rbio(ssl);
    if (bio)
        BIO_up_ref(bio);
    SSL_CTX_up_ref(SSL_get_SSL_CTX(ssl));
    SSL_free(ssl);
    return sent;
}

/* The library reads the names of the certificate and frees neither what it decoded nor their list. They are checked
 * above, and it asks nobody to check them again. */
X509 *certificate_of_peer(const SSL *ssl)
{
    X509 *(*get)(const SSL *ssl);
    library_next(&get, "SSL_get1_peer_certificate");
    return is_stacks(ssl) ? NULL : get(ssl);
}

/* The library wants a file of authorities in a folder of its own; the operator's or the system's are as good. */
int certificate_load_verify(SSL_CTX *ctx, const char *file, const char *path)
{
    int (*load)(SSL_CTX * ctx, const char *file, const char *path);
    library_next(&load, "SSL_CTX_load_verify_locations");
    if (!capturing)
        return load(ctx, file, path);
    return capturing->far.ca_file ? load(ctx, capturing->far.ca_file, NULL) : SSL_CTX_set_default_verify_paths(ctx);
}
