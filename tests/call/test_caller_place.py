"""Who has the caller's place after an attended transfer: limits, lamps, further transfers and boxes go by that one, and by
nobody who was there before."""
import re

import pytest

import audio
from carrier import Carrier
from conftest import PASSWORDS
from server import build_flow
from sip_peer import SipPeer, authorization, header
from test_cdr import legs
from test_pickup import refused
from test_transfer import cdrs, told

STRANGER = "+48601000001"  # the number that a carrier's caller shows, and a Connection that bears it
OUTSIDE = "+48221234567"


class Lamp(SipPeer):
    """Watches a Connection's lamp."""

    def watch(self, user):
        uri = f"sip:{user}@{self.server[0]}"

        def ask(cseq, more=""):
            self.send(f"SUBSCRIBE {uri} SIP/2.0\nVia: SIP/2.0/UDP {self.contact.split('@')[1]};branch=z9hG4bKlamp{cseq}\nMax-Forwards: 70\n"
                      f"From: <sip:{self.user}@{self.server[0]}>;tag=lamp\nTo: <{uri}>\nCall-ID: lamp-{user}-{self.contact}\nCSeq: {cseq} SUBSCRIBE\n"
                      f"Contact: <{self.contact}>\nEvent: dialog\nExpires: 600\n{more}Content-Length: 0\n\n")
            return self.wait("SIP/2.0")

        line = authorization(ask(1), "SUBSCRIBE", uri, self.user, self.password)
        assert ask(2, f"{line}\n").startswith("SIP/2.0 200")
        return self

    def wait_states(self, *wanted, far=""):
        """Until it tells these, and who is at the other end."""
        while True:
            told_now = self.wait("NOTIFY")
            self.reply(told_now, 200, "OK")
            if re.findall(r"<state>(\w+)", told_now) == list(wanted) and far in told_now:
                return self


@pytest.fixture
def lamp(server, ctl):
    lamps = []

    def make(user):
        lamps.append(Lamp(server.sip, "dave", PASSWORDS["dave"]))
        return lamps[-1].watch(user)

    ctl.add("dave", PASSWORDS["dave"])
    yield make
    for one in lamps:
        one.__exit__()


@pytest.fixture
def puts(ladder):
    """puts(phone, dialled, target): ann, whom the phone calls by that, has called the target with her second line, and puts the
    phone into her place there."""
    ann, consult = ladder("ann"), ladder("ann", add=False)

    def put(phone, dialled, target, rings=False):
        consult.begin("INVITE", target, [], consult.sdp()).hear(100, optional=True).hear(180, optional=True)
        if rings:
            consult.hear(487, timeout=60000).ack_failure()
        else:
            consult.hear(200, rrs=True).ack().hear("BYE", timeout=60000).reply(200)
        replaces = consult.start(PASSWORDS["ann"]).replaces()
        ann.register(PASSWORDS["ann"]).answer_call().pause(300)
        ann.request("REFER", [f"Refer-To: <sip:{target}@[remote_ip]:[remote_port]?Replaces={replaces}>"]).hear(202)
        told(ann, 100, 200).hear("BYE").reply(200).start().wait_listening()
        phone.dial(dialled)
        consult.finish()
        return ann

    return put


@pytest.fixture
def strangers(server, ctl, new_phone):
    """Calls by a trunk."""
    ctl.add(STRANGER, PASSWORDS["ann"], voicemail=True)
    phone = new_phone(STRANGER, address="127.0.0.6")
    ctl.run("trunk", "add", "carrier", "--gateways", f"127.0.0.6:{phone.sip_port}", "--ping", "0s")
    return phone


def test_limits_and_lamps_go_by_who_has_it(server, ctl, ladder, lamp, puts, register):
    """The record goes by who called."""
    bob, carol = register("bob"), register("carol")
    anns, bobs = lamp("ann").wait_states("terminated"), lamp("bob").wait_states("terminated")
    ann = puts(bob, "ann", "carol")
    ann.finish()
    anns.wait_states("terminated")
    bobs.wait_states("confirmed", far="sip:carol@")
    (call,) = ctl.list("calls")
    assert (call["from"], call["to"]) == ("bob", "carol")
    for user in ("ann", "bob"):
        ctl.run("connection", "set", user, "--max-calls", "1")
    ctl.add("desk", virtual=True)
    free, engaged = ladder("ann", add=False), ladder("bob", add=False)
    free.begin("INVITE", "desk", [], free.sdp()).hear(100, optional=True).hear(480).ack_failure().start(PASSWORDS["ann"]).finish()
    engaged.begin("INVITE", "desk", [], engaged.sdp()).hear(100, optional=True).hear(403, matches=["Call Limit"]).ack_failure()
    engaged.start(PASSWORDS["bob"]).finish()
    carol.hang_up()
    bobs.wait_states("terminated")
    first, _, second = cdrs(server, 3)
    assert (first["from"], first["by"], second["from"], second["by"], second["parent"]) == ("bob", "transfer", "ann", "callee", first["call"])
    of = [(leg["side"], leg["user"], leg["end"]) for leg in legs(server) if leg["call"] == second["call"]]
    assert sorted(of) == [("callee", "carol", "bye"), ("caller", "ann", "replaced"), ("caller", "bob", "hung-up")]


