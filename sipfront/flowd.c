/* flowd: the server. Reads options, builds the objects, runs the loop. */
#include <argp.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sipfront/call/server.h"
#include "sipfront/console/console.h"
#include "sipfront/flowd_demo.h"
#include "sipfront/flowd_memory.h"
#include "sipfront/flowd_outside.h"
#include "sipfront/flowd_scribe.h"
#include "sipfront/flowd_supervise.h"
#include "sipfront/flowd_trust.h"
#include "vm/base/log.h"
#include "vm/base/vec.h"

const char *argp_program_version = "flowd (Call Flow) " CALLFLOW_VERSION;

static const char manual[] =
    "The Call Flow server: phones register with it, and compiled flows decide what happens to each call."
    "\vExamples:\n"
    "  flowd --data /var/lib/callflow --listen 192.0.2.10\n"
    "  flowd --demo                 try it: two phones and a menu on this machine\n"
    "  flowd --listen 192.0.2.10 --tls-cert fullchain.pem --tls-key privkey.pem\n"
    "  kill -HUP $(pidof flowd)     use a renewed certificate, open the file of call records anew\n"
    "  kill -TERM $(pidof flowd)    hang up all calls and stop\n\n"
    "Exit status: 0 stopped, 1 it could not start, 64 the options are wrong.";

struct networks {
    struct network *items;
    size_t len, cap;
};

struct options {
    const char *data, *listen, *socket, *metrics, *flows;
    unsigned long sip_port, rtp_min, rtp_max;
    const char *ca_file;
    unsigned long spoken_mib;
    const char *hold_music, *cdr;
    struct outside_params outside;
    const char *fetch_private[16];
    unsigned nfetch_private;
    enum audio_security srtp;
    unsigned long rtp_timeout_s;
    bool demo, supervise;
    struct notify_params notify;
    struct scribe_params scribe;
    struct networks never_banned, local_nets;
    const char *listens[SIP_LISTENS]; /* as given */
    unsigned nlistens;
    struct sip_listen first, more[SIP_LISTENS];
    unsigned nmore;
    const char *tls_cert, *tls_key, *advertise;
    unsigned long tls_port;
};

enum {
    OPT_DATA = 0x100,
    OPT_SOCKET,
    OPT_METRICS,
    OPT_FLOWS,
    OPT_SIP_PORT,
    OPT_RTP,
    OPT_DEMO,
    OPT_CA_FILE,
    OPT_SPOKEN,
    OPT_HOLD_MUSIC,
    OPT_FETCH_PRIVATE,
    OPT_NEVER_BAN,
    OPT_SRTP,
    OPT_RTP_TIMEOUT,
    OPT_SMTP,
    OPT_MAIL_FROM,
    OPT_SMTP_USER,
    OPT_SMTP_PASSWORD_FILE,
    OPT_WEBHOOK_SECRET_FILE,
    OPT_TLS_CERT,
    OPT_TLS_KEY,
    OPT_TLS_PORT,
    OPT_ADVERTISE,
    OPT_LOCAL_NET,
    OPT_SUPERVISE,
    OPT_CDR
};

