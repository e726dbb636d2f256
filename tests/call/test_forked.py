"""Behind the address that is rung there is a proxy with several phones (RFC 3261 §13.2.2.4, §16.7): answers of several
dialogs come to one INVITE."""
import pytest

from conftest import PASSWORDS
from ladder import Ladder


@pytest.fixture
def proxy(server, ctl, tmp_path):
    ctl.add("bob", PASSWORDS["bob"])
    with Ladder(server, "bob", tmp_path / "bob") as ladder:
        yield ladder.register(PASSWORDS["bob"])


def test_another_phone_answers_than_the_first_that_rang(server, register, proxy):
    proxy.called().ringing(fork="-a").ringing(fork="-b").reply(200, body=proxy.sdp(), fork="-b")
    proxy.hear("ACK", matches=[r"To: .*-b"]).hear("BYE", matches=[r"To: .*-b"]).reply(200)
    proxy.start().wait_listening()
    ann = register("ann")
    ann.dial("bob")
    ann.wait("CALL_ESTABLISHED")
    ann.wait_spoken(0.5)
    ann.hang_up()
    proxy.finish()
    assert server.wait_cdr()["status"] == "200"
    assert server.rtp_ports_used() == 0


def test_early_media_of_one_and_the_answer_of_another(server, register, proxy):
    """What ann hears from the answer on is the other's."""
    proxy.called().ringing(183, body=proxy.sdp(), fork="-a").pause(300).ringing(fork="-b").reply(200, body=proxy.sdp(), fork="-b")
    proxy.hear("ACK", matches=[r"To: .*-b"]).hear("BYE", matches=[r"To: .*-b"]).reply(200)
    proxy.start().wait_listening()
    ann = register("ann")
    ann.dial("bob")
    ann.wait("CALL_ESTABLISHED")
    ann.hang_up()
    proxy.finish()
    assert server.wait_cdr()["status"] == "200"


def test_two_answer_and_one_is_hung_up(server, register, proxy):
    """RFC 3261 §13.2.2.4: each 200 is acknowledged; the talk is with the first."""
    proxy.called().ringing(fork="-a").ringing(fork="-b").reply(200, body=proxy.sdp(), fork="-a").hear("ACK", matches=[r"To: .*-a"])
    proxy.reply(200, body=proxy.sdp(), to_invite=True, fork="-b")
    proxy.hear("ACK", matches=[r"To: .*-b"]).hear("BYE", matches=[r"To: .*-b"]).reply(200)
    proxy.hear("BYE", matches=[r"To: .*-a"]).reply(200)
    proxy.start().wait_listening()
    ann = register("ann")
    ann.dial("bob")
    ann.wait("CALL_ESTABLISHED")
    proxy.wait_said("BYE")
    ann.hang_up()
    proxy.finish()
    assert server.wait_cdr()["status"] == "200"
