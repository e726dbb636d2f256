"""Session timers (RFC 4028): a phone that does not answer the server's refresh, or does not know the call any more, is hung up by
BYE (§10)."""
import pytest

from carrier import Carrier
from conftest import PASSWORDS
from sip_peer import header
from test_trunks import add_trunk

TIMER = ["Session-Expires: 90;refresher=uas", "Supported: timer"]
UPDATES = "Allow: INVITE, ACK, BYE, CANCEL, UPDATE"


def answers(phone, method, status):
    phone.hear(method, timeout=60000)
    if status:
        phone.reply(status)
        if method == "INVITE":
            phone.hear("ACK")
    else:
        phone.pause(31000)  # the stack gives up after 32 s
    return phone.hear("BYE", timeout=20000).reply(200)


@pytest.mark.parametrize("status", [481, 408, None])
def test_a_refresh_without_an_answer_ends_the_call(server, register, ladder, status):
    """By UPDATE and by re-INVITE: two calls at once, since each takes its time."""
    bob = register("bob")
    phones = []
    for method, more in (("UPDATE", [UPDATES]), ("INVITE", ["Allow: INVITE, ACK, BYE, CANCEL"])):
        phone = ladder("ann", add=not phones)
        phone.call("bob", [*TIMER, *more])
        phones.append(answers(phone, method, status).start(PASSWORDS["ann"]))
        bob.wait("CALL_ESTABLISHED", 20)
    for phone in phones:
        phone.finish()
    for _ in phones:
        bob.wait("CALL_CLOSED", 20)
    for _ in phones:
        assert server.wait_cdr()["status"] == "200"
    assert server.rtp_ports_used() == 0


def test_a_carrier_without_update_is_refreshed_by_invite(server, ctl, register):
    """The offer that holds, once, and its answer gets an ACK."""
    timer = {"Require": "timer", "Session-Expires": "90;refresher=uac", "Allow": "INVITE, ACK, BYE, CANCEL"}
    with Carrier(answers=[(200, timer)]) as carrier:
        add_trunk(ctl, "carrier", carrier.gateway, "--ping", "0s")
        ann = register("ann")
        ctl.run("connection", "set", "ann", "--dial", "+48*")
        ann.dial("+48221234567")
        ann.wait("CALL_ESTABLISHED")
        refresh = carrier.wait("INVITE", 2, timeout=60)
        assert "\r\nm=audio " in refresh and header(refresh, "Session-Expires").startswith("90;")
        assert header(carrier.wait("ACK", 2), "CSeq") == header(refresh, "CSeq").replace("INVITE", "ACK")
        ann.hang_up()
        carrier.wait("BYE")
        assert len(carrier.got("INVITE")) == 2
        assert float(server.wait_cdr()["talk"]) > 35
