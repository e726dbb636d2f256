"""Glare (RFC 3261 §14.1, RFC 3311 §5.2): a phone's offer crosses the server's. Both get 491 and are made again, the one of who made
the Call-ID after 2.1 to 4 s, the other within 2 s; what holds in the end is what both wanted."""
import time

import pytest

import audio
from conftest import PASSWORDS, SAYS
from media_ends import STEP
from sip_peer import encode_pcmu
from test_flows import logged
from test_hold import hears, music, offer  # noqa: F401
from test_put_through import line  # noqa: F401

FEW = "Allow: INVITE, ACK, BYE, CANCEL"  # no UPDATE: what the server asks for goes by re-INVITE
LATE = 1.5  # seconds by which a busy machine may be late


def cross(phone, method="INVITE"):
    """Its offer to hold leaves before the server's re-INVITE is answered: both are refused."""
    phone.hear("INVITE", keep=True, timeout=60000).request(method, body=phone.sdp("sendonly")).hear(100, optional=True).hear(491)
    if method == "INVITE":
        phone.ack_failure(within=True)
    return phone.reply(491, kept=True).hear("ACK")


def take_refresh(phone, direction="sendrecv"):
    return phone.hear("INVITE", timeout=20000).reply(200, body=phone.sdp(direction)).hear("ACK")


def waited(phone):
    """From our 491 to the server's next INVITE."""
    refused = phone.when("sent", "SIP/2.0 491")[0]
    return min(at for at in phone.when("received", "INVITE ") if at > refused) - refused


def media_port(phone):
    """Where the server wants its audio, by the last SDP that it sent."""
    received = [part for part in phone.messages().split("UDP message ") if part.startswith("received")]
    return int([row for part in received for row in part.splitlines() if row.startswith("m=audio ")][-1].split()[1])


