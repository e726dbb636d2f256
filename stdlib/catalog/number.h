/* The numbers of each action's arguments and outcomes, as action.def counts them from 0: ARG_NO_gather_timeout,
 * OUT_gather_matched. Made for the actions' own code. Constants only: any thread. */
#ifndef STDLIB_CATALOG_NUMBER_H
#define STDLIB_CATALOG_NUMBER_H

#define OUTCOME(...)
#define PAYLOAD(...)
#define ACTION(name, ...)                                                                                              \
    enum arg_number_of_##name                                                                                          \
    {
#define ARG(action, label, ...) ARG_NO_##action##_##label,
#define END(action)                                                                                                    \
    ARG_NO_##action##_COUNT                                                                                            \
    }                                                                                                                  \
    ;
#include "stdlib/catalog/action.def"
#undef ACTION
#undef ARG
#undef OUTCOME
#undef END

#define ARG(...)
#define ACTION(name, ...)                                                                                              \
    enum out_number_of_##name                                                                                          \
    {
#define OUTCOME(action, name, ...) OUT_##action##_##name,
#define END(action)                                                                                                    \
    OUT_##action##_COUNT                                                                                               \
    }                                                                                                                  \
    ;
#include "stdlib/catalog/action.def"
#undef ACTION
#undef ARG
#undef OUTCOME
#undef PAYLOAD
#undef END

#endif