@pytest.mark.parametrize("may", ["ann", "bob"])
def test_he_dials_outside_by_his_own_rule(server, ctl, puts, register, may):
    with Carrier() as carrier:
        ctl.run("trunk", "add", "carrier", "--gateways", carrier.gateway, "--ping", "0s")
        bob, carol = register("bob"), register("carol")
        ctl.run("connection", "set", may, "--dial", "+48*")
        puts(bob, "ann", "carol").finish()
        bob.command(f"transfer sip:{OUTSIDE}@{server.sip}")
        if may == "ann":
            bob.wait("TRANSFER_FAILED")  # upon which it hangs up by itself
            assert not carrier.got("INVITE")
        else:
            carrier.wait("ACK")
            assert [ctl.list_one("connection", "show", user)["outside_calls_now"] for user in ("ann", "bob")] == [0, 1]
            carol.hang_up()
        assert [cdr["by"] for cdr in cdrs(server, 2 if may == "ann" else 3)][0] == "transfer"


def test_he_is_introduced(server, puts, ladder, register):
    """By whom he talks to, who transfers him further."""
    bob, carol, dave = register("bob"), register("carol"), ladder("dave").register(PASSWORDS["dave"])
    puts(bob, "ann", "carol").finish()
    dave.called(matches=["From: .*<sip:bob@"]).ringing().reply(200, body=dave.sdp()).hear("ACK").hear("BYE").reply(200).start().wait_listening()
    carol.command(f"transfer sip:dave@{server.sip}")
    dave.wait_said("ACK sip:dave")
    bob.hang_up()
    dave.finish()
    assert [(cdr["from"], cdr["to"]) for cdr in cdrs(server, 3)][-1] == ("bob", "dave")


def test_who_rings_is_told_who_has_it(puts, ladder, register):
    """By UPDATE, when it is answered."""
    bob, carol = register("bob"), ladder("carol").register(PASSWORDS["carol"])
    carol.called(matches=["From: .*<sip:ann@"]).ringing().wait_for_test()
    carol.reply(200, ["Allow: INVITE, ACK, BYE, CANCEL, UPDATE"], carol.sdp(), to_invite=True).hear("ACK")
    carol.hear("UPDATE", matches=["P-Asserted-Identity: .*<sip:bob@"]).reply(200).pause(300).bye().start().wait_listening()
    ann = puts(bob, "ann", "carol", rings=True)
    carol.go_on().finish()
    ann.finish()
    bob.wait("CALL_CLOSED")


def test_a_carriers_caller_dials_nothing_outside(server, ctl, puts, register, strangers):
    """Whoever had the place, and whatever number he shows. Nor does he count as one of ours."""
    carol = register("carol")
    ctl.run("number", "add", OUTSIDE, "--to", "ann")
    for user in ("ann", STRANGER):
        ctl.run("connection", "set", user, "--dial", "+48*", "--max-calls", "2")
    puts(strangers, f"sip:{OUTSIDE}@{server.sip}", "carol").finish()
    strangers.command(f"transfer sip:+48220000000@{server.sip}")
    strangers.wait("TRANSFER_FAILED")
    carol.wait("CALL_CLOSED")
    assert len(cdrs(server, 2)) == 2


def test_a_carriers_caller_enters_no_box(server, ctl, puts, ladder, strangers, tmp_path):
    """Put into ann's place on the way to hers, he is asked for the PIN of his own."""
    ctl.add("hall", virtual=True)
    ctl.attach_flow("hall", build_flow('flow hall {\n    bridge "dave" { on ended { hangup } else { } }\n    mailbox call.from { on denied { } }\n}\n', tmp_path))
    dave = ladder("dave").register(PASSWORDS["dave"])
    dave.called().ringing().wait_for_test().reply(486, to_invite=True).hear("ACK").start().wait_listening()
    ctl.run("connection", "set", "ann", "--voicemail")
    ctl.run("number", "add", OUTSIDE, "--to", "ann")
    ctl.pipe("2580\n", "box", "set", STRANGER, "--pin-stdin")
    ann = puts(strangers, f"sip:{OUTSIDE}@{server.sip}", "hall", rings=True)
    dave.go_on().finish()
    ann.finish()
    strangers.wait_heard_in_pieces(audio.spoken(tmp_path, "Please enter your PIN, then press pound."), share=0.6)  # said once: a busy machine may spoil some
    strangers.hang_up()


def test_a_carriers_talk_is_not_taken_by_the_number_that_it_shows(server, ctl, ladder, register, monkeypatch):
    """Neither by INVITE with Replaces nor by a transfer."""
    with Carrier() as carrier:
        ctl.run("trunk", "add", "carrier", "--gateways", carrier.gateway, "--ping", "0s")
        register("bob")
        register("carol")
        ctl.run("number", "add", OUTSIDE, "--to", "bob")
        invite = carrier.invite(server.sip, OUTSIDE, caller=STRANGER)
        answer = carrier.wait_response("SIP/2.0 200")
        carrier.acknowledge(invite, answer, server.sip)
        ids = [header(answer, "Call-ID"), *(re.search("tag=([^;]+)", header(answer, end))[1] for end in ("To", "From"))]
        monkeypatch.setitem(PASSWORDS, STRANGER, "stranger-secret")
        thief, other = ladder(STRANGER), ladder(STRANGER, add=False)
        refused(thief, "{};to-tag={};from-tag={}".format(*ids), 403)
        other.call("carol").pause(300)
        other.request("REFER", ["Refer-To: <sip:bob@[remote_ip]?Replaces={}%3Bto-tag%3D{}%3Bfrom-tag%3D{}>".format(*ids)]).hear(202)
        told(other, 100, 403).bye().start(PASSWORDS[STRANGER]).finish()
        assert len(ctl.list("calls")) == 1
