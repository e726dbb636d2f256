#include "sipfront/sip/front.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <time.h>

#include <openssl/rand.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/msg_parser.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/su.h>
#include <sofia-sip/su_log.h>

#include "sipfront/sip/guard.h"
#include "sipfront/sip/raw.h"
#include "vm/base/log.h"

enum { TOO_OLD_MS = 1000, RETRY_AFTER_S = 2, BUFFER = 4 << 20 };
enum { BURST = 64, SOCKETS = 16, DATAGRAM_MAX = 65536, ANSWER_MAX = 8192 };

struct front_datagram {
    int fd;
    su_sockaddr_t from;
    socklen_t fromlen;
    msg_t *msg;
    int64_t waited_ms; /* in the socket */
    size_t len;
    char bytes[DATAGRAM_MAX];
};

struct front {
    struct front *next; /* of all that live */
    struct agent *agent;
    int fds[SOCKETS]; /* seen and known to be this agent's */
    unsigned nfds;
    uint64_t seed;               /* of To tags */
    bool waiting;                /* the datagram is the stack's, and not read yet */
    struct front_datagram *last; /* the one being looked at */
};

static struct front *fronts;

extern su_log_t tport_log[];

enum err front_new(struct front **out, struct agent *a)
{
    struct front *f = calloc(1, sizeof *f);
    *out = NULL;
    if (!f)
        return ERR_NOMEM;
    f->last = malloc(sizeof *f->last);
    if (!f->last) {
        free(f);
        return ERR_NOMEM;
    }
    f->agent = a;
    if (RAND_bytes((unsigned char *)&f->seed, sizeof f->seed) != 1)
        abort(); /* as in nonce.c */
    f->next = fronts;
    fronts = f;
    su_log_set_level(tport_log, 0); /* or each datagram that is answered here would be reported as missing */
    *out = f;
    return ERR_OK;
}

void front_free(struct front **fp)
{
    struct front *f = *fp, **at = &fronts;
    if (!f)
        return;
    *fp = NULL;
    while (*at != f)
        at = &(*at)->next;
    *at = f->next;
    free(f->last);
    free(f);
}

/* ---- whose socket is it? ---- */

static bool is_datagram_socket(int fd, uint16_t *port)
{
    su_sockaddr_t at;
    socklen_t len = sizeof at, type_len = sizeof(int);
    int type = 0;
    memset(&at, 0, sizeof at);
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len) != 0 || type != SOCK_DGRAM)
        return false;
    if (getsockname(fd, &at.su_sa, &len) != 0)
        return false;
    *port = ntohs(at.su_port);
    return true;
}

/* Room for a burst of requests, and the time when each came. */
static void prepare_socket(int fd)
{
    int on = 1, size = BUFFER;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    (void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMP, &on, sizeof on);
}

static struct front *front_of(int fd)
{
    uint16_t port;
    for (struct front *f = fronts; f; f = f->next)
        for (unsigned i = 0; i < f->nfds; i++)
            if (f->fds[i] == fd)
                return f;
    if (!fronts || !is_datagram_socket(fd, &port))
        return NULL;
    for (struct front *f = fronts; f; f = f->next) {
        if (f->nfds == SOCKETS || !agent_listens_at(f->agent, port))
            continue;
        f->fds[f->nfds++] = fd;
        prepare_socket(fd);
        return f;
    }
    return NULL;
}

static void send_answer(const struct front_datagram *d, const char *answer, size_t len, int status)
{
    if (sendto(d->fd, answer, len, MSG_DONTWAIT, &d->from.su_sa, d->fromlen) < 0)
        log_debug("sip", "an answer %d could not be sent: %s", status, strerror(errno));
}

/* ---- what is done with a datagram ---- */

/* RFC 5626 §4.4.1 on UDP, and what phones send instead: CRLF, NULs, blanks. */
static bool is_keepalive(const struct front_datagram *d)
{
    for (size_t i = 0; i < d->len; i++)
        if (!strchr("\r\n ", d->bytes[i])) /* also finds the NUL */
            return false;
    return true;
}

static bool begins(const struct front_datagram *d, const char *method)
{
    size_t n = strlen(method);
    return d->len > n && memcmp(d->bytes, method, n) == 0 && d->bytes[n] == ' ';
}

/* Nothing about it that needs the stack's care: whole, well-formed, outside a dialog, asking for no extension. */
static bool is_plain(const struct front_datagram *d, const sip_t *sip)
{
    if (!sip || !sip->sip_request || sip->sip_error || msg_extract_errors(d->msg) || sip_sanity_check(sip) < 0)
        return false;
    if (sip->sip_require || sip->sip_proxy_require || sip->sip_route || sip->sip_to->a_tag)
        return false;
    return sip->sip_request->rq_version && strcasecmp(sip->sip_request->rq_version, "SIP/2.0") == 0 &&
           !(sip->sip_max_forwards && sip->sip_max_forwards->mf_count == 0);
}

