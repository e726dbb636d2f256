/* Texts: "…", with \" \\ \n \{ and with {expressions}. A text ends on the line on which it begins. */
#include "compiler/lex_state.h"

/* At a backslash. What it may stand before is part of the language; all else is a mistake. */
static void lex_escape(struct lexer *lx)
{
    const char *start = lx->p++;
    char c = *lx->p;
    if (lx->p == lx->end || c == '\n' || c == '\r')
        return; /* the missing quote is said by others */
    lx->p++;
    while (((unsigned char)*lx->p & 0xC0) == 0x80)
        lx->p++;
    if (c != '"' && c != '\\' && c != 'n' && c != '{')
        diag_help(lex_error(lx, start, "a text knows no '%.*s'", (int)(lx->p - start), start),
                  "it knows \\\" \\\\ \\n and \\{; for a backslash write \\\\");
}

/* Goes on to the quote, the `{` or the line's end. */
static void skip_plain(struct lexer *lx)
{
    while (lx->p < lx->end && *lx->p != '"' && *lx->p != '{' && *lx->p != '\n') {
        if (*lx->p == '\\')
            lex_escape(lx);
        else
            lx->p++;
    }
}

/* The rest of a text that began at `start` with a quote or with the `}` of an expression. */
static void lex_piece(struct lexer *lx, const char *start, int open_kind, int close_kind)
{
    skip_plain(lx);
    if (lx->p < lx->end && *lx->p == '{') {
        if (lx->nested == LEX_MAX_NESTED_TEXTS) {
            lx->p++;
            lex_error(lx, lx->p - 1, "texts are nested deeper than %d levels", LEX_MAX_NESTED_TEXTS);
            while (lx->p < lx->end && *lx->p != '\n')
                lx->p++;
            lex_emit(lx, close_kind, start);
            return;
        }
        lx->opened[lx->nested] = (uint32_t)(lx->p - lx->text);
        lx->braces[lx->nested++] = 0;
        lx->p++;
        lex_emit(lx, open_kind, start);
        return;
    }
    if (lx->p < lx->end && *lx->p == '"') {
        lx->p++;
        lex_emit(lx, close_kind, start);
        return;
    }
    if (lx->p > start && lx->p[-1] == '\r')
        lx->p--;
    if (lx->nested == 0) /* in the `{…}` of another text, that `{` is what was never closed */
        diag_help(lex_error(lx, start, "this text has no closing quote"),
                  "put '\"' at its end; a new line in it is written \\n");
    lex_emit(lx, close_kind == TOKEN_TEXT ? TOKEN_BAD : close_kind, start);
}

void lex_text(struct lexer *lx)
{
    const char *start = lx->p++;
    lex_piece(lx, start, TOKEN_TEXT_OPEN, TOKEN_TEXT);
}

void lex_text_rest(struct lexer *lx)
{
    const char *start = lx->p++;
    lx->nested--;
    lex_piece(lx, start, TOKEN_TEXT_MIDDLE, TOKEN_TEXT_CLOSE);
}
