#include "compiler/compile_prelude.h"

struct str compile_prelude(void) { return STR(""); }