static struct incoming incoming_of(struct front *f, const sip_t *sip)
{
    struct front_datagram *d = f->last;
    struct incoming r = { .agent = f->agent, .sip = sip, .transport = "udp", .datagram = d };
    (void)network_of(&r.source, &d->from.su_sa);
    r.source_port = ntohs(d->from.su_port);
    return r;
}

/* Banned: silence, the cheapest answer and the one that teaches nothing. Who may be answered has its credentials
 * judged later, so only requests of those who cannot are dropped here. */
static bool is_admitted(const struct incoming *r)
{
    char user[SIP_USER_MAX];
    if (!guard_is_wary(r->agent->guard))
        return true;
    auth_claimed_user(r->agent, r->sip, user);
    return guard_admits(r->agent->guard, &r->source, user, false);
}

/* Overload shows in how long a request has waited in the socket. A new call that is so late gets a cheap answer instead
 * of a place in a queue that grows; requests within calls are never refused. With the queue gone it is over. */
static bool refuse_for_now(const struct incoming *r)
{
    char headers[32];
    snprintf(headers, sizeof headers, "Retry-After: %d\r\n", RETRY_AFTER_S);
    r->agent->refused_for_load++;
    incoming_answer(r, SIP_503_SERVICE_UNAVAILABLE, headers);
    return true;
}

static bool take_request(struct front *f, const sip_t *sip)
{
    struct incoming r = incoming_of(f, sip);
    sip_method_t method = sip->sip_request->rq_method;
    if (!is_admitted(&r))
        return true;
    if (method == sip_method_invite && is_plain(f->last, sip) && f->last->waited_ms > TOO_OLD_MS)
        return refuse_for_now(&r);
    if (f->agent->state != AGENT_RUNNING || !is_plain(f->last, sip))
        return false;
    if (method == sip_method_register)
        registrar_on_register(&r);
    else if (method == sip_method_options)
        options_on_request(&r);
    else
        return false;
    return true;
}

/* What the stack would say nothing to. true: answered. */
static bool refuse_raw(struct front *f)
{
    struct front_datagram *d = f->last;
    struct str message = { d->bytes, d->len };
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct network source = { 0 };
    struct sbuf out = { 0 }, headers = { 0 };
    int status = f->agent->state == AGENT_RUNNING ? raw_refusal(home, message) : 0;
    su_home_deinit(home);
    (void)network_of(&source, &d->from.su_sa);
    if (!status)
        return false;
    if (guard_is_wary(f->agent->guard) && !guard_admits(f->agent->guard, &source, "", false))
        return true;
    sbuf_fmt(&headers, "User-Agent: %s\r\n%s", f->agent->user_agent,
             status == 501 ? "Allow: " AGENT_METHODS "\r\n" : "");
    if (raw_answer(message, status, headers.p, f->seed, &out))
        send_answer(d, out.p, out.len, status);
    sbuf_free(&headers);
    sbuf_free(&out);
    return true;
}

/* true: done with. Answers to our own requests and most requests of a quiet time are not even parsed here. */
static bool take(struct front *f)
{
    struct front_datagram *d = f->last;
    bool late = d->waited_ms > TOO_OLD_MS && begins(d, "INVITE"), taken = false;
    bool ours = begins(d, "REGISTER") || begins(d, "OPTIONS") || late;
    const sip_t *sip;
    if (is_keepalive(d))
        return true;
    if (begins(d, "SIP/2.0"))
        return false;
    if (!ours && !guard_is_wary(f->agent->guard))
        return refuse_raw(f);
    d->msg = msg_make(sip_default_mclass(), 0, d->bytes, (ssize_t)d->len);
    sip = d->msg ? sip_object(d->msg) : NULL;
    if (sip && sip->sip_request && sip->sip_via)
        taken = take_request(f, sip);
    if (!taken && !is_plain(d, sip))
        taken = refuse_raw(f);
    msg_destroy(d->msg);
    d->msg = NULL;
    return taken;
}

static int64_t age_ms(struct msghdr *m)
{
    struct timespec now;
    struct timeval came;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMP)
            continue;
        memcpy(&came, CMSG_DATA(c), sizeof came);
        clock_gettime(CLOCK_REALTIME, &now);
        return (now.tv_sec - came.tv_sec) * 1000 + now.tv_nsec / 1000000 - came.tv_usec / 1000;
    }
    return 0;
}

static ssize_t receive(struct front_datagram *d, int fd)
{
    char control[128];
    struct iovec at = { d->bytes, sizeof d->bytes - 1 };
    struct msghdr m = { .msg_name = &d->from,
                        .msg_namelen = sizeof d->from,
                        .msg_iov = &at,
                        .msg_iovlen = 1,
                        .msg_control = control,
                        .msg_controllen = sizeof control };
    ssize_t n = recvmsg(fd, &m, MSG_DONTWAIT);
    if (n < 0)
        return n;
    d->fromlen = m.msg_namelen;
    d->waited_ms = age_ms(&m);
    return n;
}

