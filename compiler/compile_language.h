/* In which language a compilation's prompts say numbers, dates and times: what the flow's file declares. One thread. */
#ifndef COMPILER_COMPILE_LANGUAGE_H
#define COMPILER_COMPILE_LANGUAGE_H

#include "compiler/ast_decl.h"
#include "compiler/diag.h"

/* The text of that language's file. The first of the files decides; without a word of it, English. Reports a language
 * that there is not, one declared twice, and a used file that wants another one. */
struct str compile_language(struct diags *diags, const struct file *files);

#endif
