/* Words of other languages, and what says it here. */
#include "compiler/check_context.h"

struct habit {
    const char *word, *help;
};

static const char *look_up(const struct habit *habits, size_t count, struct str word)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(word, habits[i].word))
            return habits[i].help;
    return NULL;
}

const char *check_habit_value(struct str word)
{
    static const struct habit habits[] = {
        { "true", "write 'yes'" },
        { "false", "write 'no'" },
        { "null", "there is no null: what can fail is an outcome, what can be missing is read with 'as … else'" },
        { "nil", "there is no null: what can fail is an outcome, what can be missing is read with 'as … else'" },
        { "none", "there is no null: what can fail is an outcome, what can be missing is read with 'as … else'" },
    };
    return look_up(habits, sizeof habits / sizeof *habits, word);
}

const char *check_habit_action(struct str word)
{
    static const struct habit habits[] = {
        { "while", "'loop' goes on until 'break', 'repeat n' as often as said" },
        { "switch", "write 'match'" },
        { "case", "write 'match'" },
        { "print", "'say' speaks to the caller, 'log' writes to the trace" },
        { "dial", "write 'bridge'" },
        { "call", "write 'bridge'" },
        { "forward", "'bridge' connects the caller with another line, 'transfer' sends the caller there" },
        { "goto", "'continue with' hands the call to another flow" },
        { "wait", "write 'pause'" },
        { "sleep", "write 'pause'" },
    };
    return look_up(habits, sizeof habits / sizeof *habits, word);
}