/* The length of the next datagram that the stack has to see; -1 with EAGAIN when there is none for now. */
static issize_t next_for_stack(struct front *f, int fd)
{
    struct front_datagram *d = f->last;
    for (int i = 0; i < BURST; i++) {
        ssize_t n = receive(d, fd);
        if (n < 0)
            return -1;
        d->fd = fd;
        d->len = (size_t)n;
        d->bytes[n] = '\0';
        if (n == 0 || take(f))
            continue;
        f->waiting = true;
        return (issize_t)n;
    }
    errno = EAGAIN; /* the rest after others have had their turn */
    return -1;
}

/* ---- the answer ---- */

static void add_header(char *out, size_t *at, const void *header)
{
    issize_t n = header ? msg_header_e(out + *at, (isize_t)(ANSWER_MAX - *at), header, 0) : 0;
    if (n > 0 && (size_t)n < ANSWER_MAX - *at)
        *at += (size_t)n;
}

/* The top Via says where the answer goes, whether or not the phone asked for it (forced rport). */
static void mark_via(const struct incoming *r)
{
    char host[NETWORK_TEXT], text[NETWORK_TEXT + 16];
    su_home_t *home = msg_home(r->datagram->msg);
    msg_common_t *via = r->sip->sip_via->v_common;
    network_text(&r->source, host);
    snprintf(text, sizeof text, "received=%s", host);
    msg_header_replace_param(home, via, su_strdup(home, text));
    snprintf(text, sizeof text, "rport=%u", r->source_port);
    msg_header_replace_param(home, via, su_strdup(home, text));
}

/* The same for a retransmission, so that both answers are one. */
static void tag_to(const struct incoming *r)
{
    const struct front *f = front_of(r->datagram->fd);
    const char *branch = r->sip->sip_via->v_branch;
    char tag[32];
    uint64_t h = str_hash(str_of(r->sip->sip_call_id->i_id)) ^ (f ? f->seed : 0);
    h = h * 31 + str_hash(str_of(branch)) + r->sip->sip_cseq->cs_seq;
    snprintf(tag, sizeof tag, "%016llx", (unsigned long long)h);
    if (!r->sip->sip_to->a_tag)
        sip_to_tag(msg_home(r->datagram->msg), r->sip->sip_to, tag);
}

void front_answer(const struct incoming *r, int status, const char *phrase, const char *headers)
{
    char out[ANSWER_MAX];
    size_t at;
    struct front_datagram *d = r->datagram;
    mark_via(r);
    tag_to(r);
    at = (size_t)snprintf(out, sizeof out, "SIP/2.0 %d %s\r\n", status, phrase);
    for (const sip_via_t *via = r->sip->sip_via; via; via = via->v_next)
        add_header(out, &at, via);
    add_header(out, &at, r->sip->sip_from);
    add_header(out, &at, r->sip->sip_to);
    add_header(out, &at, r->sip->sip_call_id);
    add_header(out, &at, r->sip->sip_cseq);
    int n = snprintf(out + at, sizeof out - at, "User-Agent: %s\r\n%sContent-Length: 0\r\n\r\n", r->agent->user_agent,
                     headers ? headers : "");
    if (n < 0 || (size_t)n >= sizeof out - at) {
        log_warn("sip", "an answer %d does not fit into %d bytes and is not sent", status, ANSWER_MAX);
        return;
    }
    send_answer(d, out, at + (size_t)n, status);
}

/* ---- what the SIP library calls, under its own names ---- */

issize_t front_length(su_socket_t s) __asm__("su_getmsgsize");
issize_t front_read(su_socket_t s, su_iovec_t iov[], isize_t len, int flags, su_sockaddr_t *su,
                    socklen_t *sulen) __asm__("su_vrecv");

issize_t front_length(su_socket_t s)
{
    struct front *f = front_of(s);
    int n = -1;
    if (f)
        return next_for_stack(f, s);
    return ioctl(s, FIONREAD, &n) == 0 ? n : -1;
}

static issize_t hand_over(struct front *f, const struct iovec *iov, size_t count, su_sockaddr_t *su, socklen_t *sulen)
{
    struct front_datagram *d = f->last;
    size_t at = 0;
    f->waiting = false;
    for (size_t i = 0; i < count && at < d->len; i++) {
        size_t n = d->len - at < iov[i].iov_len ? d->len - at : iov[i].iov_len;
        memcpy(iov[i].iov_base, d->bytes + at, n);
        at += n;
    }
    if (su && sulen && *sulen >= d->fromlen) {
        memcpy(su, &d->from, d->fromlen);
        *sulen = d->fromlen;
    }
    return (issize_t)at;
}

issize_t front_read(su_socket_t s, su_iovec_t iov[], isize_t len, int flags, su_sockaddr_t *su, socklen_t *sulen)
{
    struct front *f = front_of(s);
    struct msghdr message = { .msg_iov = (struct iovec *)(void *)iov, .msg_iovlen = (size_t)len };
    ssize_t n;
    if (f && f->waiting && f->last->fd == s)
        return hand_over(f, message.msg_iov, (size_t)len, su, sulen);
    if (su) {
        message.msg_name = su;
        message.msg_namelen = sulen ? *sulen : sizeof *su;
    }
    n = recvmsg(s, &message, flags);
    if (n >= 0 && su && sulen)
        *sulen = message.msg_namelen;
    return (issize_t)n;
}
