"""The action `transfer`: the caller's phone is asked by REFER, and where it cannot or will not, the server puts the caller
through. Audio is checked where a phone takes the REFER."""
import pytest

from carrier import Carrier
from conftest import PASSWORDS
from server import build_flow
from test_flows import logged
from test_transfer import cdrs, hear_each_other

ALLOWS = ["Allow: INVITE, ACK, BYE, CANCEL, REFER, NOTIFY"]
LINE = """permit dial "+48*"
flow line {{
    transfer "{target}" {{
        on done        {{ log "put through" }}
        on failed(why) {{ log "not put through: {{why}}" }}
    }}
    pause 3s
    log "still here"
}}"""


@pytest.fixture
def line(ctl, tmp_path):
    """line(target): a Connection whose flow transfers its callers there."""
    def add(target, user="line"):
        ctl.add(user, virtual=True)
        ctl.attach_flow(user, build_flow(LINE.format(target=target).replace("flow line", f"flow {user}"), tmp_path))
    return add


def talk_after(server, ann, carol):
    ann.dial("line")
    carol.wait("CALL_ESTABLISHED", 30)
    hear_each_other(ann, carol)


def test_a_phone_is_asked_and_calls_the_target_itself(server, line, speaker):
    """baresip takes the REFER: two calls, the second its own."""
    line("carol")
    carol, ann = speaker("carol"), speaker("bob")
    talk_after(server, ann, carol)
    logged(server, "put through")
    first = server.wait_cdr(30)
    assert (first["from"], first["to"], first["by"]) == ("bob", "line", "transfer")
    carol.hang_up()
    second = server.wait_cdr(30)
    assert (second["from"], second["to"], second["parent"]) == ("bob", "carol", "-")
    assert not any("still here" in entry for entry in server.log.seen)
    assert server.rtp_ports_used() == 0


@pytest.mark.parametrize("leaves", ["when told", "at once", "by 202 alone"])
def test_what_the_phone_says_is_followed(server, line, ladder, leaves):
    """NOTIFY 100, 180, 200; or the phone hangs up right after the 202; or it ends the subscription without a word of how it went."""
    ladder("carol")
    line("carol")
    ann = ladder("ann").call("line", headers=ALLOWS)
    ann.hear("REFER", matches=[r"Refer-To: <sip:carol@[0-9.:]*>", r"Referred-By: <sip:line@"]).reply(202)
    if leaves == "at once":
        ann.request("BYE").hear(200)
    elif leaves == "when told":
        ann.notify(100).notify(180).notify(200, "terminated;reason=noresource").hear("BYE").reply(200)
    else:
        ann.notify(100, "terminated;reason=noresource").hear("BYE").reply(200)
    ann.start(PASSWORDS["ann"])
    logged(server, "put through")
    ann.finish()
    assert server.wait_cdr(30)["by"] == "transfer"
    assert not any("still here" in entry for entry in server.log.seen)


@pytest.mark.parametrize("status, why", [(486, "busy"), (603, "declined"), (480, "no answer"), (404, "not found"), (503, "refused with 503")])
def test_the_phone_did_not_reach_the_target(server, line, ladder, status, why):
    """The flow goes on with its caller."""
    ladder("carol")
    line("carol")
    ann = ladder("ann").call("line", headers=ALLOWS).hear("REFER").reply(202)
    ann.notify(100).notify(status, "terminated;reason=noresource").hear("BYE", timeout=30000).reply(200).start(PASSWORDS["ann"])
    logged(server, f"not put through: {why}")
    logged(server, "still here")
    ann.finish()


@pytest.mark.parametrize("refusal", [405, 403, 603, 500, 501, None])
def test_where_the_phone_will_not_the_server_puts_it_through(server, line, ladder, speaker, refusal):
    """It refuses the REFER, or allows none."""
    carol = speaker("carol")
    line("carol")
    ann = ladder("ann").call("line", headers=ALLOWS if refusal else ["Allow: INVITE, ACK, BYE, CANCEL"])
    if refusal:
        ann.hear("REFER").reply(refusal)
    ann.hear("INVITE", matches=["P-Asserted-Identity: .*carol"]).reply(200, body=ann.sdp()).hear("ACK")  # whom it talks to now
    ann.hear("BYE", timeout=60000).reply(200).start(PASSWORDS["ann"])
    carol.wait("CALL_ESTABLISHED", 30)
    logged(server, "put through")
    first = server.wait_cdr(30)
    ann.wait_said("ACK sip:ann@")  # or the BYE may be there first, for it need not wait for the answer to a re-INVITE
    carol.hang_up()
    ann.finish()
    second = server.wait_cdr(30)
    assert (first["to"], first["by"]) == ("line", "transfer")
    assert (second["from"], second["to"], second["parent"]) == ("ann", "carol", first["call"])
    assert server.rtp_ports_used() == 0


