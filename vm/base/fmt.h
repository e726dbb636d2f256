/* printf into memory, for what is written a thousand times a second: the conversions that this server uses, in a third
 * of the C library's time, and the C library for all others. Any thread. */
#ifndef VM_BASE_FMT_H
#define VM_BASE_FMT_H

#include <stdarg.h>
#include <stddef.h>

#include "vm/base/err.h"

/* As snprintf(3) and vsnprintf(3): at most size bytes with the NUL; returns the length that the whole would have, and
 * below 0 as they do. */
int fmt_text(char *out, size_t size, const char *fmt, ...) PRINTF_LIKE(3, 4);
int fmt_vtext(char *out, size_t size, const char *fmt, va_list ap) PRINTF_LIKE(3, 0);

#endif
