/* Numbers: 42, 1h30m, 2026-12-25, 09:30. */
#include "compiler/lex_state.h"

#include <string.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Do `n` digits, and not more, stand at p? Then their value. */
static bool digits(const char *p, unsigned n, int *value)
{
    *value = 0;
    for (unsigned i = 0; i < n; i++) {
        if (!is_digit(p[i]))
            return false;
        *value = *value * 10 + (p[i] - '0');
    }
    return !is_digit(p[n]);
}

static int days_in(int year, int month)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month < 1 || month > 12 ? 0 : days[month - 1] + (month == 2 && leap);
}

/* 2026-12-25 */
static bool lex_date(struct lexer *lx)
{
    const char *start = lx->p;
    int year, month, day;
    if (!digits(start, 4, &year) || start[4] != '-' || !digits(start + 5, 2, &month) || start[7] != '-' ||
        !digits(start + 8, 2, &day))
        return false;
    lx->p += 10;
    if (year == 0 || day < 1 || day > days_in(year, month)) {
        lex_error(lx, start, "there is no day %.10s", start);
        lex_emit(lx, TOKEN_BAD, start);
        return true;
    }
    lex_emit(lx, TOKEN_DATE, start)->u.number = TOKEN_DATE_PACK(year, month, day);
    return true;
}

/* 09:30, up to 24:00. One digit for the hour is a mistake that is easy to name. */
static bool lex_time(struct lexer *lx)
{
    const char *start = lx->p;
    int hour, minute;
    unsigned n = is_digit(start[1]) ? 2 : 1;
    if (!digits(start, n, &hour) || start[n] != ':' || !digits(start + n + 1, 2, &minute))
        return false;
    lx->p += n + 3;
    if (n == 2 && minute < 60 && hour * 60 + minute <= 24 * 60) {
        lex_emit(lx, TOKEN_TIME, start)->u.number = hour * 60 + minute;
        return true;
    }
    struct diag *d =
        lex_error(lx, start, n == 1 ? "the hour of a time has two digits" : "there is no time %.5s", start);
    if (n == 1)
        diag_help(d, "write '0%.4s'", start);
    lex_emit(lx, TOKEN_BAD, start);
    return true;
}

/* Digits at the lexer's place; false when they are too many for an int. */
static bool read_int(struct lexer *lx, int64_t *value)
{
    bool fits = true;
    *value = 0;
    for (; is_digit(*lx->p); lx->p++)
        fits =
            fits && !__builtin_mul_overflow(*value, 10, value) && !__builtin_add_overflow(*value, *lx->p - '0', value);
    return fits;
}

/* A unit at the lexer's place, in ms; 0: none. Units end at a digit or where the word ends. */
static int64_t read_unit(struct lexer *lx)
{
    static const struct {
        const char *text;
        int64_t ms;
    } units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 }, { "d", 86400000 } };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t len = strlen(units[i].text);
        if (strncmp(lx->p, units[i].text, len) != 0 ||
            (lex_is_word((unsigned char)lx->p[len]) && !is_digit(lx->p[len])))
            continue;
        lx->p += len;
        return units[i].ms;
    }
    return 0;
}

static void lex_bad_number(struct lexer *lx, const char *start)
{
    while (lex_is_word((unsigned char)*lx->p))
        lx->p++;
    diag_help(lex_error(lx, start, "'%.*s' is neither a number nor a duration", (int)(lx->p - start), start),
              "durations are written 500ms, 20s, 5m, 2h, 1d, 1h30m; a name begins with a letter");
    lex_emit(lx, TOKEN_BAD, start);
}

static void lex_too_large(struct lexer *lx, const char *start)
{
    lex_error(lx, start, "'%.*s' is too large", (int)(lx->p - start), start);
    lex_emit(lx, TOKEN_BAD, start);
}

/* The first number is read, and a letter follows it. */
static void lex_duration(struct lexer *lx, const char *start, int64_t value, bool fits)
{
    int64_t total = 0, part, unit;
    for (;;) {
        unit = read_unit(lx);
        if (!unit) {
            lex_bad_number(lx, start);
            return;
        }
        fits = fits && !__builtin_mul_overflow(value, unit, &part) && !__builtin_add_overflow(total, part, &total);
        if (!is_digit(*lx->p))
            break;
        fits = read_int(lx, &value) && fits;
    }
    if (fits)
        lex_emit(lx, TOKEN_DURATION, start)->u.number = total;
    else
        lex_too_large(lx, start);
}

void lex_number(struct lexer *lx)
{
    const char *start = lx->p;
    int64_t value;
    if (lex_date(lx) || lex_time(lx))
        return;
    bool fits = read_int(lx, &value);
    if (lex_is_word((unsigned char)*lx->p))
        lex_duration(lx, start, value, fits);
    else if (fits)
        lex_emit(lx, TOKEN_INT, start)->u.number = value;
    else
        lex_too_large(lx, start);
}
