/* The text of stdlib/prelude.flow, built into the compiler. Static: any thread. */
#ifndef COMPILER_COMPILE_PRELUDE_H
#define COMPILER_COMPILE_PRELUDE_H

#include "vm/base/str.h"

struct str compile_prelude(void);

#endif
