"""Session timers (RFC 4028): a phone that does not answer the server's refresh, or does not know the call any more, is hung up by
BYE (§10)."""
import pytest

from conftest import PASSWORDS

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
