#include "sipfront/media/wheel.h"

#include <stddef.h>

static unsigned slot_of(int64_t ms) { return (unsigned)ms % WHEEL_SLOTS; }

void wheel_put(struct wheel *w, struct wheel_node *n, int64_t due_ms)
{
    struct wheel_node **head = &w->slots[slot_of(due_ms)];

    n->due_ms = due_ms;
    n->next = *head;
    n->link = head;
    if (n->next)
        n->next->link = &n->next;
    *head = n;
    w->used |= UINT64_C(1) << slot_of(due_ms);
}

void wheel_remove(struct wheel *w, struct wheel_node *n)
{
    unsigned slot = slot_of(n->due_ms);

    if (!n->link)
        return;
    *n->link = n->next;
    if (n->next)
        n->next->link = n->link;
    n->link = NULL;
    if (!w->slots[slot])
        w->used &= ~(UINT64_C(1) << slot);
}

struct wheel_node *wheel_take(struct wheel *w, int64_t t)
{
    struct wheel_node *n = w->slots[slot_of(t)];

    while (n && n->due_ms > t) /* after a stall of the thread some lie a turn ahead */
        n = n->next;
    if (n)
        wheel_remove(w, n);
    return n;
}

int64_t wheel_next(const struct wheel *w, int64_t t)
{
    unsigned from = slot_of(t);
    uint64_t turned = from ? w->used >> from | w->used << (WHEEL_SLOTS - from) : w->used;

    return turned ? t + __builtin_ctzll(turned) : t + WHEEL_SLOTS;
}
