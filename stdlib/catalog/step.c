#include "stdlib/catalog/step.h"

const char *test_operands(unsigned op)
{
    static const char *const operands[] = {
#define STEP(name, letters, text) letters,
#include "stdlib/catalog/step.def"
#undef STEP
    };
    return operands[op];
}
