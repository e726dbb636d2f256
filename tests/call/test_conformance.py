"""The same scenario in the simulator and in a real call: action by action both traces must be the same.

A trace has a line for each action as it begins and as it ends, with the line of the flow, the outcome, and what the flow
logs. Times are no part of it.
"""
import shutil
import tempfile

import pytest

from conformance.live import Live
from conformance.scenarios import SCENARIOS
from conformance.simulated import simulate
from conftest import PASSWORDS
from ctl import Ctl
from phone import Phone
from server import Server
from sip_peer import SipPeer


@pytest.fixture(scope="module")
def server():
    """One for all scenarios, which are calls one after another."""
    folder = tempfile.mkdtemp(prefix="flow")
    with Server(folder, options=["--verbose", "--fetch-private", "127.0.0.1"]) as running:
        yield running
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def live(server, tmp_path_factory):
    folder, ctl = tmp_path_factory.mktemp("live"), Ctl(server)
    ctl.add("line", virtual=True)
    for user, password in PASSWORDS.items():
        ctl.add(user, password, voicemail=True)
    with SipPeer(server.sip, "bob", PASSWORDS["bob"]) as bob, \
         Phone(folder / "ann", "ann", domain=server.sip, password=PASSWORDS["ann"], expires=600) as ann:
        assert bob.register().startswith("SIP/2.0 200")
        ann.wait("REGISTER_OK")
        with Live(server, ctl, ann, bob, folder) as both_ends:
            yield both_ends


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_simulator_does_what_the_server_does(live, tmp_path, scenario):
    simulated = simulate(scenario, tmp_path)
    assert simulated == live.call(scenario)


def test_the_traces_are_worth_comparing(tmp_path):
    """They hold every action with its line, outcome and what was logged: a difference in any of them would be seen."""
    scenario = next(s for s in SCENARIOS if s.name == "menu: a wrong digit, then a choice")
    trace, end = simulate(scenario, tmp_path)
    assert trace == ["line 2: menu ...", "menu: 9", "line 2: menu invalid", "line 6: log ...", "log: wrong", "line 6: log done",
                     "line 2: menu ...", "menu: 1", "line 2: menu chosen", "line 3: say ...", "line 3: say done"]
    assert end == "flow"
