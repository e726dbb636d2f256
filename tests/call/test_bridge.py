"""Two registered phones call each other through the server."""
import pytest

import audio
from conftest import PASSWORDS
from ctl import Refused


def test_a_wrong_password_is_refused(server, ctl, new_phone):
    ctl.add("ann", PASSWORDS["ann"])
    ann = new_phone("ann", domain=server.sip, password="wrong", expires=600)
    assert "REGISTER_FAIL" == ann.wait("REGISTER_FAIL")["type"]
    assert ctl.list("registrations") == []


def test_an_unknown_user_is_refused(server, new_phone):
    new_phone("nobody", domain=server.sip, password="x", expires=600).wait("REGISTER_FAIL")


def test_a_registration_is_listed_and_survives_a_restart(server, ctl, register):
    register("ann")
    assert [r["user"] for r in ctl.list("registrations")] == ["ann"]
    server.stop()
    server.start()
    assert [r["user"] for r in ctl.list("registrations")] == ["ann"]


def talk(caller, callee):
    """Both have said their sentence and heard the other's."""
    caller.wait("CALL_ESTABLISHED")
    callee.wait("CALL_ESTABLISHED")
    callee.wait_heard(audio.prompt("demo-thanks"))
    caller.wait_heard(audio.prompt("vm-intro"))


@pytest.mark.parametrize("codec", ["pcmu", "pcma"])
@pytest.mark.parametrize("first_to_go", ["caller", "callee"])
def test_a_call_has_audio_both_ways(server, ctl, register, tmp_path, codec, first_to_go):
    bob = register("bob", says=audio.sentence(tmp_path, "vm-intro", lead=0.5), codec=codec)
    ann = register("ann", says=audio.sentence(tmp_path, "demo-thanks", lead=0.5), codec=codec)
    ann.dial("bob")
    talk(ann, bob)
    assert [(c["from"], c["to"]) for c in ctl.list("calls")] == [("ann", "bob")]
    stays, goes = (bob, ann) if first_to_go == "caller" else (ann, bob)
    goes.hang_up()
    stays.wait("CALL_CLOSED")
    cdr = server.wait_cdr()
    assert (cdr["from"], cdr["to"], cdr["flow"], cdr["by"], cdr["status"]) == ("ann", "bob", "default", first_to_go, "200")
    assert 3 < float(cdr["talk"]) < 30
    assert ctl.list("calls") == []
    assert server.rtp_ports_used() == 0
    assert len(server.cdrs()) == 1


def test_the_callee_rings_first_and_declines(server, register):
    bob = register("bob", answers=False)
    ann = register("ann")
    ann.dial("bob")
    bob.wait("CALL_INCOMING")
    ann.wait("CALL_RINGING")
    bob.hang_up()
    ann.wait("CALL_CLOSED")
    assert server.wait_cdr()["answered"] == "-"


def test_the_caller_gives_up_while_it_rings(server, register):
    bob = register("bob", answers=False)
    ann = register("ann")
    ann.dial("bob")
    bob.wait("CALL_INCOMING")
    ann.wait("CALL_RINGING")
    ann.hang_up()
    bob.wait("CALL_CLOSED")
    assert server.wait_cdr()["by"] == "caller"
    assert server.rtp_ports_used() == 0


def test_all_devices_ring_and_one_answers(server, register):
    desk = register("bob", answers=False)
    mobile = register("bob", answers=False)
    ann = register("ann")
    ann.dial("bob")
    desk.wait("CALL_INCOMING")
    mobile.wait("CALL_INCOMING")
    mobile.answer()
    ann.wait("CALL_ESTABLISHED")
    desk.wait("CALL_CLOSED")
    mobile.hang_up()
    ann.wait("CALL_CLOSED")
    assert server.wait_cdr()["by"] == "callee"


def test_a_number_reaches_its_connection(server, ctl, register):
    bob = register("bob")
    ctl.run("number", "add", "+48221234567", "--to", "bob")
    ann = register("ann")
    ann.dial("+48221234567")
    bob.wait("CALL_ESTABLISHED")
    ann.wait("CALL_ESTABLISHED")
    ann.hang_up()
    assert server.wait_cdr()["to"] == "+48221234567", "what the caller dialled"


def test_an_unknown_user_is_not_found(server, register):
    ann = register("ann")
    ann.dial("nobody")
    assert "404" in ann.wait("CALL_CLOSED")["param"]


def test_a_stranger_may_not_call(server, ctl, register, new_phone):
    register("bob")
    stranger = new_phone("ann", domain=server.sip)
    stranger.dial("bob")
    stranger.wait("CALL_CLOSED")
    assert server.is_alive()


def test_a_taken_user_is_refused_with_a_reason(ctl):
    ctl.add("ann", "one")
    with pytest.raises(Refused, match="ann.*taken|taken.*ann") as refused:
        ctl.add("ann", "two")
    assert refused.value.status == 1
