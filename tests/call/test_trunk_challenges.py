"""A carrier that asks for credentials within the dialog too, as gateways do that judge each request by itself (RFC 3261 section 22.2)."""
import pytest

from carrier import Carrier
from sip_peer import header
from test_trunks import add_trunk

ACCOUNT = ("line", "pa:ss")


def with_credentials(requests):
    return ["uthorization:" in r for r in requests]


def add(ctl, carrier):
    add_trunk(ctl, "carrier", carrier.gateway, "--ping", "0s", "--user", ACCOUNT[0], password=ACCOUNT[1])
    ctl.run("connection", "set", "ann", "--dial", "+48*")


@pytest.mark.parametrize("challenge, algorithm", [(401, "MD5"), (407, "SHA-256"), (407, "MD5,SHA-256")])
def test_a_challenged_bye_is_sent_again(server, ctl, register, challenge, algorithm):
    with Carrier(account=ACCOUNT, challenge=challenge, algorithm=algorithm, asks_within=True, nonce_serves=1) as carrier:
        ann = register("ann")
        add(ctl, carrier)
        ann.dial("+48221234567")
        ann.wait("CALL_ESTABLISHED")
        ann.hang_up()
        second = carrier.wait("BYE", 2)
        assert carrier.wait_answer(second) == 200
        assert with_credentials(carrier.got("BYE")) == [False, True]
        assert server.wait_cdr()["status"] == "200"


def test_so_is_that_of_a_call_from_the_carrier(server, ctl, register):
    with Carrier(account=ACCOUNT, challenge=407, asks_within=True) as carrier:
        ann = register("ann", answers=True)
        add(ctl, carrier)
        ctl.run("number", "add", "+48220000000", "--to", "ann")
        invite = carrier.invite(server.sip, "+48220000000")
        carrier.acknowledge(invite, carrier.wait_response("SIP/2.0 200"), server.sip)
        ann.wait("CALL_ESTABLISHED")
        ann.hang_up()
        assert carrier.wait_answer(carrier.wait("BYE", 2)) == 200
        assert with_credentials(carrier.got("BYE")) == [False, True]


def test_a_wrong_password_does_not_go_round(server, ctl, register):
    class Doubtful(Carrier):
        """Takes the INVITE's credentials and none after."""
        def _knows(self, request):
            return "tag=" not in header(request, "To") and super()._knows(request)

    with Doubtful(account=ACCOUNT, asks_within=True) as carrier:
        ann = register("ann")
        add(ctl, carrier)
        ann.dial("+48221234567")
        ann.wait("CALL_ESTABLISHED")
        ann.hang_up()
        carrier.wait("BYE", 2)
        server.stop()  # which waits for what is still to be said
        assert len(carrier.got("BYE")) == 2
        server.start()


def test_a_challenged_reinvite_is_sent_again(server, ctl, register):
    """Whom the far end has after a transfer; then the BYE has credentials at once."""
    with Carrier(account=ACCOUNT, challenge=407, asks_within=True) as carrier:
        ann, bob = register("ann"), register("bob")
        add(ctl, carrier)
        ann.dial("+48221234567")
        ann.wait("CALL_ESTABLISHED")
        ann.command(f"transfer sip:bob@{server.sip}")
        bob.wait("CALL_ESTABLISHED")
        again = carrier.wait("INVITE", 4)
        ack = carrier.wait("ACK", 4)  # of two challenges and two answers
        assert header(ack, "CSeq").split()[0] == header(again, "CSeq").split()[0]
        assert "uthorization:" in ack and "\r\nm=audio " in again and "bob@" in header(again, "P-Asserted-Identity")
        bob.hang_up()
        assert carrier.wait_answer(carrier.wait("BYE")) == 200
        assert with_credentials(carrier.got("INVITE")) == [False, True, False, True]
        assert with_credentials(carrier.got("BYE")) == [True]


def test_a_challenged_refresh_is_sent_again(server, ctl, register):
    timer = {"Require": "timer", "Session-Expires": "90;refresher=uac", "Allow": "INVITE, ACK, BYE, CANCEL, UPDATE"}
    with Carrier(account=ACCOUNT, asks_within=True, answers=[(200, timer)]) as carrier:
        ann = register("ann")
        add(ctl, carrier)
        ann.dial("+48221234567")
        ann.wait("CALL_ESTABLISHED")
        assert carrier.wait_answer(carrier.wait("UPDATE", 2, timeout=60)) == 200
        assert with_credentials(carrier.got("UPDATE")) == [False, True]
        ann.hang_up()
        assert carrier.wait_answer(carrier.wait("BYE")) == 200
