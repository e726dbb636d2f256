#include "sipfront/console/listener.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 64 };

static enum err refused(struct sbuf *why, const char *path, const char *what)
{
    sbuf_fmt(why, "the API's socket '%s' cannot be made: %s", path, what);
    return ERR_IO;
}

static enum err address_of(struct sockaddr_un *to, const char *path, struct sbuf *why)
{
    *to = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if (!path[0] || strlen(path) >= sizeof to->sun_path) {
        sbuf_fmt(why, "the path of the API's socket has %zu bytes; 1 to %zu are possible", strlen(path),
                 sizeof to->sun_path - 1);
        return ERR_INVALID;
    }
    memcpy(to->sun_path, path, strlen(path));
    return ERR_OK;
}

static bool somebody_answers(const struct sockaddr_un *at)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    bool yes = connect(fd, (const struct sockaddr *)at, sizeof *at) == 0 || errno == EAGAIN;
    close(fd);
    return yes;
}

/* Clears the way: a socket without a server is what a killed one leaves behind. */
static enum err remove_stale(const struct sockaddr_un *at, struct sbuf *why)
{
    struct stat st;
    if (lstat(at->sun_path, &st))
        return ERR_OK; /* nothing there; what else is wrong, bind says */
    if (!S_ISSOCK(st.st_mode)) {
        sbuf_fmt(why, "'%s' is there already and no socket", at->sun_path);
        return ERR_INVALID;
    }
    if (somebody_answers(at)) {
        sbuf_fmt(why, "another server is serving its API at '%s'", at->sun_path);
        return ERR_BUSY;
    }
    return unlink(at->sun_path) ? refused(why, at->sun_path, strerror(errno)) : ERR_OK;
}

/* Nobody else can connect between bind and listen, so the mode is right before anyone could use another. */
static enum err bind_and_listen(int fd, const struct sockaddr_un *at, struct sbuf *why)
{
    if (bind(fd, (const struct sockaddr *)at, sizeof *at))
        return refused(why, at->sun_path, strerror(errno));
    if (chmod(at->sun_path, 0600) == 0 && listen(fd, BACKLOG) == 0)
        return ERR_OK;
    int error = errno;
    unlink(at->sun_path);
    return refused(why, at->sun_path, strerror(error));
}

enum err listener_open(int *out, const char *path, struct sbuf *why)
{
    struct sockaddr_un at;
    enum err e = address_of(&at, path, why);
    *out = -1;
    if (!e)
        e = remove_stale(&at, why);
    if (e)
        return e;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return refused(why, path, strerror(errno));
    e = bind_and_listen(fd, &at, why);
    if (e)
        close(fd);
    else
        *out = fd;
    return e;
}

/* ---- TCP ---- */

/* HOST:PORT, a host of IPv6 in brackets. To be freed with freeaddrinfo(); NULL: it is none. */
static struct addrinfo *resolve(const char *where)
{
    const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                                    .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    char *host = strdup(where), *colon = host ? strrchr(host, ':') : NULL, *name = host;
    if (colon && colon > host) {
        *colon = '\0';
        if (*host == '[' && colon[-1] == ']') {
            colon[-1] = '\0';
            name++;
        }
        if (getaddrinfo(name, colon + 1, &hints, &found))
            found = NULL;
    }
    free(host);
    return found;
}

static enum err refused_tcp(struct sbuf *why, const char *where, int error)
{
    sbuf_fmt(why, "nobody can be listened to at %s: %s", where, strerror(error));
    return ERR_IO;
}

enum err listener_open_tcp(int *out, const char *where, struct sbuf *why)
{
    static const int yes = 1;
    struct addrinfo *at = resolve(where);
    *out = -1;
    if (!at) {
        sbuf_fmt(why, "'%s' is no address and port: write it as 127.0.0.1:9464 or [::1]:9464", where);
        return ERR_INVALID;
    }
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error = 0;
    if (fd >= 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (fd < 0 || bind(fd, at->ai_addr, at->ai_addrlen) || listen(fd, BACKLOG))
        error = errno;
    freeaddrinfo(at);
    if (error) {
        if (fd >= 0)
            close(fd);
        return refused_tcp(why, where, error);
    }
    *out = fd;
    return ERR_OK;
}
