/* Preloaded into a server: names that end in .example are never resolved, as with a name server that does not answer.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

typedef int resolve_fn(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **res)
{
    const char *end = node ? strstr(node, ".example") : NULL;
    resolve_fn *next = (resolve_fn *)dlsym(RTLD_NEXT, "getaddrinfo");
    if (!end)
        return next(node, service, hints, res);
    sleep(120);
    return EAI_AGAIN;
}
