/* Where a space stands between two tokens. */
#include "compiler/author/fmt_line.h"

static bool among(int kind, const uint8_t *kinds)
{
    for (; *kinds; kinds++)
        if (*kinds == kind)
            return true;
    return false;
}

/* Can an operand end with it? Then a `-` behind it subtracts, and a `[` behind it is an index. */
static bool ends_operand(const struct fmt_pair *p)
{
    static const uint8_t kinds[] = {
        TOKEN_WORD,        TOKEN_INT,           TOKEN_DURATION, TOKEN_DATE, TOKEN_TEXT, TOKEN_TEXT_CLOSE,
        TOKEN_PAREN_CLOSE, TOKEN_BRACKET_CLOSE, TOKEN_YES,      TOKEN_NO,   0
    };
    bool field = p->before && p->before->kind == TOKEN_DOT;
    return field || (!p->left_is_head && among(p->left->kind, kinds));
}

/* A `-` before one operand: nothing that could be its left side stands before it. */
static bool is_sign(const struct fmt_pair *p)
{
    static const uint8_t operators[] = { TOKEN_PAREN_OPEN,  TOKEN_BRACKET_OPEN,  TOKEN_BRACE_OPEN,
                                         TOKEN_COMMA,       TOKEN_COLON,         TOKEN_ASSIGN,
                                         TOKEN_PLUS,        TOKEN_MINUS,         TOKEN_STAR,
                                         TOKEN_SLASH,       TOKEN_PERCENT,       TOKEN_EQUAL,
                                         TOKEN_NOT_EQUAL,   TOKEN_LESS,          TOKEN_LESS_EQUAL,
                                         TOKEN_GREATER,     TOKEN_GREATER_EQUAL, TOKEN_TEXT_OPEN,
                                         TOKEN_TEXT_MIDDLE, TOKEN_SEMICOLON,     0 };
    const struct token *before = p->before;
    bool keyword = before && token_is_keyword(before->kind) && before->kind != TOKEN_YES && before->kind != TOKEN_NO;
    return p->left->kind == TOKEN_MINUS && (!before || p->before_is_head || keyword || among(before->kind, operators));
}

/* `name(` and `"1??"(`; a keyword may be the name of an outcome, else a space stands behind it. */
static bool space_before_paren(const struct fmt_pair *p)
{
    static const uint8_t operators[] = { TOKEN_AND, TOKEN_OR, TOKEN_NOT, TOKEN_IN, TOKEN_MATCHES, 0 };
    static const uint8_t before_outcome[] = { TOKEN_ON, TOKEN_COMMA, TOKEN_BAR, TOKEN_ARROW, TOKEN_RETURN, 0 };
    int kind = p->left->kind;
    if (kind == TOKEN_WORD || kind == TOKEN_TEXT)
        return false;
    if (!token_is_keyword(kind) || among(kind, operators))
        return true;
    return !(p->before && among(p->before->kind, before_outcome));
}

bool fmt_space(const struct fmt_pair *p)
{
    static const uint8_t none_behind[] = { TOKEN_PAREN_OPEN, TOKEN_BRACKET_OPEN, TOKEN_DOT,
                                           TOKEN_TEXT_OPEN,  TOKEN_TEXT_MIDDLE,  0 };
    static const uint8_t none_before[] = { TOKEN_PAREN_CLOSE, TOKEN_BRACKET_CLOSE, TOKEN_DOT,
                                           TOKEN_TEXT_MIDDLE, TOKEN_TEXT_CLOSE,    TOKEN_COMMA,
                                           TOKEN_COLON,       TOKEN_SEMICOLON,     0 };
    if (among(p->left->kind, none_behind) || among(p->right->kind, none_before))
        return false;
    if (p->hours && (p->left->kind == TOKEN_MINUS || p->right->kind == TOKEN_MINUS))
        return false;
    if (is_sign(p))
        return false;
    if (p->right->kind == TOKEN_PAREN_OPEN)
        return space_before_paren(p);
    if (p->right->kind == TOKEN_BRACKET_OPEN)
        return !ends_operand(p);
    return true;
}
