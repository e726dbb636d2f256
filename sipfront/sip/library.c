#include "sipfront/sip/library.h"

#include <dlfcn.h>
#include <string.h>

void library_next(void *function, const char *name)
{
    void *symbol = dlsym(RTLD_NEXT, name);
    memcpy(function, &symbol, sizeof symbol);
}