def speak(end, port, samples):
    data = encode_pcmu(samples)
    begin = time.monotonic()
    for n in range(len(data) // STEP):
        packet = b"\x80\x00" + n.to_bytes(2, "big") + (STEP * n).to_bytes(4, "big") + b"talk" + data[n * STEP:(n + 1) * STEP]
        end.socket.sendto(packet, ("127.0.0.1", port))
        time.sleep(max(0.0, begin + 0.02 * (n + 1) - time.monotonic()))  # as a phone's clock


def test_both_phones_hold_as_the_session_is_refreshed(server, ladder, hears, music):  # noqa: F811
    """Ann has made her Call-ID, the server bob's. Then one after the other is back."""
    bob, ann = ladder("bob").register(PASSWORDS["bob"]), ladder("ann")
    at_bob, at_ann = hears(bob), hears(ann)
    bob.called().ringing().reply(200, ["Require: timer", "Session-Expires: 90;refresher=uac", FEW], bob.sdp()).hear("ACK")
    cross(bob).pause(300)
    offer(bob, "sendonly", headers=["X-Test: away"])
    take_refresh(bob, "sendonly").wait_for_test()
    offer(bob, headers=["X-Test: back"]).hear("BYE", timeout=60000).reply(200).start().wait_listening()
    cross(ann.call("bob", ["Supported: timer", "Session-Expires: 90;refresher=uas", FEW]))
    take_refresh(ann).pause(2500)
    offer(ann, "sendonly", headers=["X-Test: away"]).wait_for_test()
    offer(ann, headers=["X-Test: back"]).wait_for_test().bye().start(PASSWORDS["ann"])
    ann.wait_said("X-Test: away", timeout=90).wait_said("a=sendonly")
    bob.wait_said("X-Test: away")
    both_hold(ann, bob, at_ann, at_bob)
    ann.go_on().wait_said("X-Test: back")
    back = len(at_ann.payloads)
    eventually_hears(at_ann, back, music[audio.RATE:3 * audio.RATE])
    bob.go_on().wait_said("X-Test: back")
    eventually_talk(at_ann, media_port(ann), at_bob)
    eventually_talk(at_bob, media_port(bob), at_ann)
    ann.go_on().finish()
    bob.finish()
    assert 0 <= waited(ann) <= 2 + LATE, "the server has not made ann's Call-ID"
    assert 2.1 <= waited(bob) <= 4 + LATE, "it has made bob's"
    cdr = server.wait_cdr()
    assert (cdr["status"], cdr["by"]) == ("200", "caller")
    assert server.rtp_ports_used() == 0


def both_hold(ann, bob, at_ann, at_bob):
    """Once all is said nobody is sent anything."""
    for phone in (ann, bob):
        deadline = time.monotonic() + 20
        while not (answered := phone.when("received", "SIP/2.0 200")) or answered[-1] < phone.when("sent", "INVITE ")[-1]:
            assert time.monotonic() < deadline, "its hold was not answered"
            time.sleep(0.05)
    so_far = len(at_ann.payloads), len(at_bob.payloads)
    time.sleep(2)  # silence has no event
    assert len(at_ann.payloads) - so_far[0] < 5 and len(at_bob.payloads) - so_far[1] < 5


def eventually_hears(end, after, wanted):
    deadline = time.monotonic() + 30
    while audio.alike(end.heard()[after * STEP:], wanted) < 0.9:
        assert time.monotonic() < deadline, "it was not heard"
        time.sleep(0.1)


def eventually_talk(speaker, port, listener):
    before, says = len(listener.payloads), audio.prompt(SAYS["bob"])[:3 * audio.RATE]
    speak(speaker, port, says)
    eventually_hears(listener, before, says[audio.RATE:2 * audio.RATE])


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_a_hold_crosses_the_word_of_whom_it_talks_to(server, line, ladder, speaker, music, method):  # noqa: F811
    """After a transfer the server tells its phone by re-INVITE whom it has. An UPDATE with an offer is refused as well."""
    carol = speaker("carol")
    line("carol")
    ann = cross(ladder("ann").call("line", [FEW]), method)
    take_refresh(ann)
    ann.pause(1500)
    hold(ann, method, "sendonly", "X-Test: away").wait_for_test()
    hold(ann, method, "sendrecv", "X-Test: back").hear("BYE", timeout=60000).reply(200).start(PASSWORDS["ann"])
    ann.wait_said("X-Test: away")
    carol.wait_heard(music[audio.RATE:3 * audio.RATE], timeout=30)
    ann.go_on().wait_said("X-Test: back")
    carol.hang_up()
    ann.finish()
    assert 0 <= waited(ann) <= 2 + LATE
    logged(server, "put through")


def hold(phone, method, direction, header):
    phone.request(method, [header], body=phone.sdp(direction)).hear(100, optional=True).hear(200)
    return phone.ack() if method == "INVITE" else phone


def test_our_update_is_refused_and_made_again(server, line, ladder, speaker, music):  # noqa: F811
    """It has no offer, so the phone's hold that crosses it is answered; the phone says 491 for its own part."""
    carol = speaker("carol")
    line("carol")
    ann = ladder("ann").call("line", ["Allow: INVITE, ACK, BYE, CANCEL, UPDATE"])
    ann.hear("UPDATE", keep=True, matches=["P-Asserted-Identity: .*carol"]).request("INVITE", body=ann.sdp("sendonly")).hear(100, optional=True)
    ann.hear(200).ack().reply(491, kept=True)
    ann.hear("UPDATE", matches=["P-Asserted-Identity: .*carol"], timeout=20000).reply(200).hear("BYE", timeout=60000).reply(200)
    ann.start(PASSWORDS["ann"])
    carol.wait_heard(music[audio.RATE:3 * audio.RATE], timeout=30)
    carol.hang_up()
    ann.finish()
    refused = ann.when("sent", "SIP/2.0 491")[0]
    assert 0 <= ann.when("received", "UPDATE ")[-1] - refused <= 2 + LATE
