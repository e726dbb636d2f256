/* stdlib/say, built into the compiler: the functions of the language that are written in it, a file for each spoken
 * language. Static: any thread. */
#ifndef COMPILER_COMPILE_PRELUDE_H
#define COMPILER_COMPILE_PRELUDE_H

#include "vm/base/str.h"

/* The file of that language ("en"); false: there is none. */
bool compile_prelude(struct str language, struct str *text);
/* The languages there are, from 0 on; NULL behind the last. */
const char *compile_prelude_language(size_t number);

/* The functions of it that flows may call, from 0 on; NULL behind the last. */
const char *compile_prelude_function(size_t number);
/* Is this word one of its functions that flows may call? All else in it is its own. */
bool compile_prelude_offers(struct str function);

#endif
