#include "sipfront/web/guard.h"

#include <arpa/inet.h>
#include <sys/socket.h>

static void note_address(struct guard *g, const struct sockaddr *a)
{
    const void *ip = a->sa_family == AF_INET ? (const void *)&((const struct sockaddr_in *)(const void *)a)->sin_addr
                                             : (const void *)&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;
    if (!inet_ntop(a->sa_family, ip, g->address, sizeof g->address))
        g->address[0] = 0;
}

/* The one place that a connection begins at: the address is what the name has led to at this moment. */
static curl_socket_t on_connect(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
    struct guard *g = arg;
    (void)purpose;
    if (address_is_private(&a->addr) && !address_is_within(&a->addr, g->reachable, g->nreachable)) {
        g->kept_out = true;
        note_address(g, &a->addr);
        return CURL_SOCKET_BAD;
    }
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

void guard_request(CURL *easy, struct guard *g)
{
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_connect);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, g);
}
