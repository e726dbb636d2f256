"""The message lamp (RFC 3842, 6665): by subscription, unasked, and after a restart."""
import pytest

from conftest import PASSWORDS
from messages import leave_message, messages
from sip_peer import SipPeer

NONE = "Voice-Message: 0/0 \\(0/0\\)"
ONE = "Voice-Message: 1/0 \\(0/0\\)"


def lamp(phone):
    return phone.wait("MWI_NOTIFY", 20)["param"]


def test_the_lamp_of_a_real_phone_follows_its_messages(ctl, register, tmp_path):
    ann = register("ann", voicemail=True, answers=False, ring_time="1s", apps=("mwi",))
    assert "Messages-Waiting: no" in lamp(ann)
    bob = register("bob")
    bob.dial("ann")
    leave_message(bob, tmp_path)
    told = lamp(ann)
    assert "Messages-Waiting: yes" in told and "Voice-Message: 1/0 (0/0)" in told
    ctl.run("voicemail", "delete", messages(ctl, "ann")[0]["id"])
    told = lamp(ann)
    assert "Messages-Waiting: no" in told and "Voice-Message: 0/0 (0/0)" in told


def test_a_subscription_is_made_refreshed_and_ended(ctl, ladder):
    ctl.add("ann", PASSWORDS["ann"], voicemail=True)
    ann = ladder("ann", add=False)
    ann.begin("SUBSCRIBE", "ann", ["Event: message-summary", "Accept: application/simple-message-summary", "Expires: 600"])
    ann.hear(200, matches=["Expires: (600|599)"], rrs=True)
    state = ["Subscription-State: active;expires=(600|59[0-9])", "Event: message-summary", NONE, "Message-Account: sip:ann@"]
    ann.hear("NOTIFY", matches=state).reply(200)
    for expires, told in (("300", "active;expires=(300|29[0-9])"), ("0", "terminated")):
        ann.request("SUBSCRIBE", ["Event: message-summary", f"Expires: {expires}"])
        ann.hear(200).hear("NOTIFY", matches=[f"Subscription-State: {told}", NONE]).reply(200)
    ann.start(PASSWORDS["ann"]).finish()


@pytest.mark.parametrize("target, event, expires, status", [
    ("bob", "message-summary", 600, 403), ("nobody", "message-summary", 600, 404), ("ann", "weather", 600, 489),
    ("ann", "message-summary", 5, 423), ("carol", "message-summary", 600, 404),
])
def test_what_cannot_be_subscribed(ctl, ladder, target, event, expires, status):
    for user, box in (("ann", True), ("bob", True), ("carol", False)):
        ctl.add(user, PASSWORDS[user], voicemail=box)
    ann = ladder("ann", add=False)
    if event == "weather":  # refused before anybody is asked who he is
        ann.cseq = 1
        ann._message("SUBSCRIBE sip:ann@[remote_ip]:[remote_port] SIP/2.0",
                     [h.replace("[$target]", "sip:ann@[remote_ip]").replace("[peer_tag_param]", "") for h in ann._own("SUBSCRIBE")]
                     + ["Event: weather"], "")
    else:
        ann.begin("SUBSCRIBE", target, [f"Event: {event}", f"Expires: {expires}"])
    ann.hear(status, matches=["Min-Expires: 60"] if status == 423 else [])
    ann.start(PASSWORDS["ann"]).finish()


def test_a_phone_that_has_not_subscribed_is_told_at_its_registration(server, ctl):
    ctl.add("ann", PASSWORDS["ann"], voicemail=True)
    with SipPeer(server.sip, "ann", PASSWORDS["ann"]) as ann:
        for _ in range(2):
            assert ann.register().startswith("SIP/2.0 200")
            told = ann.wait("NOTIFY")
            ann.reply(told, 200, "OK")
            assert "Event: message-summary" in told and "Subscription-State: terminated" in told
            assert "Messages-Waiting: no" in told and "Voice-Message: 0/0 (0/0)" in told


def test_without_a_mailbox_there_is_no_lamp(server, ctl, peer):
    bob = peer("bob")
    bob.register()
    bob.socket.settimeout(1)
    with pytest.raises(TimeoutError):
        bob.wait("NOTIFY")


def test_the_lamp_is_right_after_a_restart(server, ctl, register, ladder, tmp_path):
    """The subscription is gone with the old process; the phone that has not noticed is told unasked."""
    ctl.add("ann", PASSWORDS["ann"], voicemail=True, ring_time="1s")
    ann = ladder("ann", add=False).register(PASSWORDS["ann"])
    bob = register("bob")
    bob.dial("ann")
    leave_message(bob, tmp_path)
    server.wait_cdr()
    server.stop()
    server.start()
    ann.hear("NOTIFY", matches=["Messages-Waiting: no", "Voice-Message: 0/0"]).reply(200).start().wait_listening()
    ctl.run("voicemail", "delete", messages(ctl, "ann")[0]["id"])
    ann.finish()


def test_a_new_subscription_after_a_restart_tells_the_messages(server, ctl, register, ladder, tmp_path):
    ctl.add("ann", PASSWORDS["ann"], voicemail=True)
    bob = register("bob")
    bob.dial("ann")
    leave_message(bob, tmp_path)
    server.wait_cdr()
    server.stop()
    server.start()
    ann = ladder("ann", add=False)
    ann.begin("SUBSCRIBE", "ann", ["Event: message-summary", "Expires: 600"])
    ann.hear(200).hear("NOTIFY", matches=["Messages-Waiting: yes", ONE]).reply(200).start(PASSWORDS["ann"]).finish()
