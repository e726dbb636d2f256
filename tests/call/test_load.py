"""Many calls through a flow that gathers digits; what they took is given back."""
import collections
import re
import time

import pytest

import sipp
from conftest import PASSWORDS
from media_ends import MediaEnds
from server import build_flow

CALLS = 200
RATE = 20  # calls a second
SLACK = 2048  # KiB that the memory may differ between two rounds
FLOW = """\
flow counter {
    gather digits: 4, prompt: "Please enter your number." {
        on matched(d) { log "heard {d}" }
        on invalid(d) { log "invalid {d}" }
        on timeout { log "timeout" }
    }
    hangup
}
"""


def one_round(server, folder, number):
    """200 calls, each with digits of its own; returns SIPp's result."""
    folder = folder / str(number)
    folder.mkdir()
    with MediaEnds(folder, digits_of=lambda call: f"{number}{call:03d}") as media:
        return sipp.run("call", server, "ann", PASSWORDS["ann"], folder, service="counter", calls=CALLS, rate=RATE,
                        pipe=media.pipe)


def eventually(condition, timeout):
    """Whether the condition becomes true in time; for what no event tells."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


@pytest.mark.load
def test_two_hundred_calls(server, ctl, tmp_path):
    ctl.add("ann", PASSWORDS["ann"])
    ctl.add("counter", virtual=True)
    ctl.attach_flow("counter", build_flow(FLOW, tmp_path))
    descriptors = server.descriptors()
    for number in (1, 2):
        result = one_round(server, tmp_path, number)
        assert (result.succeeded, result.failed) == (CALLS, 0), result.errors
        assert eventually(lambda: ctl.list("calls") == [], 5)
        assert server.rtp_ports_used() == 0
        if number == 1:
            memory = server.memory()
    heard = collections.Counter(m[1] for m in (re.search(r"(heard \d+|invalid.*|timeout)", line) for line in server.log.seen) if m)
    assert heard == {f"heard {number}{call:03d}": 1 for number in (1, 2) for call in range(1, CALLS + 1)}
    assert len(server.cdrs()) == 2 * CALLS
    assert eventually(lambda: server.descriptors() <= descriptors, 5), f"{descriptors} before, {server.descriptors()} now"
    # A finished transaction is kept for 32 s (RFC 3261 17.1.1.2, timers D and H).
    if not server.is_sanitized():
        assert eventually(lambda: server.memory() <= memory + SLACK, 45), f"{memory} KiB before, {server.memory()} now"