static const struct argp_option options[] = {
    { "data", OPT_DATA, "DIR", 0, "Folder of the database, voicemail and sounds (run.d)", 0 },
    { "listen", 'l', "ADDRESS", 0,
      "Address for SIP and RTP (127.0.0.1); again for more, then also udp:, tcp: or tls:ADDRESS:PORT", 0 },
    { "tls-cert", OPT_TLS_CERT, "FILE", 0, "Serve TLS: the certificate and those that signed it, PEM", 0 },
    { "tls-key", OPT_TLS_KEY, "FILE", 0, "Its private key, PEM (in the same file)", 0 },
    { "tls-port", OPT_TLS_PORT, "PORT", 0, "TCP port for TLS (5061)", 0 },
    { "advertise", OPT_ADVERTISE, "ADDRESS", 0, "What this server is called outside the local networks, behind NAT",
      0 },
    { "local-net", OPT_LOCAL_NET, "NETWORK", 0, "A network that knows this server by its own address (again for more)",
      0 },
    { "sip-port", OPT_SIP_PORT, "PORT", 0, "UDP and TCP port for SIP, 0 takes any (5060)", 0 },
    { "rtp-ports", OPT_RTP, "FROM-TO", 0, "UDP ports for audio (10000-19999)", 0 },
    { "rtp-timeout", OPT_RTP_TIMEOUT, "SECONDS", 0,
      "End a leg from which neither RTP nor RTCP has come for so long (300); 0: never", 0 },
    { "srtp", OPT_SRTP, "WHEN", 0,
      "Encrypted audio: off, optional (when the phone offers it) or required (others are refused) (optional)", 0 },
    { "socket", OPT_SOCKET, "PATH", 0, "Unix socket of the API (DIR/api.sock)", 0 },
    { "metrics", OPT_METRICS, "ADDRESS:PORT", 0,
      "Figures for Prometheus, such as 127.0.0.1:9464 (on the API's socket alone)", 0 },
    { "cdr", OPT_CDR, "FILE", 0, "Write call records there, one JSON object a line (to the log alone)", 0 },
    { "flows", OPT_FLOWS, "DIR", 0, "Folder of the built-in compiled flows", 0 },
    { "hold-music", OPT_HOLD_MUSIC, "DIR", 0, "Folder of what is heard on hold (DIR of --data/sounds/hold)", 0 },
    { "spoken", OPT_SPOKEN, "MIB", 0, "How much of what was spoken is kept on disk (512)", 0 },
    { "ca-file", OPT_CA_FILE, "FILE", 0,
      "Who may sign the certificates of web services and gateways, PEM (the system's)", 0 },
    { "fetch-private", OPT_FETCH_PRIVATE, "NETWORK", 0,
      "Let flows ask web services in this private network, such as 10.1.0.0/16 or 127.0.0.1; may be repeated", 0 },
    { "never-ban", OPT_NEVER_BAN, "NETWORK", 0,
      "Never ban an address of this network for wrong credentials (again for more)", 0 },
    { "smtp", OPT_SMTP, "URL", 0,
      "Mail server: smtp://HOST:PORT or smtps://HOST:PORT, and ?tls=require, ?tls=try or ?tls=none behind it", 0 },
    { "mail-from", OPT_MAIL_FROM, "ADDRESS", 0, "Sender of mails", 0 },
    { "smtp-user", OPT_SMTP_USER, "USER", 0, "Login at the mail server", 0 },
    { "smtp-password-file", OPT_SMTP_PASSWORD_FILE, "FILE", 0, "Its first line is the password of that login", 0 },
    { "webhook-secret-file", OPT_WEBHOOK_SECRET_FILE, "FILE", 0, "Its first line signs web hooks", 0 },
    { "demo", OPT_DEMO, NULL, 0,
      "On the first start add the Connections ann, bob and welcome, and print how to call them", 0 },
    { "supervise", OPT_SUPERVISE, NULL, 0, "Start the server again when it dies", 0 },
    { "verbose", 'v', NULL, 0, "Log also what calls do step by step", 0 },
    { 0 },
};

static unsigned long number(struct argp_state *st, const char *text, const char *what, char **end)
{
    unsigned long n = strtoul(text, end, 10);
    if (*end == text || n > 65535)
        argp_error(st, "%s wants a number from 0 to 65535, not '%s'", what, text);
    return n;
}

static void read_spoken(struct argp_state *st, struct options *o, const char *text)
{
    char *end;
    o->spoken_mib = number(st, text, "--spoken", &end);
    if (*end || !o->spoken_mib)
        argp_error(st, "--spoken wants a number of MiB from 1, not '%s'", text);
}

static void read_range(struct argp_state *st, struct options *o, const char *text)
{
    char *end;
    o->rtp_min = number(st, text, "--rtp-ports", &end);
    if (*end != '-')
        argp_error(st, "--rtp-ports wants FROM-TO, such as 10000-19999, not '%s'", text);
    o->rtp_max = number(st, end + 1, "--rtp-ports", &end);
    if (*end || o->rtp_max < o->rtp_min + 1)
        argp_error(st, "--rtp-ports wants a range of at least two ports, not '%s'", text);
}

