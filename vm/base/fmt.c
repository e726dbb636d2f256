#include "vm/base/fmt.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS = 20, WIDTH_MOST = 64 };

struct sink {
    char *at, *end; /* end: where the NUL would still fit; NULL: no room at all */
    size_t len;     /* of all, what did not fit too */
};

static void put(struct sink *s, const char *p, size_t len)
{
    size_t room = s->end ? (size_t)(s->end - s->at) : 0, n = len < room ? len : room;

    if (n > 0)
        memcpy(s->at, p, n);
    s->at += n;
    s->len += len;
}

static void put_char(struct sink *s, char c) { put(s, &c, 1); }

/* %[0][width][.N or .*][l, ll, z]conversion */
struct spec {
    bool zero, star; /* star: the precision is an argument */
    int width, precision;
    enum { INT, LONG, LONG_LONG, SIZE } size;
    char conversion;
};

static int read_number(const char **at)
{
    int n = 0;

    while (**at >= '0' && **at <= '9' && n <= WIDTH_MOST)
        n = n * 10 + (*(*at)++ - '0');
    return n;
}

static void read_size(struct spec *s, const char **at)
{
    if (**at == 'z') {
        s->size = SIZE;
        ++*at;
        return;
    }
    for (; **at == 'l' && s->size < LONG_LONG; ++*at)
        s->size++;
}

/* at: behind the '%'. Behind the conversion, NULL: it is one for the C library. */
static const char *read_spec(struct spec *s, const char *at)
{
    *s = (struct spec){ .precision = -1, .conversion = *at };
    if (*at == 's' || *at == 'u' || *at == 'd')
        return at + 1;
    if (*at == '0') {
        s->zero = true;
        at++;
    }
    s->width = read_number(&at);
    if (*at == '.') {
        s->star = *++at == '*';
        s->precision = s->star ? -1 : read_number(&at);
        at += s->star;
    }
    read_size(s, &at);
    s->conversion = *at;
    if (s->width > WIDTH_MOST || !*at || !strchr("sduxc%", *at))
        return NULL;
    if (*at == 's' ? s->width > 0 || s->size || s->zero : s->star || s->precision >= 0)
        return NULL;
    if (strchr("c%", *at) && (s->width > 0 || s->size || s->zero))
        return NULL;
    return at + 1;
}

static void put_digits(struct sink *s, const struct spec *spec, uint64_t n, bool minus)
{
    static const char digits[] = "0123456789abcdef";
    char text[DIGITS];
    int at = DIGITS, len, pad;

    if (spec->conversion == 'x')
        do
            text[--at] = digits[n % 16];
        while (n /= 16);
    else /* apart: dividing by a constant is multiplying */
        do
            text[--at] = digits[n % 10];
        while (n /= 10);
    len = DIGITS - at + minus;
    pad = spec->width > len ? spec->width - len : 0;
    for (; pad > 0 && !spec->zero; pad--)
        put_char(s, ' ');
    if (minus)
        put_char(s, '-');
    for (; pad > 0; pad--)
        put_char(s, '0');
    put(s, text + at, (size_t)(DIGITS - at));
}

static void put_signed(struct sink *s, const struct spec *spec, int64_t n)
{
    put_digits(s, spec, n < 0 ? -(uint64_t)n : (uint64_t)n, n < 0);
}

/* NOLINTBEGIN(clang-analyzer-valist.Uninitialized): it does not follow a va_list through its address */
static int64_t next_signed(const struct spec *spec, va_list *ap)
{
    switch (spec->size) {
    case LONG: return va_arg(*ap, long);
    case LONG_LONG: return va_arg(*ap, long long);
    case SIZE: return va_arg(*ap, ssize_t);
    default: return va_arg(*ap, int);
    }
}

static uint64_t next_unsigned(const struct spec *spec, va_list *ap)
{
    switch (spec->size) {
    case LONG: return va_arg(*ap, unsigned long);
    case LONG_LONG: return va_arg(*ap, unsigned long long);
    case SIZE: return va_arg(*ap, size_t);
    default: return va_arg(*ap, unsigned);
    }
}

static void put_text(struct sink *s, const struct spec *spec, va_list *ap)
{
    int most = spec->star ? va_arg(*ap, int) : spec->precision;
    const char *text = va_arg(*ap, const char *);

    if (!text)
        text = "(null)";
    put(s, text, most < 0 ? strlen(text) : strnlen(text, (size_t)most));
}

static void put_one(struct sink *s, const struct spec *spec, va_list *ap)
{
    switch (spec->conversion) {
    case 's': put_text(s, spec, ap); break;
    case 'd': put_signed(s, spec, next_signed(spec, ap)); break;
    case 'c': put_char(s, (char)va_arg(*ap, int)); break;
    case '%': put_char(s, '%'); break;
    default: put_digits(s, spec, next_unsigned(spec, ap), false); break; /* u, x */
    }
}

/* What is left of the format, from a conversion on that is not ours. */
static bool put_rest(struct sink *s, const char *fmt, va_list *ap) PRINTF_LIKE(2, 0);
static bool put_rest(struct sink *s, const char *fmt, va_list *ap)
{
    size_t room = s->end ? (size_t)(s->end - s->at) : 0;
    int n = vsnprintf(s->at, s->end ? room + 1 : 0, fmt, *ap);

    if (n < 0)
        return false;
    s->at += (size_t)n < room ? (size_t)n : room;
    s->len += (size_t)n;
    return true;
}

/* NOLINTEND(clang-analyzer-valist.Uninitialized) */

int fmt_vtext(char *out, size_t size, const char *fmt, va_list ap)
{
    struct sink s = { .at = out, .end = size > 0 ? out + size - 1 : NULL };
    struct spec spec;
    va_list args;
    bool ok = true;

    va_copy(args, ap);
    while (*fmt) {
        const char *plain = fmt, *next;
        fmt = strchrnul(fmt, '%');
        put(&s, plain, (size_t)(fmt - plain));
        if (!*fmt)
            break;
        next = read_spec(&spec, fmt + 1);
        if (!next) {
            ok = put_rest(&s, fmt, &args);
            break;
        }
        put_one(&s, &spec, &args);
        fmt = next;
    }
    va_end(args);
    if (s.end)
        *s.at = '\0';
    return ok && s.len <= INT_MAX ? (int)s.len : -1;
}

int fmt_text(char *out, size_t size, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = fmt_vtext(out, size, fmt, ap);
    va_end(ap);
    return n;
}
