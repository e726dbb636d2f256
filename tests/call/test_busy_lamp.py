"""Busy lamps (RFC 4235): a console watches a Connection's dialogs."""
import pytest

from conftest import PASSWORDS
from ladder import Ladder

EVENT = ["Event: dialog", "Accept: application/dialog-info+xml", "Expires: 600"]


@pytest.fixture
def watcher(server, ctl, tmp_path):
    ctl.add("carol", PASSWORDS["carol"])
    with Ladder(server, "carol", tmp_path / "watcher") as carol:
        yield carol


def sees(watcher, version, *states, active=True):
    wanted = [f'version="{version}" state="full" entity="sip:bob@', *(f"<state>{state}</state>" for state in states),
              "Subscription-State: " + ("active" if active else "terminated"), "Content-Type: application/dialog-info.xml"]
    watcher.hear("NOTIFY", matches=wanted, timeout=60000).reply(200)


def test_a_call_to_a_watched_line(watcher, register):
    bob, ann = register("bob", answers=False), register("ann")
    watcher.begin("SUBSCRIBE", "bob", EVENT).hear(200, rrs=True)
    for version, state in enumerate(["terminated", "early", "confirmed", "terminated"]):
        sees(watcher, version, state)
    watcher.request("SUBSCRIBE", ["Event: dialog", "Expires: 0"]).hear(200).hear("NOTIFY", matches=["terminated"]).reply(200)
    watcher.start(PASSWORDS["carol"]).wait_said("<state>terminated")
    ann.dial("bob")
    watcher.wait_said("<state>early")
    bob.answer()
    ann.wait("CALL_ESTABLISHED", 20)
    watcher.wait_said("<state>confirmed")
    ann.hang_up()
    watcher.finish()
    assert 'direction="recipient"' in watcher.messages() and "sip:ann@" in watcher.messages()


def test_a_watched_line_calls(watcher, register):
    bob, _ = register("bob"), register("ann")
    watcher.begin("SUBSCRIBE", "bob", EVENT).hear(200, rrs=True)
    for version, state in enumerate(["terminated", "trying", "early", "confirmed", "confirmed", "terminated"]):
        sees(watcher, version, state)
    watcher.start(PASSWORDS["carol"]).wait_said("<state>terminated")
    bob.dial("ann")
    watcher.wait_said("<state>confirmed")
    bob.hang_up()
    watcher.finish()
    assert 'direction="initiator"' in watcher.messages()


@pytest.mark.parametrize("user, password, status", [("nobody", "carol-secret", 404), ("bob", "wrong", 403)])
def test_who_may_not_watch(watcher, ctl, user, password, status):
    ctl.add("bob", PASSWORDS["bob"])
    watcher.begin("SUBSCRIBE", user, EVENT).hear(status).start(password).finish()
