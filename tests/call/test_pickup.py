"""INVITE with Replaces (RFC 3891): a call that rings is picked up by who sees it ring (RFC 4235), a talk moves between the
phones of a Connection. SIPp is the phone that takes it; its audio is checked both ways."""
import os
import re
from urllib.parse import unquote

import pytest

import audio
from conftest import PASSWORDS, SAYS
from ctl import Refused
from media_ends import MediaEnds
from ports import free_port
from test_busy_lamp import EVENT
from test_mailbox import eventually


@pytest.fixture
def ends(tmp_path):
    with MediaEnds(tmp_path) as all_of_them:
        yield all_of_them


def tell(ends, text):
    pipe = os.open(ends.pipe, os.O_WRONLY)
    os.write(pipe, f"{text}\n".encode())
    os.close(pipe)


class Taker:
    """A phone of SIPp that sends such an INVITE, and talks."""

    def __init__(self, phone, ends):
        self.phone, self.ends = phone, ends
        phone.audio = free_port(spread=2)
        tell(ends, f"open {phone.audio} 1")

    def take(self, replaces, far, offer=True, early_only=False):
        """It is told whom it talks to: far."""
        headers = [f"Replaces: {replaces}{';early-only' if early_only else ''}", "Require: replaces", "Allow: INVITE, ACK, BYE, CANCEL, UPDATE"]
        self.phone.begin("INVITE", "whoever", headers, self.phone.sdp() if offer else "").hear(100, optional=True)
        self.phone.hear(200, rrs=True).ack("" if offer else self.phone.sdp())
        return self.phone.hear("UPDATE", matches=[f"P-Asserted-Identity: .*<sip:{far}@"]).reply(200, ["X-Test: told"])

    def hang_up(self, other):
        """Not before the other has been told too, by re-INVITE: the SIP library leaks when a phone leaves meanwhile."""
        self.phone.wait_said("X-Test: told")
        other.wait("CALL_REMOTE_SDP")
        self.phone.go_on().finish()

    def open_audio(self, status=200):
        """Its media end, which sends to where our answer of that status says, or our INVITE."""
        ours = f"SIP/2.0 {status}" if self.phone.caller else "INVITE sip:"
        port = eventually(lambda: re.search(rf"{ours}.*?m=audio (\d+) ", self.phone.messages(), re.DOTALL))[1]
        tell(self.ends, f"talk {self.phone.audio} 1 {port}")
        return self.ends.wait_up(1)[0]

    def talks_to(self, other, folder):
        """Each hears the other, from now on."""
        end = self.open_audio()
        since, before = len(other.heard()) / audio.RATE, len(end.heard())
        self.ends.speak(end, 3 * audio.ulaw(folder, audio.PROMPTS / "demo-abouttotry.wav"))  # a busy machine may spoil some
        other.wait_heard_in_pieces(audio.prompt("demo-abouttotry")[:3 * audio.RATE], timeout=20)
        assert since < len(other.heard()) / audio.RATE
        other._wait_for_audio(lambda: audio.share_heard(end.heard()[before:], audio.prompt(SAYS[other.user])) > 0.9, 20, "the taker does not hear it")


@pytest.fixture
def taker(ladder, ends):
    return lambda user, add=True: Taker(ladder(user, add=add), ends)


def seen_ringing(watcher):
    """What its NOTIFY says of the call."""
    said = watcher.wait_said("<state>early").messages()
    ids = re.findall(r'call-id="([^"]+)" local-tag="([^"]+)" remote-tag="([^"]+)" direction="recipient"><state>early', said)[-1]
    return f"{ids[0]};to-tag={ids[2]};from-tag={ids[1]}"


