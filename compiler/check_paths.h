/* Where paths go. Any thread; owns nothing. */
#ifndef COMPILER_CHECK_PATHS_H
#define COMPILER_CHECK_PATHS_H

#include "compiler/ast_stmt.h"

/* Has the match an arm for every value? */
bool match_is_complete(const struct stmt_match *m);

#endif
