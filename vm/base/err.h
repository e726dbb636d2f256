/* Error codes of the whole project, made from err.def. Any thread; owns nothing. */
#ifndef VM_BASE_ERR_H
#define VM_BASE_ERR_H

enum err {
#define ERR(name, text) ERR_##name,
#include "vm/base/err.def"
#undef ERR
};

#define MUST_USE               __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/* The error's text, as in err.def. Never NULL; static. */
const char *err_text(enum err e);

/* The error's name without its prefix, "NOT_FOUND". Never NULL; static. */
const char *err_name(enum err e);

#endif
