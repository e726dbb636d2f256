/* Finding the way back after a mistake, the ends of statements and blocks, and the limit of nesting. */
#include "compiler/parse_core.h"

/* Ends the file here: nothing behind this can be read with sense. */
static void give_up(struct parser *p)
{
    while (!at(p, TOKEN_END))
        p->next++;
    p->truncated = true;
}

bool enter(struct parser *p)
{
    p->depth++;
    if (p->depth <= PARSE_MAX_DEPTH)
        return true;
    diag_help(mistake(p, span_of(p, p->next), "this is nested deeper than %d levels", PARSE_MAX_DEPTH),
              "move a part of it into a function, a 'let' or a 'match'");
    give_up(p);
    return false;
}

void leave(struct parser *p) { p->depth--; }

static bool begins_declaration(int kind)
{
    switch (kind) {
    case TOKEN_USE:
    case TOKEN_CONST:
    case TOKEN_HOURS:
    case TOKEN_PERMIT:
    case TOKEN_EXTERN:
    case TOKEN_FN:
    case TOKEN_FLOW:
    case TOKEN_TEST: return true;
    default: return false;
    }
}

bool at_declaration(const struct parser *p)
{
    uint32_t start = p->next->start;
    return begins_declaration(peek(p)) && (start == 0 || p->text[start - 1] == '\n');
}

static int closer_of(int kind)
{
    return kind == TOKEN_PAREN_OPEN     ? TOKEN_PAREN_CLOSE
           : kind == TOKEN_BRACKET_OPEN ? TOKEN_BRACKET_CLOSE
                                        : TOKEN_BRACE_CLOSE;
}

/* At an opening sign: takes all up to its closing one. A missing `)` or `]` ends with the line. */
static void skip_group(struct parser *p)
{
    unsigned braces = 0;
    int open = peek(p), close = closer_of(open);
    take(p);
    while (!at(p, TOKEN_END) && !at_declaration(p)) {
        if (braces == 0 && at(p, close)) {
            take(p);
            return;
        }
        if (open != TOKEN_BRACE_OPEN && braces == 0 && at_line_end(p))
            return;
        braces += at(p, TOKEN_BRACE_OPEN);
        braces -= at(p, TOKEN_BRACE_CLOSE) && braces > 0;
        take(p);
    }
}

static bool at_group(const struct parser *p)
{
    return at(p, TOKEN_PAREN_OPEN) || at(p, TOKEN_BRACKET_OPEN) || at(p, TOKEN_BRACE_OPEN);
}

void recover_statement(struct parser *p)
{
    while (!at_line_end(p) && !at_declaration(p)) {
        if (at_group(p))
            skip_group(p);
        else
            take(p);
    }
    p->quiet = false;
}

bool recover_block(struct parser *p)
{
    while (!at_line_end(p) && !at(p, TOKEN_BRACE_OPEN) && !at_declaration(p))
        take(p);
    if (!at(p, TOKEN_BRACE_OPEN))
        return false;
    p->quiet = false;
    return true;
}

void recover_declaration(struct parser *p)
{
    while (!at(p, TOKEN_END)) {
        bool new_line = p->next == p->first || p->next[-1].kind == TOKEN_NEWLINE;
        if (new_line && begins_declaration(peek(p)))
            break;
        p->next++;
    }
    p->quiet = false;
}

void end_statement(struct parser *p)
{
    if (p->quiet)
        recover_statement(p);
    if (!at_line_end(p) && !at_declaration(p)) {
        habit_help_line(p, mistake_expected(p, "the end of the line"));
        recover_statement(p);
    }
    skip_newlines(p);
}

bool open_block(struct parser *p, const struct token **open, const char *what)
{
    *open = p->next;
    if (at(p, TOKEN_NEWLINE) && p->next[1].kind == TOKEN_BRACE_OPEN) {
        diag_help(mistake_expected(p, what), "the '{' stands on this line");
        *open = ++p->next;
    } else if (!at(p, TOKEN_BRACE_OPEN)) {
        diag_help(mistake_expected(p, what), "what follows from it stands in { }");
        if (!recover_block(p))
            return false;
        *open = p->next;
    }
    p->quiet = false; /* whatever went wrong before it, the block begins anew */
    if (!enter(p))
        return false;
    p->blocks++;
    take(p);
    return true;
}

/* How far the line of a token is moved in. */
static uint32_t indent_of(const struct parser *p, const struct token *t)
{
    uint32_t start = t->start, n = 0;
    while (start > 0 && p->text[start - 1] != '\n')
        start--;
    while (p->text[start + n] == ' ' || p->text[start + n] == '\t')
        n++;
    return n;
}

/* At a `}`: when it stands further left than the line of its `{`, the author meant it for a block further out. */
static void suspect_brace(struct parser *p, const struct token *open)
{
    bool first = p->next > p->first && p->next[-1].kind == TOKEN_NEWLINE;
    if (!p->suspect && first && indent_of(p, p->next) < indent_of(p, open))
        p->suspect = open;
}

static void close_block(struct parser *p)
{
    p->blocks--;
    if (p->blocks == 0 && !at(p, TOKEN_END))
        p->truncated = false;
    if (p->blocks == 0)
        p->suspect = NULL;
    leave(p);
}

bool block_over(struct parser *p, const struct token *open)
{
    skip_newlines(p);
    if (!at(p, TOKEN_BRACE_CLOSE) && !at(p, TOKEN_END) && !at_declaration(p))
        return false;
    if (at(p, TOKEN_BRACE_CLOSE)) {
        suspect_brace(p, open);
        take(p);
    } else {
        if (!p->truncated)
            mistake(p, span_of(p, p->suspect ? p->suspect : open), "this '{' is never closed");
        p->truncated = true; /* the blocks around it miss theirs in consequence */
    }
    close_block(p);
    return true;
}
