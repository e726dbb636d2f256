"""PRACK (RFC 3262) and session timers (RFC 4028) between the server and SIPp."""
from conftest import PASSWORDS


def test_a_caller_that_wants_prack_gets_it(server, ladder, register):
    bob = register("bob", answers=False)
    ann = ladder("ann")
    ann.begin("INVITE", "bob", ["Require: 100rel"], ann.sdp()).hear(100, optional=True)
    ann.hear(180, rrs=True, matches=["Require: 100rel"]).prack()
    ann.hear(200, rrs=True, matches=["CSeq: [0-9]+ INVITE"]).ack(cseq=2).bye().start(PASSWORDS["ann"])
    ann.wait_said("PRACK")
    bob.answer()
    bob.wait("CALL_CLOSED", 20)
    ann.finish()
    assert server.wait_cdr()["status"] == "200"


def test_a_phone_that_wants_prack_gets_it(server, ladder, register):
    bob = ladder("bob").register(PASSWORDS["bob"])
    bob.called(matches=["Supported: .*100rel"]).ringing(headers=["Require: 100rel", "RSeq: 17"])
    bob.hear("PRACK", matches=["RAck: 17 [0-9]+ INVITE"]).reply(200)
    bob.reply(200, body=bob.sdp(), to_invite=True).hear("ACK").hear("BYE").reply(200).start().wait_listening()
    ann = register("ann")
    ann.dial("bob")
    ann.wait("CALL_ESTABLISHED")
    ann.hang_up()
    bob.finish()
    assert server.wait_cdr()["status"] == "200"


def test_a_session_is_refreshed_by_the_server(server, ladder, register):
    """Before half of the 90 s that the caller asks for is over (RFC 4028 §10), for as long again (§7.4)."""
    register("bob")
    ann = ladder("ann").call("bob", ["Supported: timer", "Allow: INVITE, ACK, BYE, CANCEL, UPDATE", "Session-Expires: 90;refresher=uas"])
    ann.steps[-2] = ann.steps[-2].replace(" />", '><action><ereg regexp="Session-Expires: *90; *refresher=uas" search_in="msg" check_it="true"'
                                                  ' assign_to="found" /></action></recv>')
    ann.hear("UPDATE", matches=["Session-Expires: *90; *refresher=uac"], timeout=60000)
    ann.reply(200, ["Require: timer", "Session-Expires: 90;refresher=uac"]).bye().start(PASSWORDS["ann"])
    ann.finish()
    assert float(server.wait_cdr()["talk"]) > 35


def test_a_session_interval_that_is_too_small(ladder, register):
    register("bob")
    ann = ladder("ann")
    ann.begin("INVITE", "bob", ["Supported: timer", "Session-Expires: 20"], ann.sdp())
    del ann.steps[2:]  # it is not even challenged
    ann.hear(100, optional=True).hear(422, matches=["Min-SE: *90"]).ack_failure().start(PASSWORDS["ann"])
    ann.finish()


def test_an_offer_before_the_answer_is_put_off(ladder, register):
    """By UPDATE, while the first is unanswered: 491 (RFC 3311 §5.2). The call goes on."""
    bob = register("bob", answers=False)
    ann = ladder("ann")
    ann.begin("INVITE", "bob", ["Require: 100rel"], ann.sdp()).hear(100, optional=True).hear(180, rrs=True, matches=["Require: 100rel"]).prack()
    ann.request("UPDATE", body=ann.sdp()).hear(491).hear(200, rrs=True, matches=["CSeq: 2 INVITE"]).ack(cseq=2).bye().start(PASSWORDS["ann"])
    ann.wait_said("SIP/2.0 491")
    bob.answer()
    bob.wait("CALL_CLOSED", 20)
    ann.finish()
