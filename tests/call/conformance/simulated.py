"""A scenario in the simulator: `flowc sim --trace` on pipes, its questions answered from the steps."""
import os
import re
import subprocess
from pathlib import Path

from conformance.script import Cue
from server import BIN, ROOT

QUESTION = re.compile(r"(keys|hang up\))> $")
TRACE = re.compile(r"^ *[\d.]+s  trace: (.*)$", re.MULTILINE)
BEGAN = re.compile(r"line \d+: (\w+) \.\.\.$")
END = re.compile(r"^ *[\d.]+s  (the (?:flow|caller) .*)$", re.MULTILINE)


def answer(step):
    """The step as `flowc sim` reads it."""
    if step is None:
        return ""
    if step.keys:
        return step.keys
    what = "h" if step.hangs_up else step.outcome + (" by caller" if step.by == "caller" else "")
    return f"{what} after {round(step.after * 1000)}ms" if step.after else what


def converse(process, cue):
    """Answers each question; returns all that was printed."""
    printed, asked = "", 0
    while more := os.read(process.stdout.fileno(), 65536).decode():
        printed += more
        if not QUESTION.search(printed):
            continue
        began = [b[1] for line in TRACE.findall(printed) if (b := BEGAN.search(line))]
        step = cue.take(began[-1], also=asked == len(began))
        asked = len(began)
        assert step or printed.endswith("keys> "), f"no step for this: {printed[-300:]}"
        process.stdin.write((answer(step) + "\n").encode())
        process.stdin.flush()
    return printed


def call(path, cue):
    """One flow; returns (trace, end)."""
    command = [BIN / "flowc", "sim", "--trace", "--from", "ann", "--to", "line", path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        printed = converse(process, cue)
    assert process.returncode == (1 if "  the flow failed" in printed else 0), printed
    assert "none of the outcomes" not in printed and "press them" not in printed, f"a step was not understood: {printed}"
    return TRACE.findall(printed), END.search(printed)[1]


def end_of(text):
    """How the call ended, in words that suit a real call as well."""
    if rejected := re.search(r"(?:rejected the call with|unanswered:) (\d+)", text):
        return f"rejected {rejected[1]}"
    return "caller" if text.startswith("the caller") else "flow"


def simulate(scenario, folder):
    """(trace, end) of the scenario."""
    cue, path = Cue(scenario.steps), Path(folder) / "line.flow"
    path.write_text(scenario.flow)
    if scenario.then:
        (Path(folder) / "other.flow").write_text(scenario.then)
    trace, end = call(path, cue)
    if "continued with other" in end or "failed" in end:
        more, end = call(ROOT / "flows/default.flow" if "failed" in end else Path(folder) / "other.flow", cue)
        trace += more
    assert not cue.left, f"never came to {cue.left}"
    return trace, end_of(end)
