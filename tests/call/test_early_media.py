"""One rule of early media: a phone that alone is rung is heard before it answers; of several the caller hears none, its own
phone rings."""
import pytest

import audio
from conftest import PASSWORDS, SAYS
from server import build_flow
from sip_peer import SipPeer
from test_late_offer import provisional
from test_mailbox import eventually
from test_pickup import Taker, ends  # noqa: F401


@pytest.fixture
def devices(server, ctl, tmp_path):
    """devices(how) gives whom to dial, and the phones that it rings."""
    made = []

    def device(user):
        made.append(SipPeer(server.sip, user, PASSWORDS[user]))
        assert made[-1].register().startswith("SIP/2.0 200")
        return made[-1]

    def make(how):
        for user in ("bob", "carol"):
            ctl.add(user, PASSWORDS[user])
        if how == "one":
            return "bob", [device("bob")]
        if how == "two of one target":
            return "bob", [device("bob"), device("bob")]
        ctl.add("both", virtual=True)
        ctl.attach_flow("both", build_flow('flow both {\n    bridge ["bob", "carol"] { else { hangup } }\n}\n', tmp_path))
        return "both", [device("bob"), device("carol")]

    yield make
    for one in made:
        one.__exit__()


def calls(ladder, ends, target):  # noqa: F811
    caller = Taker(ladder("ann"), ends)
    ann = caller.phone
    ann.begin("INVITE", target, [], ann.sdp())
    for status in (100, 180, 183):
        ann.hear(status, optional=True)
    ann.hear(200, rrs=True).ack().wait_for_test().bye().start(PASSWORDS["ann"])
    return caller


def hears(end, user, share=0.9):
    return audio.share_heard(end.heard(), audio.prompt(SAYS[user])) > share


def end_call(server, caller, device):
    caller.phone.go_on()
    device.reply(device.wait("BYE"), 200, "OK")
    caller.phone.finish()
    assert server.wait_cdr()["status"] == "200"
    assert server.rtp_ports_used() == 0


def test_of_one_it_is_passed_on(server, ladder, ends, devices):  # noqa: F811
    target, (bob,) = devices("one")
    caller = calls(ladder, ends, target)
    invite = bob.wait("INVITE")
    bob.reply(invite, 180, "Ringing")
    caller.phone.wait_said("SIP/2.0 180")
    bob.speak(audio.prompt("vm-intro"), invite)
    bob.reply(invite, 183, "Session Progress", bob.sdp())
    caller.phone.wait_said("SIP/2.0 183")
    end = caller.open_audio("183")
    eventually(lambda: hears(end, "bob"))
    assert "SIP/2.0 200" not in caller.phone.messages()
    bob.reply(invite, 200, "OK", bob.sdp())
    bob.wait("ACK")
    end_call(server, caller, bob)
    assert provisional(caller.phone) == ["180", "183"]


@pytest.mark.parametrize("in_the_200", [True, False])
@pytest.mark.parametrize("how", ["two targets", "two of one target"])
def test_of_several_it_is_not(server, ladder, ends, devices, how, in_the_200):  # noqa: F811
    """Both send 183 with SDP, and audio. The caller is told 180 alone, and hears who answers; also one whose 183, acknowledged by
    PRACK, has had the SDP that its 200 leaves out (RFC 3262 §5)."""
    target, (bob, carol) = devices(how)
    caller = calls(ladder, ends, target)
    invites = {one: one.wait("INVITE") for one in (bob, carol)}
    for one, user in ((bob, "bob"), (carol, "carol")):
        one.speak(audio.prompt(SAYS[user]), invites[one])
        one.reply(invites[one], 183, "Session Progress", one.sdp(), more="" if in_the_200 else "Require: 100rel\nRSeq: 1")
        if not in_the_200:
            one.reply(one.wait("PRACK"), 200, "OK")
    caller.phone.wait_said("SIP/2.0 180")
    carol.reply(invites[carol], 200, "OK", carol.sdp() if in_the_200 else "")
    carol.wait("ACK")
    bob.reply(bob.wait("CANCEL"), 200, "OK")
    bob.reply(invites[bob], 487, "Request Terminated")
    end = caller.open_audio()
    eventually(lambda: hears(end, "carol"))
    assert not hears(end, "bob", share=0)
    end_call(server, caller, carol)
    assert provisional(caller.phone) == ["180"]
