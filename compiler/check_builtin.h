/* The machine's own functions by number. Read-only: any thread. */
#ifndef COMPILER_CHECK_BUILTIN_H
#define COMPILER_CHECK_BUILTIN_H

enum builtin {
#define BUILTIN(name, ...) BUILTIN_##name,
#include "compiler/check_builtin.def"
#undef BUILTIN
};

#endif
