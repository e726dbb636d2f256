/* stdlib/prelude.flow, built into the compiler: the functions of the language that are written in it. Static: any
 * thread. */
#ifndef COMPILER_COMPILE_PRELUDE_H
#define COMPILER_COMPILE_PRELUDE_H

#include "vm/base/str.h"

struct str compile_prelude(void);

/* Is this word one of its functions that flows may call? All else in it is its own. */
bool compile_prelude_offers(struct str function);

#endif
