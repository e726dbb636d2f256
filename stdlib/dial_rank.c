#include "stdlib/dial_rank.h"

static int rank(enum dial_outcome how)
{
    switch (how) {
    case DIAL_ENDED: return 6;
    case DIAL_NO_ANSWER: return 5;
    case DIAL_BUSY: return 4;
    case DIAL_DECLINED: return 3;
    case DIAL_LIMITED: return 2;
    case DIAL_FAILED: return 1;
    case DIAL_OFFLINE: return 0;
    }
    return -1;
}

bool dial_outranks(enum dial_outcome a, enum dial_outcome b) { return rank(a) > rank(b); }

struct str dial_by_text(enum dial_by by)
{
    switch (by) {
    case DIAL_BY_CALLER: return STR("caller");
    case DIAL_BY_CALLEE: return STR("callee");
    case DIAL_BY_LIMIT: return STR("limit");
    case DIAL_BY_TRANSFER: break;
    }
    return STR("transfer");
}
