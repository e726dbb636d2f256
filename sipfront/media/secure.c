#include "sipfront/media/secure.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <openssl/evp.h>
#include <srtp2/srtp.h>

#include "vm/base/log.h"

enum { WINDOW = 1024 /* packets that may come late and still be told from repetitions */ };

/* Both as functions: in libsrtp one of them is a macro. */
static void set_sha1_80(srtp_crypto_policy_t *p) { srtp_crypto_policy_set_rtp_default(p); }

static const struct suite {
    const char *name;
    unsigned key; /* bytes */
    void (*rtp)(srtp_crypto_policy_t *p);
    void (*rtcp)(srtp_crypto_policy_t *p);
} suites[] = {
#define SUITE(name, key, rtp, rtcp) { name, key, rtp, rtcp },
#include "sipfront/media/secure_suite.def"
#undef SUITE
};

struct secure {
    srtp_t in, out;
};

unsigned secure_suites(void) { return sizeof suites / sizeof *suites; }
const char *secure_suite_name(unsigned suite) { return suites[suite].name; }

int secure_suite_find(const char *name)
{
    for (unsigned i = 0; i < secure_suites(); i++)
        if (strcmp(suites[i].name, name) == 0)
            return (int)i;
    return -1;
}

enum err secure_key_new(unsigned suite, char out[SECURE_KEY_TEXT])
{
    uint8_t key[SECURE_KEY_MAX];
    ssize_t got = getrandom(key, suites[suite].key, 0);

    out[0] = '\0';
    if (got != (ssize_t)suites[suite].key)
        return ERR_LIMIT;
    EVP_EncodeBlock((unsigned char *)out, key, (int)suites[suite].key);
    explicit_bzero(key, sizeof key);
    return ERR_OK;
}

static bool read_key(uint8_t out[SECURE_KEY_MAX], unsigned bytes, const char *text)
{
    uint8_t raw[SECURE_KEY_TEXT];
    size_t len = strlen(text), wanted = (bytes + 2) / 3 * 4;
    int n = len == wanted ? EVP_DecodeBlock(raw, (const unsigned char *)text, (int)len) : -1;

    if (n >= (int)bytes)
        memcpy(out, raw, bytes);
    explicit_bzero(raw, sizeof raw);
    return n >= (int)bytes;
}

enum err secure_keys_read(struct secure_keys *out, unsigned suite, const char *send, const char *receive)
{
    *out = (struct secure_keys){ .suite = suite };
    out->on = read_key(out->send, suites[suite].key, send) && read_key(out->receive, suites[suite].key, receive);
    if (out->on)
        return ERR_OK;
    secure_keys_wipe(out);
    return ERR_SYNTAX;
}

bool secure_keys_equal(const struct secure_keys *a, const struct secure_keys *b)
{
    return a->on == b->on && a->suite == b->suite && memcmp(a->send, b->send, sizeof a->send) == 0 &&
           memcmp(a->receive, b->receive, sizeof a->receive) == 0;
}

void secure_keys_wipe(struct secure_keys *k) { explicit_bzero(k, sizeof *k); }

struct secure_keys *secure_keys_copy(const struct secure_keys *k)
{
    struct secure_keys *copy = malloc(sizeof *copy);
    if (!copy)
        abort();
    *copy = *k;
    return copy;
}

void secure_keys_free(struct secure_keys **kp)
{
    if (*kp)
        secure_keys_wipe(*kp);
    free(*kp);
    *kp = NULL;
}

static pthread_once_t started = PTHREAD_ONCE_INIT;
static bool works;

static void start(void)
{
    works = srtp_init() == srtp_err_status_ok;
    if (!works)
        log_error("media", "libsrtp does not start: no SRTP");
}

/* One direction, whatever the SSRC: a phone may change it in mid-call. */
static srtp_t session(unsigned suite, const uint8_t *key, srtp_ssrc_type_t direction)
{
    uint8_t copy[SECURE_KEY_MAX];
    srtp_policy_t p = { .ssrc = { .type = direction }, .key = copy, .window_size = WINDOW };
    srtp_t made = NULL;

    memcpy(copy, key, sizeof copy);
    suites[suite].rtp(&p.rtp);
    suites[suite].rtcp(&p.rtcp);
    if (srtp_create(&made, &p) != srtp_err_status_ok)
        made = NULL;
    explicit_bzero(copy, sizeof copy);
    return made;
}

enum err secure_new(struct secure **out, const struct secure_keys *k)
{
    struct secure *s = calloc(1, sizeof *s);

    *out = NULL;
    if (!s)
        return ERR_NOMEM;
    pthread_once(&started, start);
    if (works) {
        s->out = session(k->suite, k->send, ssrc_any_outbound);
        s->in = session(k->suite, k->receive, ssrc_any_inbound);
    }
    if (!s->out || !s->in) {
        secure_free(&s);
        return ERR_UNSUPPORTED;
    }
    *out = s;
    return ERR_OK;
}

void secure_free(struct secure **sp)
{
    struct secure *s = *sp;

    *sp = NULL;
    if (!s)
        return;
    if (s->out)
        srtp_dealloc(s->out);
    if (s->in)
        srtp_dealloc(s->in);
    free(s);
}

static bool apply(srtp_err_status_t (*how)(srtp_t, void *, int *), srtp_t session, uint8_t *packet, size_t *len)
{
    int n = (int)*len;

    if (how(session, packet, &n) != srtp_err_status_ok)
        return false;
    *len = (size_t)n;
    return true;
}

bool secure_protect(struct secure *s, uint8_t *packet, size_t *len) { return apply(srtp_protect, s->out, packet, len); }
bool secure_protect_rtcp(struct secure *s, uint8_t *packet, size_t *len)
{
    return apply(srtp_protect_rtcp, s->out, packet, len);
}
bool secure_unprotect(struct secure *s, uint8_t *packet, size_t *len)
{
    return apply(srtp_unprotect, s->in, packet, len);
}
bool secure_unprotect_rtcp(struct secure *s, uint8_t *packet, size_t *len)
{
    return apply(srtp_unprotect_rtcp, s->in, packet, len);
}