static void read_network(struct argp_state *st, const char *option, const char *text, struct networks *to)
{
    struct network n;
    if (network_parse(&n, text) != ERR_OK)
        argp_error(st, "%s wants a network, such as 192.168.0.0/16, not '%s'", option, text);
    vec_push(to, n);
}

static unsigned long read_rtp_timeout(struct argp_state *st, const char *text)
{
    char *end;
    unsigned long seconds = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || seconds > 86400)
        argp_error(st, "--rtp-timeout wants seconds from 0 (never) to 86400, not '%s'", text);
    return seconds;
}

static enum audio_security read_srtp(struct argp_state *st, const char *text)
{
    static const struct {
        const char *name;
        enum audio_security means;
    } rows[] = { { "off", AUDIO_SECURE_OFF },
                 { "optional", AUDIO_SECURE_OPTIONAL },
                 { "required", AUDIO_SECURE_REQUIRED } };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(text, rows[i].name) == 0)
            return rows[i].means;
    argp_error(st, "--srtp wants off, optional or required, not '%s'", text);
    return AUDIO_SECURE_OFF;
}

static error_t parse_notify(int key, char *arg, struct argp_state *st)
{
    struct options *o = st->input;
    switch (key) {
    case OPT_SMTP: o->notify.smtp = arg; return 0;
    case OPT_MAIL_FROM: o->notify.mail_from = arg; return 0;
    case OPT_SMTP_USER: o->notify.smtp_user = arg; return 0;
    case OPT_SMTP_PASSWORD_FILE: o->notify.smtp_password = flowd_read_secret(st, "--smtp-password-file", arg); return 0;
    case OPT_WEBHOOK_SECRET_FILE: o->notify.hook_secret = flowd_read_secret(st, "--webhook-secret-file", arg); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static unsigned long port(struct argp_state *st, const char *text, const char *what)
{
    char *end;
    unsigned long n = number(st, text, what, &end);
    if (*end)
        argp_error(st, "%s wants a number, not '%s'", what, text);
    return n;
}

static void read_address(struct argp_state *st, const char *text, const char **to)
{
    struct network n;
    if (network_parse(&n, text) != ERR_OK || n.bits != 128)
        argp_error(st, "--advertise wants an address, such as 198.51.100.7, not '%s'", text);
    *to = text;
}

static void add_listen(struct options *o, const struct sip_listen *l, const char *transport, unsigned long to_port)
{
    struct sip_listen more = *l;
    snprintf(more.transport, sizeof more.transport, "%s", transport);
    more.port = (uint16_t)to_port;
    o->more[o->nmore++] = more;
}

/* The first serves UDP and TCP. With a certificate each address that names no transport serves TLS too. */
static void settle_listens(struct argp_state *st, struct options *o)
{
    if (!o->nlistens)
        o->listens[o->nlistens++] = "127.0.0.1";
    for (unsigned i = 0; i < o->nlistens; i++) {
        struct sip_listen l;
        if (listen_parse(&l, o->listens[i], (uint16_t)o->sip_port) != ERR_OK)
            argp_error(st, "--listen wants an address, such as 192.0.2.10 or [2001:db8::1]:5060, not '%s'",
                       o->listens[i]);
        if (i == 0 && *l.transport)
            argp_error(st, "the first --listen is for UDP and TCP: an address without %s:", l.transport);
        if (strcmp(l.transport, "tls") == 0 && !o->tls_cert)
            argp_error(st, "'%s' needs a certificate: --tls-cert FILE", o->listens[i]);
        if (i == 0)
            o->first = l;
        else
            o->more[o->nmore++] = l;
        if (o->tls_cert && !*l.transport)
            add_listen(o, &l, "tls", o->tls_port);
    }
    o->listen = o->first.address;
    o->sip_port = o->first.port;
}

static error_t parse_listen(int key, char *arg, struct argp_state *st)
{
    struct options *o = st->input;
    switch (key) {
    case 'l':
        if (o->nlistens == SIP_LISTENS / 2)
            argp_error(st, "--listen may be given %u times", o->nlistens);
        o->listens[o->nlistens++] = arg;
        return 0;
    case OPT_SIP_PORT: o->sip_port = port(st, arg, "--sip-port"); return 0;
    case OPT_TLS_CERT: o->tls_cert = arg; return 0;
    case OPT_TLS_KEY: o->tls_key = arg; return 0;
    case OPT_TLS_PORT: o->tls_port = port(st, arg, "--tls-port"); return 0;
    case OPT_ADVERTISE: read_address(st, arg, &o->advertise); return 0;
    case OPT_LOCAL_NET: read_network(st, "--local-net", arg, &o->local_nets); return 0;
    case ARGP_KEY_END: settle_listens(st, o); return 0;
    default: return parse_notify(key, arg, st);
    }
}

static error_t parse(int key, char *arg, struct argp_state *st)
{
    struct options *o = st->input;
    switch (key) {
    case OPT_DATA: o->data = arg; return 0;
    case OPT_SOCKET: o->socket = arg; return 0;
    case OPT_METRICS: o->metrics = arg; return 0;
    case OPT_FLOWS: o->flows = arg; return 0;
    case OPT_CDR: o->cdr = arg; return 0;
    case OPT_HOLD_MUSIC: o->hold_music = arg; return 0;
    case OPT_SPOKEN: read_spoken(st, o, arg); return 0;
    case ARGP_KEY_INIT:
        st->child_inputs[1] = &o->outside;
        st->child_inputs[2] = &o->scribe;
        return 0;
    case OPT_CA_FILE: o->ca_file = arg; return 0;
    case OPT_FETCH_PRIVATE:
        if (o->nfetch_private == sizeof o->fetch_private / sizeof o->fetch_private[0])
            argp_error(st, "--fetch-private may be given %u times", o->nfetch_private);
        o->fetch_private[o->nfetch_private++] = arg;
        return 0;
    case OPT_NEVER_BAN: read_network(st, "--never-ban", arg, &o->never_banned); return 0;
    case OPT_RTP_TIMEOUT: o->rtp_timeout_s = read_rtp_timeout(st, arg); return 0;
    case OPT_SRTP: o->srtp = read_srtp(st, arg); return 0;
    case OPT_DEMO: o->demo = true; return 0;
    case OPT_SUPERVISE: o->supervise = true; return 0;
    case 'v': log_set_level(LOG_DEBUG); return 0;
    case OPT_RTP: read_range(st, o, arg); return 0;
    default: return parse_listen(key, arg, st);
    }
}

/* The process's objects; closing goes the other way round. */
struct flowd {
    struct loop *loop;
    struct server *server;
    struct console *console;
    sigset_t signals;
    pthread_t waiter;
};

static void on_closed(void *arg)
{
    struct flowd *d = arg;
    loop_stop(d->loop);
}

static void on_signal(void *arg)
{
    struct flowd *d = arg;
    log_info("flowd", "stopping: calls are hung up");
    server_shutdown(d->server, on_closed, d);
}

/* SIGHUP, as daemons are told to look at their files again. */
static void on_hangup(void *arg)
{
    struct flowd *d = arg;
    server_tls_reload(d->server, (struct directory_done){ 0 });
    server_cdr_reopen(d->server);
}

/* One thread waits for signals, so that no handler runs in the middle of anything. */
static void *wait_for_signal(void *arg)
{
    struct flowd *d = arg;
    int got;
    while (sigwait(&d->signals, &got) == 0 && got == SIGHUP)
        loop_post(d->loop, on_hangup, d);
    loop_post(d->loop, on_signal, d);
    return NULL;
}

/* The folder share/callflow/flows beside the bin folder that this program lies in. */
static void builtin_flows(char *out, size_t size)
{
    char exe[PATH_MAX / 2];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    exe[n > 0 ? n : 0] = 0;
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(exe, '/');
        if (slash)
            *slash = 0;
    }
    snprintf(out, size, "%s/share/callflow/flows", exe);
}

static enum err open_all(struct flowd *d, const struct options *o, const char *socket_path, struct sbuf *why)
{
    char folder[PATH_MAX];
    if (o->flows)
        snprintf(folder, sizeof folder, "%s", o->flows);
    else
        builtin_flows(folder, sizeof folder);
    struct notify_params notify = o->notify;
    notify.ca_file = o->ca_file;
    struct scribe_params scribe = o->scribe;
    scribe.ca_file = o->ca_file;
    struct server_params sp = {
        .trust = flowd_trust(),
        .listen = o->listen,
        .sip_port = (uint16_t)o->sip_port,
        .rtp_min = (uint16_t)o->rtp_min,
        .rtp_max = (uint16_t)o->rtp_max,
        .srtp = o->srtp,
        .rtp_timeout_ms = (unsigned)o->rtp_timeout_s * 1000,
        .data = o->data,
        .flows = folder,
        .outside = o->outside,
        .ca_file = o->ca_file,
        .hold_music = o->hold_music,
        .cdr = o->cdr,
        .spoken_bytes = (uint64_t)o->spoken_mib << 20,
        .fetch_private = o->fetch_private,
        .nfetch_private = o->nfetch_private,
        .never_banned = o->never_banned.items,
        .nnever_banned = o->never_banned.len,
        .notify = &notify,
        .scribe = &scribe,
        .more = o->more,
        .nmore = o->nmore,
        .tls_cert = o->tls_cert,
        .tls_key = o->tls_key,
        .advertise = o->advertise,
        .local_nets = o->local_nets.items,
        .nlocal_nets = o->local_nets.len,
    };
    enum err e = server_new(&d->server, d->loop, &sp, why);
    if (e)
        return e;
    e = console_new(&d->console, d->loop, d->server, socket_path, why);
    if (!e && o->metrics)
        e = console_serve_metrics(d->console, o->metrics, why);
    if (!e && o->demo)
        demo_begin(d->server, folder);
    return e;
}

static int serve(struct flowd *d, const struct options *o)
{
    struct sbuf why = { 0 };
    char socket_path[PATH_MAX];
    snprintf(socket_path, sizeof socket_path, "%s%s", o->socket ? o->socket : o->data, o->socket ? "" : "/api.sock");
    enum err e = open_all(d, o, socket_path, &why);
    if (e) {
        fprintf(stderr, "flowd: %s\n", why.len ? why.p : err_text(e));
    } else if (pthread_create(&d->waiter, NULL, wait_for_signal, d) == 0) {
        printf("flowd: ready sip=%s:%u api=%s\n", server_address(d->server), server_sip_port(d->server), socket_path);
        fflush(stdout);
        loop_run(d->loop);
        pthread_join(d->waiter, NULL);
    }
    console_free(&d->console);
    server_free(&d->server);
    sbuf_free(&why);
    return e ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* A leg has two sockets: what a shell or a service may open by itself (1024) would do for five hundred. */
static void allow_descriptors(void)
{
    struct rlimit l;
    if (getrlimit(RLIMIT_NOFILE, &l) == 0) {
        l.rlim_cur = l.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &l);
    }
}

int main(int argc, char **argv)
{
    struct options o = {
        .data = "run.d", .sip_port = 5060, .tls_port = 5061, .srtp = AUDIO_SECURE_OPTIONAL, .rtp_timeout_s = 300
    };
    static const struct argp_child children[] = { { &flowd_trust_argp, 0, NULL, 0 },
                                                  { &flowd_outside_argp, 0, "The telephone network:", 1 },
                                                  { &flowd_scribe_argp, 0, "Messages as text:", 2 },
                                                  { 0 } };
    static const struct argp argp = { options, parse, NULL, manual, children, NULL, NULL };
    struct flowd d = { 0 };
    log_set_level(LOG_INFO);
    argp_parse(&argp, argc, argv, 0, NULL, &o);
    if (o.supervise) {
        int ended = supervise();
        if (ended >= 0)
            return ended;
    }
    flowd_memory_begin();
    allow_descriptors();
    sigemptyset(&d.signals);
    sigaddset(&d.signals, SIGINT);
    sigaddset(&d.signals, SIGTERM);
    sigaddset(&d.signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &d.signals, NULL); /* before any thread is made */
    signal(SIGPIPE, SIG_IGN);
    if (loop_new(&d.loop) != ERR_OK) {
        fputs("flowd: cannot make the event loop\n", stderr);
        return EXIT_FAILURE;
    }
    int status = serve(&d, &o);
    loop_free(&d.loop);
    vec_free(&o.never_banned);
    free((char *)o.notify.smtp_password);
    free((char *)o.notify.hook_secret);
    free((char *)o.scribe.key);
    vec_free(&o.local_nets);
    return status;
}
