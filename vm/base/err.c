#include "vm/base/err.h"

#include <stddef.h>

static const struct {
    const char *name, *text;
} rows[] = {
#define ERR(name, text) { #name, text },
#include "vm/base/err.def"
#undef ERR
};

const char *err_text(enum err e)
{
    size_t i = (size_t)e;
    return i < sizeof rows / sizeof *rows ? rows[i].text : "an unknown error";
}

const char *err_name(enum err e)
{
    size_t i = (size_t)e;
    return i < sizeof rows / sizeof *rows ? rows[i].name : "UNKNOWN";
}
