"""What the caller and the far ends do in a scenario: written once, done by the simulated call and by the real one."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """At the beginning of the next `action`: keys are pressed, somebody hangs up, or others do what leads to an outcome."""
    action: str
    keys: str = ""
    outcome: str = ""  # of a bridge, voicemail or record
    by: str = "callee"  # who ends the talk of a bridge
    after: float = 0.0  # seconds; of ended the talk, of left and saved the speech
    hangs_up: bool = False
    also: bool = False  # in the same action as the step before


@dataclass(frozen=True)
class Scenario:
    name: str
    flow: str  # source text
    steps: tuple = ()
    then: str = ""  # source text of the flow with which the first may continue


def press(action, keys):
    return Step(action, keys=keys)


def wait(action):
    """Nothing is done: the step is there so that the next has the action after this one."""
    return Step(action)


def hang_up(action, after=0.0, also=False):
    """The caller hangs up, so long after the action began, or while it rings, or after speaking so long into a recording."""
    return Step(action, hangs_up=True, after=after, also=also)


def others(action, outcome, **how):
    return Step(action, outcome=outcome, **how)


class Cue:
    """Gives each step when its action begins; the other actions are left to themselves."""

    def __init__(self, steps):
        self.left = list(steps)

    def take(self, action, also=False):
        """also: the action has had a step before."""
        due = self.left and (self.left[0].action, self.left[0].also) == (action, also)
        return self.left.pop(0) if due else None
