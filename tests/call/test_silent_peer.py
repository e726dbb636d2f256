"""A phone that falls silent without a word, as one whose battery is empty: its call must not stay."""
import pytest

from conftest import PASSWORDS
from ladder import Ladder
from server import Server


@pytest.fixture
def server(tmp_path):
    with Server(tmp_path / "server", options=["--rtp-timeout", "2"]) as one:
        yield one


def call(phone, device, direction=None):
    """The device answers, and sends no packet; with a direction it holds."""
    phone.dial(device.user)
    invite = device.wait("INVITE")
    device.reply(invite, 200, "OK", device.sdp() + (f"a={direction}\r\n" if direction else ""))
    device.wait("ACK")
    phone.wait("CALL_ESTABLISHED")


def test_a_silent_device_is_hung_up_and_one_that_holds_is_not(server, ctl, register, peer):
    ann, carol, bob, dave = register("ann"), register("carol"), peer("bob"), peer("dave")
    call(ann, bob, "sendonly")
    call(carol, dave)
    bye = dave.wait("BYE")
    assert 'text="No RTP"' in bye
    dave.reply(bye, 200, "OK")
    carol.wait("CALL_CLOSED")
    assert server.wait_cdr()["to"] == "dave"
    assert [c["to"] for c in ctl.list("calls")] == ["bob"]  # it began earlier and is there still
    ann.hang_up()
    bob.reply(bob.wait("BYE"), 200, "OK")


def test_a_silent_caller_is_hung_up(server, ctl, register, tmp_path):
    bob = register("bob")
    ctl.add("ann", PASSWORDS["ann"])
    with Ladder(server, "ann", tmp_path / "ladder") as ann:
        ann.call("bob").hear("BYE").reply(200).start(PASSWORDS["ann"])
        bob.wait("CALL_CLOSED", 30)
        ann.finish()
    server.log.wait(lambda line: "nothing comes from ann any more" in line, 10, "reason")
    assert server.wait_cdr()["by"] == "caller"
