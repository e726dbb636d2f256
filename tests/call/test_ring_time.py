"""Where the flow does not say how long a bridge rings, each Connection rings as long as its own ring time says."""
import time

from server import build_flow
from test_flows import logged

FLOW = """flow line {{
    {bridge} {{
        on no_answer {{ log "nobody" }}
        else         {{ log "something else" }}
    }}
    reject busy
}}"""


def begin(ctl, register, tmp_path, bridge):
    ctl.add("line", virtual=True)
    ctl.attach_flow("line", build_flow(FLOW.format(bridge=bridge), tmp_path))
    ann = register("ann")
    ann.dial("line")
    return ann


def rings(peer):
    """Takes the INVITE and rings; when that began."""
    invite = peer.wait("INVITE")
    began = time.monotonic()
    peer.reply(invite, 180, "Ringing")
    return invite, began


def given_up(peer, invite):
    """Waits for the CANCEL; when it came."""
    cancel = peer.wait("CANCEL")
    at = time.monotonic()
    peer.reply(cancel, 200, "OK")
    peer.reply(invite, 487, "Request Terminated")
    return at


def test_in_parallel_each_is_given_up_at_its_own_time(server, ctl, register, peer, tmp_path):
    bob, carol = peer("bob", ring_time="1s"), peer("carol", ring_time="4s")
    begin(ctl, register, tmp_path, 'bridge ["carol", "bob"]')
    (first, began), (second, _) = rings(bob), rings(carol)
    assert 0.5 < given_up(bob, first) - began < 2.5
    assert not any("log: " in line for line in server.log.seen), "carol rings on"
    assert 3 < given_up(carol, second) - began < 6
    logged(server, "nobody")


def test_in_a_hunt_each_rings_as_long_as_it_says(server, ctl, register, peer, tmp_path):
    bob, carol = peer("bob", ring_time="1s"), peer("carol", ring_time="3s")
    begin(ctl, register, tmp_path, 'bridge ["bob", "carol"], hunt: yes')
    invite, began = rings(bob)
    assert 0.5 < given_up(bob, invite) - began < 2.5
    invite, began = rings(carol)
    assert 2 < given_up(carol, invite) - began < 5
    logged(server, "nobody")


def test_the_one_who_rings_on_may_answer(server, ctl, register, peer, tmp_path):
    bob, carol = peer("bob", ring_time="1s"), peer("carol", ring_time="30s")
    ann = begin(ctl, register, tmp_path, 'bridge ["bob", "carol"]')
    (first, _), (second, _) = rings(bob), rings(carol)
    given_up(bob, first)
    carol.reply(second, 200, "OK", carol.sdp())
    carol.wait("ACK")
    ann.wait("CALL_ESTABLISHED")
    carol.bye(second)
    ann.wait("CALL_CLOSED")


def test_what_the_flow_says_is_for_all(server, ctl, register, peer, tmp_path):
    bob, carol = peer("bob", ring_time="1s"), peer("carol", ring_time="30s")
    begin(ctl, register, tmp_path, 'bridge ["bob", "carol"], ring: 3s')
    (first, began), (second, _) = rings(bob), rings(carol)
    assert 2 < given_up(bob, first) - began < 5
    assert 2 < given_up(carol, second) - began < 5
    logged(server, "nobody")
