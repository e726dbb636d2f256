"""Limits of a Connection: how many devices, how many calls."""
import pytest

from ctl import Refused
from server import build_flow
from sip_peer import SipPeer


def test_a_device_too_many_takes_the_oldest_place(server, ctl):
    ctl.add("ann", "secret")
    ctl.run("connection", "set", "ann", "--max-bindings", 2)
    peers = [SipPeer(server.sip, "ann", "secret") for _ in range(3)]
    for peer in peers:
        assert peer.register().startswith("SIP/2.0 200")
    contacts = {row["contact"] for row in ctl.list("registrations")}
    assert contacts == {peers[1].contact, peers[2].contact}
    ctl.run("connection", "set", "ann", "--max-bindings", 1)
    assert peers[0].register().startswith("SIP/2.0 200")
    assert [row["contact"] for row in ctl.list("registrations")] == [peers[0].contact]
    for peer in peers:
        peer.__exit__()


def test_a_caller_at_its_limit_is_refused(server, ctl, register):
    ann, bob = register("ann"), register("bob")
    ctl.run("connection", "set", "ann", "--max-calls", 1)
    ann.dial("bob")
    ann.wait("CALL_ESTABLISHED")
    ann.dial("bob")
    assert "403" in ann.wait("CALL_CLOSED")["param"]
    assert len(ctl.list("calls")) == 1
    ann.hang_up()
    server.wait_cdr()
    ctl.run("connection", "set", "ann", "--max-calls", 0)
    assert "no limit" in ctl.run("connection", "show", "ann")


def test_a_bridge_to_a_connection_at_its_limit_is_limited(server, ctl, register, tmp_path):
    source = """flow door {
    bridge "bob" {
        on limited { reject busy }
        on busy { hangup }
        on ended { hangup }
        else { reject declined }
    }
}
"""
    ann, bob, carol = register("ann"), register("bob"), register("carol")
    ctl.add("door", virtual=True)
    ctl.attach_flow("door", build_flow(source, tmp_path))
    ctl.run("connection", "set", "bob", "--max-calls", 1)
    ann.dial("door")
    bob.wait("CALL_ESTABLISHED")
    carol.dial("door")
    assert "486" in carol.wait("CALL_CLOSED")["param"]
    bob.hang_up()
    ann.wait("CALL_CLOSED")
    server.wait_cdr()
    server.wait_cdr()
    carol.dial("door")
    carol.wait("CALL_ESTABLISHED")


@pytest.mark.parametrize("words, message", [
    (["--max-bindings", "11"], "at most 10 devices"),
    (["--max-bindings", "many"], "want a whole number"),
    (["--max-calls", "-1"], "want a whole number"),
])
def test_limits_that_cannot_be(ctl, words, message):
    ctl.add("ann", "secret")
    with pytest.raises(Refused, match=message):
        ctl.run("connection", "set", "ann", *words)