@pytest.mark.parametrize("offer", [True, False])
def test_what_rings_is_picked_up(server, ctl, ladder, taker, speaker, register, tmp_path, offer):
    """By what the busy lamp's NOTIFY says. The phone that rang is told that the call was completed elsewhere."""
    watcher, carol, dave = ladder("ann"), taker("ann", add=False), ladder("dave")
    watcher.begin("SUBSCRIBE", "dave", EVENT).hear(200, rrs=True)
    for _ in ("idle", "trying or early"):
        watcher.hear("NOTIFY").reply(200)
    watcher.pause(100).start(PASSWORDS["ann"])
    dave.register(PASSWORDS["dave"]).called().ringing().hear("CANCEL", matches=["Call completed elsewhere"]).reply(200)
    dave.reply(487, to_invite=True).hear("ACK").start().wait_listening()
    bob = speaker("bob")
    bob.dial("dave")
    carol.take(seen_ringing(watcher), "bob", offer=offer, early_only=True).hear("BYE").reply(200).start(PASSWORDS["ann"])
    bob.wait("CALL_ESTABLISHED", 20)
    dave.finish()
    carol.phone.wait_said("SIP/2.0 200")
    carol.talks_to(bob, tmp_path)
    bob.hang_up()
    carol.phone.finish()
    cdr = server.wait_cdr()
    assert (cdr["from"], cdr["to"], cdr["status"], cdr["by"]) == ("bob", "dave", "200", "caller")
    assert server.rtp_ports_used() == 0


def watches(ladder, user, rung):
    """A SIPp of that user that sees rung's lamp."""
    watcher = ladder(user)
    watcher.begin("SUBSCRIBE", rung, EVENT).hear(200, rrs=True)
    for _ in ("idle", "trying or early"):
        watcher.hear("NOTIFY").reply(200)
    return watcher.pause(100).start(PASSWORDS[user])


@pytest.mark.parametrize("mine, whose, may", [
    ("common", "common", True), ("sales", "sales", True), ("support,sales", " sales , home", True),
    ("sales", "common", False), ("common", "sales", False), ("", "common", False), ("common", "", False), ("", "", False),
    ("sales", "Sales,sale,sales2", False)])
def test_pickup_groups_say_who_may(server, ctl, ladder, taker, register, mine, whose, may):
    """Its lamp is seen all the same."""
    dave, bob, watcher = register("dave", answers=False), register("bob"), watches(ladder, "ann", "dave")
    ctl.run("connection", "set", "ann", "--pickup-group", mine)
    ctl.run("connection", "set", "dave", "--pickup-group", whose)
    bob.dial("dave")
    dave.wait("CALL_INCOMING")
    name = seen_ringing(watcher)
    if may:
        ann = taker("ann", add=False)
        ann.take(name, "bob").wait_for_test().bye().start(PASSWORDS["ann"])
        bob.wait("CALL_ESTABLISHED", 20)
        dave.wait("CALL_CLOSED")
        ann.hang_up(bob)
    else:
        refused(ladder("ann", add=False), name, 403)
        dave.answer()
        bob.wait("CALL_ESTABLISHED", 20)


def test_its_own_phone_needs_no_group(server, ctl, ladder, taker, register):
    dave, bob, watcher = register("dave", answers=False), register("bob"), watches(ladder, "ann", "dave")
    ctl.run("connection", "set", "dave", "--pickup-group", "")
    assert ctl.list_one("connection", "show", "dave")["pickup_groups"] == ""
    bob.dial("dave")
    dave.wait("CALL_INCOMING")
    other = taker("dave", add=False)
    other.take(seen_ringing(watcher), "bob").wait_for_test().bye().start(PASSWORDS["dave"])
    bob.wait("CALL_ESTABLISHED", 20)
    other.hang_up(bob)


def test_groups_are_kept(server, ctl):
    ctl.add("ann", PASSWORDS["ann"])
    assert ctl.list_one("connection", "show", "ann")["pickup_groups"] == "common"
    with pytest.raises(Refused, match="the pickup group 'back office' is no name"):
        ctl.run("connection", "set", "ann", "--pickup-group", "sales,back office")
    ctl.run("connection", "set", "ann", "--pickup-group", "sales,support")
    assert "sales,support" in ctl.run("connection", "show", "ann")