def test_an_answer_that_crosses_the_hangup_is_acknowledged(server, line, ladder, speaker):
    """A 2xx to a re-INVITE gets its ACK (RFC 3261 §13.2.2.4), also when it comes behind our BYE."""
    carol = speaker("carol")
    line("carol")
    ann = ladder("ann").call("line", headers=["Allow: INVITE, ACK, BYE, CANCEL"]).hear("INVITE", keep=True)
    ann.hear("BYE", timeout=60000).reply(200).reply(200, body=ann.sdp(), kept=True).hear("ACK").start(PASSWORDS["ann"])
    ann.wait_said("INVITE sip:ann@")
    carol.hang_up()
    ann.finish()
    assert [cdr["by"] for cdr in cdrs(server, 2)] == ["transfer", "callee"]


def test_the_server_puts_through_and_nobody_takes_it(server, line, ladder):
    """The flow has its caller back."""
    carol = ladder("carol").register(PASSWORDS["carol"]).called().ringing().reply(486).hear("ACK").start().wait_listening()
    line("carol")
    ann = ladder("ann").call("line").hear("BYE", timeout=60000).reply(200).start(PASSWORDS["ann"])
    logged(server, "not put through: busy")
    logged(server, "still here")
    carol.finish()
    ann.finish()
    assert any("parent=-" not in line for line in server.log.seen if "cdr:" in line), "the try has a line of its own"


def test_the_caller_gives_up_while_it_is_put_through(server, line, ladder):
    carol = ladder("carol").register(PASSWORDS["carol"]).called().ringing().hear("CANCEL").reply(200)
    carol.reply(487, to_invite=True).hear("ACK").start().wait_listening()
    line("carol")
    ann = ladder("ann").call("line").pause(1500).bye().start(PASSWORDS["ann"])
    carol.finish()
    ann.finish()
    assert [cdr["by"] for cdr in cdrs(server, 2)] == ["caller", "caller"]
    assert not any("put through" in entry and "log:" in entry for entry in server.log.seen)
    assert server.rtp_ports_used() == 0


def test_a_number_outside_is_called_by_a_phone_that_may(server, ctl, line, ladder):
    line("+48221234567")
    ann = ladder("ann")
    ctl.run("connection", "set", "ann", "--dial", "+48*")
    ann.call("line", headers=ALLOWS).hear("REFER", matches=[r"Refer-To: <sip:.?.?.?48221234567@"]).reply(202).request("BYE").hear(200)
    ann.start(PASSWORDS["ann"])
    logged(server, "put through")
    ann.finish()


def test_a_number_outside_is_called_here_for_a_phone_that_may_not(server, ctl, line, speaker):
    """By the flow's permit: the Connection whose flow it is pays."""
    with Carrier() as carrier:
        ctl.run("trunk", "add", "carrier", "--gateways", carrier.gateway)
        line("+48221234567")
        ann = speaker("bob")
        ann.dial("line")
        carrier.wait("INVITE")
        logged(server, "put through")
        carrier.wait("ACK")
        ann.hang_up()
        carrier.wait("BYE")
        ended = cdrs(server, 2)
    assert [(cdr["to"], cdr.get("trunk", "-")) for cdr in ended] == [("line", "-"), ("+48221234567", "carrier")]


def test_a_carrier_is_asked_for_numbers(server, ctl, line):
    """Its caller goes back to it: two channels are free again."""
    line("+48600000009")
    ctl.run("number", "add", "+48221234567", "--to", "line")
    with Carrier() as carrier:
        ctl.run("trunk", "add", "carrier", "--gateways", carrier.gateway)
        invite = carrier.invite(server.sip, "48221234567", more="Allow: INVITE, ACK, BYE, CANCEL, REFER, NOTIFY\n")
        answer = carrier.wait_response("SIP/2.0 200")
        carrier.acknowledge(invite, answer, server.sip)
        refer = carrier.wait("REFER")
        assert "48600000009@" in refer and carrier.address in refer.split("Refer-To:")[1].splitlines()[0]
        assert server.is_alive()
        carrier.acknowledge(invite, answer, server.sip, method="BYE")
        logged(server, "put through")


def test_who_is_not_there_and_who_is_not_permitted(server, ctl, ladder, tmp_path):
    ctl.add("line", virtual=True)
    source = 'permit dial "+48*"\nflow line {\n let x = header("X-To")\n transfer "+1{x}" { on done { } on failed(w) { log w } }\n'
    source += ' transfer "nobody" { on done { } on failed(w) { log w } }\n}'
    ctl.attach_flow("line", build_flow(source, tmp_path))
    ann = ladder("ann").call("line").hear("BYE").reply(200).start(PASSWORDS["ann"])
    logged(server, "not permitted")
    logged(server, "unknown target")
    ann.finish()


def test_two_that_send_a_caller_to_each_other(server, line, ladder):
    """It comes to an end."""
    line("there", user="line")
    line("line", user="there")
    ann = ladder("ann").call("line").hear("BYE", timeout=60000).reply(200).start(PASSWORDS["ann"])
    logged(server, "not put through: the call went in a circle")
    ann.finish()