@pytest.mark.parametrize("place", ["caller", "callee"])
def test_a_talk_moves_to_another_phone_of_its_own(server, ladder, taker, speaker, tmp_path, place):
    """The first phone is hung up; the other side talks on, and is asked nothing."""
    first, bob = ladder("ann"), speaker("bob")
    if place == "caller":
        first.call("bob").hear("BYE").reply(200).start(PASSWORDS["ann"])
    else:
        first.register(PASSWORDS["ann"]).answer_call().hear("BYE").reply(200).start().wait_listening()
        bob.dial("ann")
    bob.wait("CALL_ESTABLISHED", 20)
    second = taker("ann", add=False)
    second.take(unquote(first.replaces()), "bob").hear("BYE").reply(200).start(PASSWORDS["ann"])
    first.finish()
    second.talks_to(bob, tmp_path)
    bob.hang_up()
    second.phone.finish()
    assert server.wait_cdr()["status"] == "200"
    assert server.rtp_ports_used() == 0


def refused(phone, replaces, status, early_only=False, more=()):
    headers = [f"Replaces: {replaces}{';early-only' if early_only else ''}", *more]
    phone.begin("INVITE", "whoever", headers, phone.sdp()).hear(100, optional=True).hear(status).ack_failure()
    phone.start(PASSWORDS[phone.user]).finish()


def test_what_names_no_dialog(ladder):
    refused(ladder("ann"), "no@where;to-tag=1;from-tag=2", 481)
    refused(ladder("carol"), "no@where;to-tag=1;from-tag=2", 481, early_only=True)


@pytest.mark.parametrize("replaces, more", [("no@where;to-tag=1", []), ("no@where", []),
                                            ("no@where;to-tag=1;from-tag=2", ["Replaces: other@where;to-tag=1;from-tag=2"])])
def test_what_is_malformed(ladder, replaces, more):
    phone = ladder("ann")
    headers = [f"Replaces: {replaces}", *more]
    phone.cseq, phone.steps = 0, []
    phone.begin("INVITE", "whoever", headers, phone.sdp())
    asked = next(i for i, step in enumerate(phone.steps) if 'response="401"' in step)
    phone.steps[asked:] = []
    phone.hear(400).ack_failure().start(PASSWORDS["ann"]).finish()


def test_a_talk_is_nobody_elses(server, ladder, speaker):
    """Another Connection does not get it, a half-right name neither; early-only is told that it is answered; and what is over is
    declined."""
    first, bob = ladder("ann"), speaker("bob")
    first.call("bob").hear("BYE", timeout=60000).reply(200).start(PASSWORDS["ann"])
    bob.wait("CALL_ESTABLISHED", 20)
    name = unquote(first.replaces())
    refused(ladder("carol"), name, 403)
    refused(ladder("ann", add=False), name, 486, early_only=True)
    refused(ladder("ann", add=False), re.sub("from-tag=", "from-tag=x", name), 481)
    refused(ladder("ann", add=False), re.sub("to-tag=", "to-tag=x", name), 481)
    assert bob.events.seen[-1].get("type") != "CALL_CLOSED"
    bob.hang_up()
    first.finish()
    server.wait_cdr()
    refused(ladder("ann", add=False), name, 603)


def test_a_callers_own_early_dialog_is_not_replaced(ladder, register):
    """RFC 3891 §3: only one that the server has begun."""
    first, dave = ladder("ann"), register("dave", answers=False)
    first.begin("INVITE", "dave", [], first.sdp()).hear(100, optional=True).hear(180).hear(200, timeout=30000, rrs=True).ack().bye()
    name = unquote(first.start(PASSWORDS["ann"]).replaces())
    refused(ladder("ann", add=False), name, 481)
    dave.answer()
    first.finish()
